#include "collector/printer.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "chunk/readings.hpp"
#include "core/check.hpp"
#include "core/log.hpp"

namespace sluice::collector {

Printer::Printer(storage::Connection connection, Format format, std::FILE* out)
    : connection_(std::move(connection)), catalogue_(connection_), format_(format), out_(out) {
  CHECK(format != Format::kCsv);
}

void Printer::stored(const Shipment& shipment, const Receipt& receipt) {
  if (out_ == nullptr || receipt.stored.empty()) return;
  const Result<std::int64_t> run_row = catalogue_.run_row(shipment.gateway, shipment.run);
  if (!run_row) return;  // the database is busy: what is not printed is stored all the same
  const Result<ClockMap> clock = catalogue_.clock(*run_row);
  if (!clock) return;
  for (const std::size_t index : receipt.stored) {
    if (!print_chunk(shipment.chunks[index], shipment, *run_row, *clock)) return;
  }
}

Result<> Printer::print_chunk(const ArrivedChunk& arrived, const Shipment& shipment,
                              std::int64_t run_row, const ClockMap& clock) {
  if (!arrived.readable) return Ok{};
  std::string lines;
  if (shipment.stream == Stream::kRaw) {
    const Result<std::vector<Reading>> readings = chunk::decode_readings(arrived.chunk);
    if (!readings) return readings.error();
    for (const Reading& reading : *readings) {
      const Result<Catalogue::Channel> channel = catalogue_.channel(run_row, reading.channel);
      if (!channel) return channel.error();
      lines += to_line(ReadingLine{shipment.gateway,
                                   channel->name,
                                   channel->unit,
                                   {reading.time, clock.at(reading.time)},
                                   reading.value,
                                   reading.quality,
                                   shipment.backlog},
                       format_);
    }
  }
  for (const Event& event : arrived.events) {
    const auto* const alert = std::get_if<AlertEvent>(&event);
    if (alert == nullptr) continue;
    const Result<std::string> name = catalogue_.alert(run_row, alert->alert);
    if (!name) return name.error();
    const Result<Catalogue::Channel> channel = catalogue_.channel(run_row, alert->channel);
    if (!channel) return channel.error();
    lines += to_line(AlertLine{shipment.gateway,
                               *name,
                               channel->name,
                               {alert->time, clock.at(alert->time)},
                               alert->change,
                               alert->severity,
                               alert->value,
                               alert->count,
                               false},
                     format_);
  }
  write(lines);
  return Ok{};
}

void Printer::live(std::string_view gateway, const uplink::Live& live) {
  std::string lines;
  for (const uplink::LiveAlert& alert : live.alerts) {
    lines += to_line(AlertLine{gateway,
                               alert.name,
                               alert.channel,
                               {alert.time, alert.wall},
                               alert.change,
                               alert.severity,
                               alert.value,
                               alert.count,
                               true},
                     format_);
  }
  write(lines);
}

void Printer::write(const std::string& lines) {
  if (out_ == nullptr) return;
  if (std::fwrite(lines.data(), 1, lines.size(), out_) == lines.size() && std::fflush(out_) == 0) {
    return;
  }
  out_ = nullptr;
  log(LogLevel::kWarning, "collector: nobody reads the printed lines any more; collecting goes on");
}

}  // namespace sluice::collector
