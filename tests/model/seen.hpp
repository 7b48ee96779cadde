#pragma once
// The states that a checker has met: 128 bits of each, and how it was found.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/model/protocol.hpp"

namespace sluice::model {

// Two states share one with a chance of 1 in 2^128.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Fingerprint&) const = default;
};
Fingerprint fingerprint_of(const State& state);

class Seen {
 public:
  using Number = std::uint32_t;  // of a state, in the order of finding
  static constexpr Number kNone = ~Number{0};

  struct Entry {
    Fingerprint fingerprint;
    Number parent = kNone;
    Number fair = kNone;  // the next in the fair schedule
    Action action;        // from the parent to here
    bool complete = false;
  };

  Seen();

  struct Insertion {
    Number number = 0;
    bool is_new = false;
  };
  Insertion insert(const State& state, Number parent, const Action& action);

  Entry& at(Number number) { return entries_[number]; }
  const Entry& at(Number number) const { return entries_[number]; }
  std::size_t size() const { return entries_.size(); }

 private:
  std::size_t place_of(const Fingerprint& fingerprint) const;
  void grow();

  std::vector<Entry> entries_;
  std::vector<Number> table_;  // open addressing; its size is a power of two
};

}  // namespace sluice::model
