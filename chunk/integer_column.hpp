#pragma once
// A column of integers: the predictor that fits it best, then what it leaves over. Columns of time,
// values and chunk headers all end here.

#include <cstddef>
#include <cstdint>
#include <span>

#include "chunk/bits.hpp"

namespace sluice::chunk {

// All but the first integer, which the reader has to know already. Nothing for one or none.
void append_integers(BitWriter& out, std::span<const std::int64_t> integers);
// Fills in all but the first. What makes no sense fails the reader; the rest is then unspecified.
void take_integers(BitReader& in, std::span<std::int64_t> integers);

// A number that may well be round: digits and a power of ten.
void put_scaled(BitWriter& out, std::uint64_t value);
std::uint64_t take_scaled(BitReader& in);

}  // namespace sluice::chunk
