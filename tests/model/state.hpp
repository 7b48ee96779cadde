#pragma once
// The delivery protocol of docs/protocol.md in the small, for the checker of tests/model/checker: a
// gateway of a few runs and keys, a network that may lose, repeat, delay and reorder everything,
// and a store that any number of collectors share. Everything that can be told apart is in here and
// nothing else, so that equal states are equal bytes.
//
// Each chunk travels by itself (a batch is only packaging), and a transaction of the store is one
// step, whichever collector does it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::model {

// A set of keys: bit k is key k.
using Keys = std::uint32_t;

inline constexpr int kRunsMax = 3;
inline constexpr int kDataMax = 3;    // chunks of readings a run may give a key
inline constexpr int kEventsMax = 2;  // gap records a run may give a key
inline constexpr int kKeysPerRun = kDataMax + kEventsMax;
inline constexpr int kKeys = kRunsMax * kKeysPerRun;
inline constexpr int kLanes = 2 * kRunsMax;

// One (run, stream): keys first, first + 1, ... first + size - 1.
struct Lane {
  int first = 0;
  int size = 0;
};
constexpr Lane lane(int number) {
  const int first = (number / 2) * kKeysPerRun;
  return number % 2 == 0 ? Lane{first, kDataMax} : Lane{first + kDataMax, kEventsMax};
}
constexpr bool is_event(int key) {
  return key % kKeysPerRun >= kDataMax;
}
constexpr int run_of(int key) {
  return key / kKeysPerRun;
}
constexpr int lane_of(int key) {
  return 2 * run_of(key) + (is_event(key) ? 1 : 0);
}
constexpr Keys only(int key) {
  return Keys{1} << key;
}
constexpr bool has(Keys keys, int key) {
  return (keys & only(key)) != 0;
}
constexpr Keys keys_of_lane(int number) {
  return ((Keys{1} << lane(number).size) - 1) << lane(number).first;
}
constexpr Keys keys_of_run(int run) {
  return keys_of_lane(2 * run) | keys_of_lane(2 * run + 1);
}

// What the gateway's disk says of a key.
enum class Here : std::uint8_t {
  kNone,      // never given
  kPending,   // stored, to be sent
  kKept,      // acknowledged as held; its bytes are in the grace area
  kGone,      // acknowledged as held; erased
  kDropped,   // erased for want of space: a tombstone
  kDeclared,  // a tombstone that a gap record tells of
  kResolved,  // acknowledged as settled by a gap record
};

struct Disk {
  std::array<Here, kKeys> here{};
  std::uint8_t run = 0;  // the present one
  // Settled keys under which the collector has other bytes, as it said itself.
  Keys foreign = 0;
  // Of runs that are closed and forgotten: of them nothing is known but that there were these keys.
  Keys closed = 0;
  Keys due = 0;  // of those, what has to be closed again
  // Said to be settled by the collector after it had the record that closes their run.
  Keys confirmed = 0;
  // The record that closes a run, and 1 more; 0: none. One place more, so that no byte is unused.
  std::array<std::uint8_t, kRunsMax + 1> closing{};

  // The collector has the record that closes the run of that number.
  bool is_closing_heard(int number) const;

  Keys in(Here status) const;
  Keys given() const;
  Keys settled() const;  // kept, gone or resolved
  bool operator==(const Disk&) const = default;
};

// The collectors' database. Rows and interval set are apart, for a mistake may part them.
struct Store {
  Keys own = 0;    // rows with the bytes that the gateway stored under the key
  Keys other = 0;  // rows with other bytes
  Keys held = 0;   // the interval set
  Keys resolved = 0;

  Keys settled() const { return held | resolved; }
  bool operator==(const Store&) const = default;
};

// What an acknowledgement says of one key.
enum class Said : std::uint8_t { kNothing, kHeld, kHeldOther, kResolved };

// An acknowledgement of a lane as a number: two bits a key.
using Snapshot = std::uint32_t;
constexpr Said said_of(Snapshot snapshot, int place) {
  return static_cast<Said>((snapshot >> (2 * place)) & 3);
}
Snapshot snapshot_of(const Store& store, int lane_number);

// Sets of snapshots that may still arrive: any of them, any number of times, in any order.
using Snapshots = std::uint64_t;
inline constexpr Snapshot kSnapshots = Snapshot{1} << (2 * kDataMax);
static_assert(kSnapshots <= 64);

// Faults that happen once at most, so that the states end; and other yes-or-noes.
enum Flag : std::uint32_t {
  kImageTaken = 1,
  kRolledBack = 2,
  kReinstalled = 4,
  kBackupTaken = 8,
  kRestored = 16,
  kBrokerRestarted = 32,
  kTwinSeen = 64,
  kAskedLast = 128,  // the question is the last one about its run
};

struct State {
  // The network.
  std::array<Snapshots, kLanes> acks{};
  Snapshots answers = 0;  // to the latest question
  Keys up = 0;            // chunks
  Keys up_other = 0;  // chunks of other bytes under the same key: a twin of the gateway sent them
  // "This chunk has arrived and is not stored": its key is taken by other bytes, or by a gap.
  Keys refused_held = 0;
  Keys refused_resolved = 0;

  Store store;
  Store backup;
  // By a transaction that one collector has open; only a mistake leaves one open.
  Keys open_insert = 0;

  Disk disk;
  Disk image;  // an old copy
  // In the gateway's memory.
  Keys sent = 0;      // since the cursors were last rewound
  Keys flight = 0;    // in the window
  Keys suspects = 0;  // settled when the latest question was asked

  // What the gap records say, wherever they are.
  std::array<Keys, kRunsMax * kEventsMax> covers{};

  // Seen by the checker alone.
  Keys given = 0;        // ever, on any disk
  Keys quarantined = 0;  // the gateway's bytes came second
  Keys lost = 0;         // were settled in a store that has been replaced by its backup
  Keys destroyed = 0;    // went with a disk, before anybody else had them
  std::uint32_t flags = 0;
  // The lane that the gateway's latest question is about, and 1 more; 0: none is under way.
  std::uint32_t asked = 0;

  Keys& covers_of(int key) { return covers[slot(key)]; }
  Keys covers_of(int key) const { return covers[slot(key)]; }
  bool is(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags |= flag; }
  void clear(Flag flag) { flags &= ~static_cast<std::uint32_t>(flag); }
  bool operator==(const State&) const = default;

 private:
  static std::size_t slot(int key) {
    return static_cast<std::size_t>(run_of(key) * kEventsMax + key % kKeysPerRun - kDataMax);
  }
};

// "1/data/2": run, stream, seq.
std::string key_text(int key);
std::string keys_text(Keys keys);
std::string text_of(const State& state);

}  // namespace sluice::model
