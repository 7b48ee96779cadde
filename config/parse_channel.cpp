#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "config/sections.hpp"

namespace sluice::config {
namespace {

ChannelOptions parse_channel(TableReader& reader, Names& names) {
  ChannelOptions channel;
  ChannelSpec& spec = channel.spec;
  if (reader.text("name", spec.name)) names.channels.claim(reader, "name", spec.name);
  channel.sensor = parse_sensor(reader, names);
  reader.duration("period", spec.period);
  reader.text("unit", spec.unit);
  if (reader.number("scale", spec.calibration.scale) && spec.calibration.scale == 0.0) {
    reader.report("scale", "a scale of 0 makes every value the same");
  }
  reader.number("offset", spec.calibration.offset);
  reader.pair("range", spec.range.low, spec.range.high);
  spec.filters = parse_filters(reader);
  spec.alerts = parse_alerts(reader, spec, names);
  return channel;
}

}  // namespace

void parse_channels(TableReader& root, Names& names, Config& config) {
  std::size_t alerts = 0;
  std::vector<TableReader> readers = root.tables("channel", Section::kChannel);
  for (TableReader& reader : readers) {
    config.channels.push_back(parse_channel(reader, names));
    alerts += config.channels.back().spec.alerts.size();
    if (alerts <= kAlertsMax) continue;
    reader.report("alert", "more than " + std::to_string(kAlertsMax) + " alerts in the gateway");
    return;
  }
  check_derived(readers, config, names);
}

}  // namespace sluice::config
