#pragma once
// One shipment into the tables, inside one transaction of the caller's. What fails sticks to that
// transaction and shows at its commit.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/settled_keys.hpp"
#include "collector/sink.hpp"
#include "core/event.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

// Most chunks kept in quarantine; more are counted and let go.
inline constexpr std::int64_t kConflictsMax = 1'000;

// The settled keys of the stream with that row.
SettledKeys load_settled_keys(storage::Transaction& transaction, std::int64_t stream_row);

class Intake {
 public:
  // All outlive it.
  Intake(storage::Transaction& transaction, const Shipment& shipment, WallTime now);

  // Call once. The receipt holds only if the transaction commits.
  Receipt take();

 private:
  // A stream this transaction works on.
  struct Work {
    std::int64_t row = 0;
    SettledKeys keys;
    std::uint64_t news = 0;  // a key that was settled, or asked for again; 0: none
    std::uint64_t chunks = 0;
    std::uint64_t records = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t unreadable = 0;
    std::vector<Refusal> refusals;
    std::int64_t last_ns = 0;  // of what was stored
  };

  std::int64_t run_row(const RunId& run);
  Work& work_on(const RunId& run, Stream stream);
  bool take_chunk(const ArrivedChunk& arrived, Work& work);
  void remind(const ArrivedChunk& arrived);
  void compare(const ArrivedChunk& arrived, Work& work);
  void finish(const Work& work);

  void apply(const RunStarted& event);
  void apply(const RunEnded& event);
  void apply(const ChannelDeclared& event);
  void apply(const AlertDeclared& event);
  void apply(const ConfigApplied& event);
  void apply(const AlertEvent& event);
  void apply(const ClockRecord& event);
  void apply(const SafeModeEntered& event);
  void apply(const Gap& event);
  void apply(const DriverChanged& event);
  void close(const Gap& event);
  void add(const Gap& event, GapReason reason, std::int64_t missing);

  storage::Transaction& transaction_;
  const Shipment& shipment_;
  const std::int64_t now_ns_;
  std::int64_t gateway_row_ = 0;
  std::int64_t run_row_ = 0;  // of the shipment
  std::map<std::pair<RunId, Stream>, Work> works_;
};

}  // namespace sluice::collector
