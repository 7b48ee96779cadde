#pragma once
// The model as one key sees it: what may become of a key at the gateway and at the collector. Taken
// from the steps that the checker went, so that whoever watches the real program needs no rules of
// his own (tests/sim/invariants).

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "tests/model/protocol.hpp"

namespace sluice::model {

enum class There : std::uint8_t { kNothing, kHeld, kResolved };

struct Fate {
  Here here = Here::kNone;
  There there = There::kNothing;
  // It was settled in a store that has been replaced by its backup since.
  bool lost = false;
};
std::string text_of(const Fate& fate);

class Fates {
 public:
  // Of every state within one of `bounds`. REQUIRES: the model holds there.
  explicit Fates(std::initializer_list<Bounds> bounds);

  // In one or more steps of the gateway's, while the collector does nothing. That a disk or a store
  // is replaced is no step.
  bool gateway_may(const Fate& from, Here to) const;
  // In one step of the collector's.
  bool collector_may(const Fate& from, There to) const;

 private:
  static constexpr std::size_t kHeres = 7;
  static constexpr std::size_t kTheres = 3;
  static std::size_t at(Here here) { return static_cast<std::size_t>(here); }
  static std::size_t at(There there) { return static_cast<std::size_t>(there); }
  void note(const State& from, const State& to);
  void join_steps();

  using GatewaySteps = std::array<std::array<bool, kHeres>, kHeres>;
  using CollectorSteps = std::array<std::array<bool, kTheres>, kTheres>;
  std::array<std::array<GatewaySteps, kTheres>, 2> gateway_{};     // by lost, there
  std::array<std::array<CollectorSteps, kHeres>, 2> collector_{};  // by lost, here
};

}  // namespace sluice::model
