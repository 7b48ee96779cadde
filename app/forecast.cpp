#include "app/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "app/flash_meter.hpp"
#include "app/forecast_warnings.hpp"
#include "storage/space.hpp"
#include "uplink/link_profile.hpp"

namespace sluice::app {
namespace {

constexpr double kDaySeconds = 86'400.0;
constexpr double kMonthSeconds = 30 * kDaySeconds;
// As app/hot_tail cuts them.
constexpr double kChunkReadingsMax = 4'096.0;
constexpr double kChunkBytesMax = 4'096.0;

double value_of(FigureOf which) {
  return figure(which).value;
}

// What reached a block device at so many readings a second, once a second each up to 100 and from
// 100 channels beyond, a commit a second, with a link (docs/limits.md, Storage).
struct DevicePoint {
  double readings_per_second;
  double bytes_per_second;
};
constexpr std::array kDevice{DevicePoint{16, 11'300}, DevicePoint{100, 13'900},
                             DevicePoint{1'000, 31'000}, DevicePoint{10'000, 122'000}};

// Between the points on a straight line of logarithms, beyond them in proportion, below them what a
// commit costs in any case.
double device_bytes_per_second(double readings_per_second) {
  if (readings_per_second <= kDevice.front().readings_per_second) {
    return kDevice.front().bytes_per_second;
  }
  for (std::size_t i = 1; i < kDevice.size(); ++i) {
    const DevicePoint& low = kDevice[i - 1];
    const DevicePoint& high = kDevice[i];
    if (readings_per_second > high.readings_per_second) continue;
    const double along = std::log(readings_per_second / low.readings_per_second) /
                         std::log(high.readings_per_second / low.readings_per_second);
    return low.bytes_per_second * std::pow(high.bytes_per_second / low.bytes_per_second, along);
  }
  return kDevice.back().bytes_per_second * readings_per_second / kDevice.back().readings_per_second;
}

const Deadband* deadband_of(const ChannelSpec& spec) {
  for (const FilterSpec& filter : spec.filters) {
    if (const auto* const deadband = std::get_if<Deadband>(&filter)) return deadband;
  }
  return nullptr;
}

// What of a channel's readings is packed together.
struct Packed {
  double chunks_per_second = 0.0;
  double bytes_per_second = 0.0;  // in the chunks, without what a batch adds
};

// `every` seconds a seal.
Packed packed(double readings_per_second, double bytes_per_reading, double every) {
  const double readings = readings_per_second * every;
  const double most =
      std::min(kChunkReadingsMax, kChunkBytesMax / std::max(0.01, bytes_per_reading));
  // Of a slow channel there is a reading in some seals only.
  const double chunks = readings < 1.0 ? readings : std::ceil(readings / most);
  return {chunks / every, readings_per_second * bytes_per_reading};
}

double open_share(const std::vector<uplink::DaySpan>& schedule) {
  int minutes = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    minutes += uplink::is_open(schedule, minute) ? 1 : 0;
  }
  return minutes / (24.0 * 60.0);
}

class Forecaster {
 public:
  Forecaster(const config::Config& config, const ForecastOptions& options)
      : config_(config), options_(options) {}

  Forecast work() {
    answer_.outage = options_.outage;
    profiles_ = config_.uplink.delivery.profiles;
    if (profiles_.empty()) {
      profiles_.push_back(uplink::unlimited_profile());
      profiles_.back().name = "any link";
    }
    for (const config::ChannelOptions& channel : config_.channels) add(channel);
    forecast_storage();
    if (config_.uplink.enabled) {
      for (const uplink::LinkProfile& profile : profiles_) forecast_link(profile);
    }
    answer_.warnings = forecast_warnings(config_, options_, answer_);
    return std::move(answer_);
  }

 private:
  ReadingPath path_of(const config::ChannelOptions& channel) const {
    if (!config_.uplink.enabled) return ReadingPath::kHere;
    const auto any = [&](Lane lane) {
      return std::any_of(
          profiles_.begin(), profiles_.end(),
          [&](const uplink::LinkProfile& profile) { return profile.lanes[index_of(lane)]; });
    };
    if (any(Lane::kRaw) || any(Lane::kBacklog)) return ReadingPath::kRaw;
    if (any(Lane::kRollup) && is_rolled_up(channel)) return ReadingPath::kRollups;
    if (channel.spec.alerts.empty()) return ReadingPath::kHere;
    const bool around = config_.uplink.around_alert.after > Duration::zero();
    return around && any(Lane::kRequested) ? ReadingPath::kAroundAlerts : ReadingPath::kAlerts;
  }

  bool is_rolled_up(const config::ChannelOptions& channel) const {
    const std::vector<std::string>& except = config_.rollup.except;
    return config_.rollup.enabled &&
           std::find(except.begin(), except.end(), channel.spec.name) == except.end();
  }

