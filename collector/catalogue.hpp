#pragma once
// What the numbers of a run mean, as its event stream declared them, looked up in the collector's
// database. Declarations of a run never change, so what is found is kept; for one run at a time.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "collector/clock_map.hpp"
#include "core/alert.hpp"
#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

class Catalogue {
 public:
  struct Channel {
    std::string name;
    std::string unit;
  };

  // `connection` outlives it.
  explicit Catalogue(storage::Connection& connection) : connection_(connection) {}

  // Row of the run; 0 when nothing of it has been stored.
  Result<std::int64_t> run_row(std::string_view gateway, const RunId& run);
  // An undeclared number is its own name, such as "channel 3", and is asked for again next time.
  Result<Channel> channel(std::int64_t run_row, ChannelId channel);
  Result<std::string> alert(std::int64_t run_row, AlertId alert);
  // As known now: a record may come later that says when it was.
  Result<ClockMap> clock(std::int64_t run_row);

 private:
  void look_at(std::int64_t run_row);

  storage::Connection& connection_;
  std::int64_t run_row_ = 0;
  std::map<ChannelId, Channel> channels_;
  std::map<AlertId, std::string> alerts_;
};

}  // namespace sluice::collector
