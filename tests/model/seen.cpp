#include "tests/model/seen.hpp"

#include <array>
#include <bit>
#include <type_traits>

namespace sluice::model {
namespace {

using Words = std::array<std::uint64_t, sizeof(State) / sizeof(std::uint64_t)>;
static_assert(sizeof(Words) == sizeof(State));
static_assert(std::has_unique_object_representations_v<State>);

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

Fingerprint fingerprint_of(const State& state) {
  constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
  Fingerprint print{kGolden, ~kGolden};
  for (const std::uint64_t word : std::bit_cast<Words>(state)) {
    print.high = mix(print.high + word) + kGolden;
    print.low = mix(print.low ^ (word + print.high));
  }
  return print;
}

Seen::Seen() : table_(1024, kNone) {}

std::size_t Seen::place_of(const Fingerprint& fingerprint) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = static_cast<std::size_t>(fingerprint.low) & mask;
  while (table_[place] != kNone && entries_[table_[place]].fingerprint != fingerprint) {
    place = (place + 1) & mask;
  }
  return place;
}

void Seen::grow() {
  table_.assign(2 * table_.size(), kNone);
  for (Number number = 0; number < entries_.size(); ++number) {
    table_[place_of(entries_[number].fingerprint)] = number;
  }
}

Seen::Insertion Seen::insert(const State& state, Number parent, const Action& action) {
  if (2 * entries_.size() >= table_.size()) grow();
  const Fingerprint fingerprint = fingerprint_of(state);
  Number& place = table_[place_of(fingerprint)];
  if (place != kNone) return {place, false};
  place = static_cast<Number>(entries_.size());
  entries_.push_back({fingerprint, parent, kNone, action, false});
  return {place, true};
}

}  // namespace sluice::model
