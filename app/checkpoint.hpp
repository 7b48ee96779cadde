#pragma once
// What the rules of a plan remember, as bytes: copied by the real-time loop, packed by the storage
// thread, unpacked by the next run. States are raw; each is guarded by a fingerprint of its rule,
// all of them by the program's version and a checksum.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/chunk.hpp"
#include "core/time.hpp"

namespace sluice::app {

enum class StateKind : std::uint8_t { kChannel = 0, kAlert = 1, kComposite = 2 };

// In front of each state in a copy.
struct StateHead {
  std::uint64_t fingerprint = 0;
  std::uint32_t bytes = 0;   // behind it
  std::uint16_t number = 0;  // of the channel or the alert, within the run
  StateKind kind = StateKind::kChannel;
};

// Taken and freed by the storage thread, filled by the loop.
struct StateCopy {
  std::vector<std::byte> bytes;
  std::size_t used = 0;
  std::size_t needed = 0;  // more than there is room for: nothing was copied
  Instant taken;           // when it began to be filled
};

// Nothing for a number that has no name any more.
using StateNames = std::function<std::optional<std::string>(StateKind kind, std::uint16_t number)>;

Bytes pack(const StateCopy& copy, std::string_view version, const StateNames& names);

struct SavedState {
  struct State {
    std::uint64_t fingerprint = 0;
    Bytes bytes;
  };
  std::map<std::pair<StateKind, std::string>, State> states;

  // The bytes of a state that is of the same rule and as long; empty when there is none.
  std::span<const std::byte> find(StateKind kind, const std::string& name,
                                  std::uint64_t fingerprint, std::size_t size) const;
};
// Nothing of another version or of damaged bytes: everything begins anew.
SavedState unpack(std::span<const std::byte> bytes, std::string_view version);

// Runs of zero bytes left out: most of what windows remember is zero.
void pack_zeros(std::span<const std::byte> bytes, Bytes& into);
// False when `bytes` do not come to `size`.
bool unpack_zeros(std::span<const std::byte> bytes, std::size_t size, Bytes& into);

}  // namespace sluice::app
