#pragma once
// Who may do what in a state. Every rule of docs/protocol.md can be broken on purpose: a rule whose
// breach nobody would notice is none.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/model/state.hpp"

namespace sluice::model {

enum class Mutation : std::uint8_t {
  kNone,
  // The gateway.
  kDeleteOnPuback,
  kDropWithoutGap,
  kDropsGapRecords,
  kForgetsDroppedChecksum,  // a tombstone goes as soon as its gap record is stored
  kRunAgainAfterRestart,
  kAckWithoutRun,
  kAckWithoutCheck,
  kIgnoresShrinkingAck,
  kBelievesStaleShrinkage,
  kForgetsSettledKeys,
  kErasesGapRecordEarly,
  kClosesUndeliveredRun,
  kNeverClosesAgain,        // what the collector has lost of closed runs
  kForgetsBeforeItIsHeard,  // that a run is closed
  kForgetsUnconfirmed,
  kIgnoresMaskedLoss,  // by a gap that came after it
  kLeavesOldRuns,
  kNeverSendsAgain,
  kNeverRewinds,
  // The collectors.
  kAckBeforeCommit,
  kNoDedup,
  kDedupByMaximum,
  kDedupByMemory,  // each collector keeps the interval set it read
  kGapOverridesRow,
  kChunkIgnoresGap,
  kSilentAboutDuplicates,
  kSilentAboutRefused,
  kAnswersUncut,
  kForgetsClosedRun,
  kOverwrites,
};

// How much of everything, and what may go wrong.
struct Bounds {
  int runs = 2;
  int data = 2;    // of the first run
  int later = -1;  // of the others; -1: as many
  int events = 1;  // of the last run
  int early = -1;  // of the others; -1: as many
  int window = 0;  // chunks in flight; 0: not looked at
  // Acknowledgements may be late, and chunks come to a store that has been restored since they were
  // sent. Else each takes the place of the one before, and what is under way to collectors dies
  // with their connections: brokers keep nothing for clean sessions.
  bool late = true;
  bool drops = false;
  bool grace = false;
  bool questions = false;
  bool closes = false;
  bool image = false;      // the disk is rolled back to an old copy
  bool reinstall = false;  // the disk is empty
  bool restore = false;    // the collectors' store is replaced by its backup
  bool broker_restart = false;
  bool twin = false;  // somebody else sends other bytes under our keys
};

// Records that this run may give a key.
int events_of(const Bounds& bounds, int run);

struct Protocol {
  Bounds bounds;
  Mutation mutation = Mutation::kNone;

  bool has(Mutation one) const { return mutation == one; }
};

// The invariants of docs/protocol.md.
enum class Breach : std::uint8_t { kNone, kE1, kE2, kE3, kE4, kE5, kE6, kE7, kE8 };

enum class Act : std::uint8_t {
  kStore,
  kSend,
  kDrop,
  kErase,
  kDeclare,
  kClose,
  kForget,
  kHearAck,
  kHearAnswer,
  kHearRefusedHeld,
  kHearRefusedResolved,
  kAsk,
  kRewind,
  kRestart,
  kTakeImage,
  kRollBack,
  kReinstall,
  kBrokerRestart,
  kArrive,
  kArriveOther,  // the twin's chunk
  kCommitLate,   // of a transaction left open
  kAnswer,
  kTwinSends,
  kTakeBackup,
  kRestore,
};

struct Action {
  Act act = Act::kStore;
  std::uint8_t key = 0;  // or lane, or run
  std::uint8_t snapshot = 0;
};
std::string text_of(const Action& action);

struct Move {
  Action action;
  State to;
  Breach breach = Breach::kNone;
};
using Moves = std::vector<Move>;

// Adds every step that some part can take; steps that change nothing are left out.
void gateway_moves(const Protocol& protocol, const State& from, Moves& moves);
void collector_moves(const Protocol& protocol, const State& from, Moves& moves);
void fault_moves(const Protocol& protocol, const State& from, Moves& moves);

// E2 and E3, which are about states; the others are about steps.
Breach breach_of(const State& state);
// Everything that became durable is settled on both sides.
bool is_complete(const Protocol& protocol, const State& state);
// The step of `moves` that a fair schedule without faults takes; null when there is none left.
const Move* fair_move(const State& from, const Moves& moves);

// Adds `to` unless it is `from`.
void add_move(Moves& moves, const State& from, const Action& action, const State& to,
              Breach breach = Breach::kNone);

}  // namespace sluice::model