  void add(const config::ChannelOptions& channel) {
    ChannelForecast one;
    one.name = channel.spec.name;
    one.path = path_of(channel);
    one.ticks_per_second = 1.0 / to_seconds(channel.spec.period);
    one.readings_per_second = one.ticks_per_second;
    one.at_most = deadband_of(channel.spec) != nullptr;
    double bytes_per_reading = value_of(FigureOf::kReading);
    const auto measured = options_.measured.find(one.name);
    if (measured != options_.measured.end()) {
      one.measured = true;
      one.at_most = false;
      one.readings_per_second =
          std::min(one.ticks_per_second, measured->second.readings_per_second);
      bytes_per_reading = measured->second.bytes_per_reading;
    }
    answer_.readings_per_second += one.readings_per_second;
    bytes_per_reading_.push_back(bytes_per_reading);
    answer_.channels.push_back(std::move(one));
  }

  // Of all channels, sealed every `every` seconds; in what is sent if `sent`.
  Packed all(double every) const {
    Packed sum;
    for (std::size_t i = 0; i < answer_.channels.size(); ++i) {
      const Packed one =
          packed(answer_.channels[i].readings_per_second, bytes_per_reading_[i], every);
      sum.chunks_per_second += one.chunks_per_second;
      sum.bytes_per_second += one.bytes_per_second;
    }
    return sum;
  }
  // Where chunks do not leave at once.
  double waiting_seal() const {
    return static_cast<double>(config_.seal.seal_readings) / answer_.readings_per_second;
  }
  double live_seal() const { return std::min(waiting_seal(), to_seconds(config_.seal.seal_after)); }
  double batch_bytes(const Packed& packed) const {
    return packed.bytes_per_second + packed.chunks_per_second * value_of(FigureOf::kChunk);
  }

  void forecast_storage() {
    answer_.room_bytes = static_cast<double>(storage::shares_of(config_.storage).database);
    if (answer_.readings_per_second <= 0.0) {
      answer_.outage_hours = std::numeric_limits<double>::infinity();
      return;
    }
    const Packed waiting = all(waiting_seal());
    answer_.stored_bytes_per_second =
        waiting.bytes_per_second + answer_.readings_per_second * value_of(FigureOf::kDiskReading) +
        waiting.chunks_per_second * value_of(FigureOf::kDiskChunk);
    answer_.outage_hours = answer_.room_bytes / answer_.stored_bytes_per_second / 3'600.0;
    // Nothing new, nothing to commit.
    double ticks = 0.0;
    for (const ChannelForecast& channel : answer_.channels) {
      ticks = std::max(ticks, channel.readings_per_second);
    }
    const double commits = std::min(ticks, 1.0 / to_seconds(config_.seal.commit_every));
    // More of them cost as much more; whether fewer cost less has not been measured.
    const double share = commits > 1.0 ? commits : std::min(1.0, ticks);
    answer_.device_bytes_per_day =
        device_bytes_per_second(answer_.readings_per_second) * share * kDaySeconds;
    for (std::size_t i = 0; i < answer_.channels.size(); ++i) {
      ChannelForecast& channel = answer_.channels[i];
      channel.chunk_bytes_per_day =
          batch_bytes(packed(channel.readings_per_second, bytes_per_reading_[i], live_seal())) *
          kDaySeconds;
    }
    FlashUse use;
    use.device_bytes = static_cast<std::uint64_t>(answer_.device_bytes_per_day);
    use.over = std::chrono::hours(24);
    use.endurance_bytes = config_.card_endurance_bytes;
    answer_.card_life_years = card_life_years(use);
  }

  void forecast_link(const uplink::LinkProfile& profile) {
    LinkForecast link;
    link.profile = profile.name;
    link.open = open_share(profile.schedule);
    link.budget_bytes = budget_of(profile.budget);
    const bool raw = profile.lanes[index_of(Lane::kRaw)];
    const bool backlog = profile.lanes[index_of(Lane::kBacklog)];
    const double waited = answer_.readings_per_second <= 0.0
                              ? 0.0
                              : batch_bytes(all(waiting_seal())) * value_of(FigureOf::kBacklog);
    double per_second = 0.0;
    if (raw && answer_.readings_per_second > 0.0) {
      const Packed live = all(live_seal());
      const double bytes = batch_bytes(live);
      const double batches = std::max(
          1.0 / live_seal(), bytes / static_cast<double>(config_.uplink.delivery.batch_bytes_max));
      per_second += link.open * (bytes + batches * value_of(FigureOf::kBatch));
    }
    // Outside of its hours everything waits.
    if (backlog) per_second += (raw ? 1.0 - link.open : 1.0) * waited;
    link.readings_bytes = per_second * kMonthSeconds;
    // Their record waits for nothing, and they are told of at once.
    const double steps = 2.0 * options_.alarms_per_day * 30.0;
    link.alert_bytes = has_alerts() ? steps * value_of(FigureOf::kAlertStep) : 0.0;
    const double live_every = to_seconds(config_.uplink.delivery.live_every);
    if (raw && live_every > 0.0) {
      double live = static_cast<double>(config_.channels.size()) * value_of(FigureOf::kLiveValue) /
                    live_every;
      const double rate = rate_of(profile);
      if (rate > 0.0) live = std::min(live, rate / 4.0);  // uplink/live_feed
      link.live_bytes = link.open * live * kMonthSeconds;
    }
    link.idle_bytes = value_of(FigureOf::kKeepAlive) * kMonthSeconds /
                      to_seconds(config_.uplink.link.keep_alive.begin);
    drain(profile, waited, raw || backlog, link);
    answer_.links.push_back(std::move(link));
  }

