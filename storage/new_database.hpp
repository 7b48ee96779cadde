#pragma once
// How the database file begins. SQLite would sync a dozen times on the way, and a power cut in
// between would leave a part.

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace sluice::storage {

inline constexpr std::int64_t kApplicationId = 0x536C7563;  // "Sluc"
// A small commit writes few bytes: 4096 took 3 x more.
inline constexpr std::size_t kPageBytes = 1024;

// Makes an empty database of the newest schema. It is filled beside its place and then put there:
// a power cut leaves none or a whole one. A file at `path` is replaced. REQUIRES: nobody else uses
// it.
Result<> make_database(const std::string& path);

}  // namespace sluice::storage
