#pragma once
// Which form the values of a chunk have, with its parameters; how a chunk says so, and how the
// encoder finds it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chunk/bits.hpp"
#include "chunk/exceptions.hpp"
#include "chunk/value_form.hpp"

namespace sluice::chunk {

// The numbers are part of the format.
enum class FormKind : std::uint8_t {
  kDecimal = 0,
  kCalibrated = 1,
  kFloatDecimal = 2,
  kBinary = 3,
  kDictionary = 4,  // integers are places in a list of doubles
  kOrdered = 5,
};
inline constexpr unsigned kFormKindCount = 6;
inline constexpr std::size_t kDictionaryMax = 64;

struct ValueModel {
  FormKind kind = FormKind::kDecimal;
  unsigned digits = 0;
  ValueHint hint{};
  int exponent = 0;
  std::vector<double> dictionary{};
};

void append_model(BitWriter& out, const ValueModel& model);
// How many bits that takes.
std::size_t model_bits(const ValueModel& model);
// What makes no sense fails the reader.
ValueModel take_model(BitReader& in);

// Values seen through a model.
struct Mapped {
  ValueModel model;
  std::vector<std::int64_t> integers;  // of the values that are no exceptions
  std::vector<Exception> exceptions;
};
Mapped choose_model(std::span<const double> values, const ValueHint& hint);

}  // namespace sluice::chunk