  void drain(const uplink::LinkProfile& profile, double waited, bool takes_readings,
             LinkForecast& link) const {
    const double rate = rate_of(profile);
    if (!takes_readings || rate <= 0.0) return;
    const double kept = std::min(to_seconds(answer_.outage), answer_.outage_hours * 3'600.0);
    const double left = rate * link.open - link.total() / kMonthSeconds;
    link.drain_seconds =
        left > 0.0 ? waited * kept / left : std::numeric_limits<double>::infinity();
  }

  double rate_of(const uplink::LinkProfile& profile) const {
    const std::uint64_t rate =
        profile.bytes_per_second > 0 ? profile.bytes_per_second : options_.link_bytes_per_second;
    return static_cast<double>(rate);
  }

  static std::optional<double> budget_of(const uplink::ByteBudget::Limits& limits) {
    std::optional<double> budget;
    if (limits.per_day > 0) budget = 30.0 * static_cast<double>(limits.per_day);
    if (limits.per_month > 0) {
      const auto month = static_cast<double>(limits.per_month);
      budget = budget ? std::min(*budget, month) : month;
    }
    return budget;
  }

  bool has_alerts() const {
    return !config_.composites.empty() ||
           std::any_of(config_.channels.begin(), config_.channels.end(),
                       [](const auto& channel) { return !channel.spec.alerts.empty(); });
  }

  const config::Config& config_;
  const ForecastOptions& options_;
  std::vector<uplink::LinkProfile> profiles_;
  std::vector<double> bytes_per_reading_;  // by channel
  Forecast answer_;
};

// Enough to know a channel by.
constexpr int kPartsMax = 64;

Result<std::optional<MeasuredChannel>> measure(storage::Reader& reader,
                                               const storage::ChannelRun& run) {
  storage::Bookmark bookmark;
  const storage::TimeRange range{run.run, Stream::kRaw, run.channel, Instant(),
                                 Instant(Instant::max().time_since_epoch() / 2)};
  double count = 0.0;
  double bytes = 0.0;
  Instant first = Instant::max();
  Instant last = Instant::min();
  bool done = false;
  for (int part_number = 0; part_number < kPartsMax && !done; ++part_number) {
    const Result<storage::RangePart> part = reader.range(range, bookmark, 256 * 1024);
    if (!part) return part.error();
    for (const storage::StoredChunk& stored : part->chunks) {
      count += stored.chunk.header.count;
      bytes += static_cast<double>(stored.chunk.bytes.size());
      first = std::min(first, stored.chunk.header.first);
      last = std::max(last, stored.chunk.header.last);
    }
    done = part->last;
  }
  // A rate needs two.
  if (count < 2.0 || last <= first) return std::optional<MeasuredChannel>();
  return std::optional(MeasuredChannel{(count - 1.0) / to_seconds(last - first), bytes / count});
}

}  // namespace

std::string_view name_of(ReadingPath path) {
  constexpr std::array<std::string_view, 5> kNames{"kept here", "alerts", "alerts, raw around them",
                                                   "alerts, rollups", "raw"};
  return kNames[static_cast<std::size_t>(path)];
}

Result<MeasuredChannels> measure_channels(storage::Reader& reader, const config::Config& config) {
  MeasuredChannels found;
  for (const config::ChannelOptions& channel : config.channels) {
    const Result<std::vector<storage::ChannelRun>> runs = reader.runs_of(channel.spec.name);
    if (!runs) return runs.error();
    for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
      const Result<std::optional<MeasuredChannel>> one = measure(reader, *run);
      if (!one) return one.error();
      if (!*one) continue;
      found[channel.spec.name] = **one;
      break;
    }
  }
  return found;
}

Forecast forecast(const config::Config& config, const ForecastOptions& options) {
  return Forecaster(config, options).work();
}

}  // namespace sluice::app
