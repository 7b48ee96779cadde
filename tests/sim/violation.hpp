#pragma once
// A broken promise of docs/protocol.md, as the simulator reports it.

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::sim {

enum class Rule : std::uint8_t {
  kE1,       // no key twice at the collector
  kE2,       // durable: at the gateway, at the collector, or in one gap
  kE3,       // the collector's interval set is its rows and what gaps resolved
  kE4,       // an acknowledgement never covers what is not committed
  kE5,       // the gateway deletes only what an acknowledgement or a gap covers
  kE6,       // no key is ever used again with other bytes
  kE7,       // when faults stop, everything durable arrives in bounded time
  kModel,    // a key takes no step that the model of the protocol does not have (tests/model)
  kBalance,  // every reading produced is at the collector, once and bit for bit, or in a gap
};

constexpr std::string_view name_of(Rule rule) {
  constexpr std::string_view kNames[] = {"E1", "E2", "E3",    "E4",     "E5",
                                         "E6", "E7", "model", "balance"};
  return kNames[static_cast<std::uint8_t>(rule)];
}

struct Violation {
  Rule rule = Rule::kE1;
  std::string what;
};

}  // namespace sluice::sim
