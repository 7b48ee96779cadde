#pragma once
// Lines for whoever looks on while the collector runs: what has been committed, and, if wanted,
// what is only live. Looks names up on a connection of its own. A reader that is gone is nobody's
// fault: printing stops, collecting goes on.

#include <cstdio>
#include <string>
#include <string_view>

#include "collector/catalogue.hpp"
#include "collector/line.hpp"
#include "collector/sink.hpp"
#include "core/result.hpp"
#include "storage/sqlite.hpp"
#include "uplink/messages.hpp"

namespace sluice::collector {

class Printer {
 public:
  // REQUIRES: format is not kCsv. `out` stays open as long as it.
  Printer(storage::Connection connection, Format format, std::FILE* out);
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;

  void stored(const Shipment& shipment, const Receipt& receipt);
  void live(std::string_view gateway, const uplink::Live& live);

 private:
  Result<> print_chunk(const ArrivedChunk& arrived, const Shipment& shipment, std::int64_t run_row,
                       const ClockMap& clock);
  void write(const std::string& lines);

  storage::Connection connection_;
  Catalogue catalogue_;
  const Format format_;
  std::FILE* out_;  // null once writing has failed
};

}  // namespace sluice::collector
