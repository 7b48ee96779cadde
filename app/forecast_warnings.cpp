#include "app/forecast_warnings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <variant>

#include "config/units.hpp"
#include "config/wording.hpp"
#include "hal/formula.hpp"
#include "uplink/link_profile.hpp"

namespace sluice::app {
namespace {

// Beyond this a channel is read far more often than anything wants it.
constexpr int kTooOften = 100;
// A card that collects its garbage stalls for a second or two now and then.
constexpr Duration kRingMin = std::chrono::seconds(5);
// The shortest window that anybody is sent.
constexpr Duration kRollup = std::chrono::minutes(1);

std::string one_digit(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 10 ? "%.1f" : "%.0f", value);
  return text.data();
}

// How long a rule looks before it says anything; nothing when each reading may be one.
std::optional<Duration> patience_of(const AlertRule& rule) {
  Duration needs = rule.hold;
  if (const auto* const rate = std::get_if<RateOfChange>(&rule.condition)) {
    needs = std::max(needs, rate->over);
  } else if (const auto* const silent = std::get_if<NoData>(&rule.condition)) {
    needs = std::max(needs, silent->after);
  } else if (const auto* const flat = std::get_if<FlatLine>(&rule.condition)) {
    needs = std::max(needs, flat->after);
  } else if (const auto* const window = std::get_if<WindowLevel>(&rule.condition)) {
    needs = std::max(needs, window->over);
  }
  if (needs == Duration::zero()) return std::nullopt;
  return needs;
}

class Adviser {
 public:
  Adviser(const config::Config& config, const ForecastOptions& options, const Forecast& forecast)
      : config_(config), options_(options), forecast_(forecast) {}

  std::vector<std::string> advise() {
    for (std::size_t i = 0; i < config_.channels.size(); ++i) {
      look_at(config_.channels[i], forecast_.channels[i]);
    }
    look_at_buffer();
    for (const LinkForecast& link : forecast_.links) look_at(link);
    return std::move(warnings_);
  }

 private:
  void warn(const std::string& text) { warnings_.push_back(text); }

  void look_at(const config::ChannelOptions& channel, const ChannelForecast& forecast) {
    const ChannelSpec& spec = channel.spec;
    const std::string name = "channel " + config::in_quotes(spec.name);
    const std::string period = config::text_of_duration(spec.period);
    if (forecast.path == ReadingPath::kHere && config_.uplink.enabled) {
      warn(name + " has no alert, and no profile takes its readings: nobody will see them");
    }
    // Where raw readings are wanted each of them is.
    if (forecast.path != ReadingPath::kRaw) look_for_haste(spec, forecast.path);
    for (const AlertRule& rule : spec.alerts) {
      const auto* const silent = std::get_if<NoData>(&rule.condition);
      if (silent != nullptr && silent->after < 2 * spec.period) {
        warn("alert " + config::in_quotes(rule.name) + " is raised after " +
             config::text_of_duration(silent->after) + " without data, and " + name +
             " is read every " + period + ": a single bad reading raises it");
      }
    }
    if (const auto* const derived = std::get_if<hal::DerivedOptions>(&channel.sensor)) {
      look_at_inputs(spec, derived->expression);
    }
  }

  void look_for_haste(const ChannelSpec& spec, ReadingPath path) {
    std::optional<Duration> needs;
    if (path == ReadingPath::kRollups) needs = kRollup;
    for (const AlertRule& rule : spec.alerts) {
      const std::optional<Duration> patience = patience_of(rule);
      if (!patience) return;
      needs = needs ? std::min(*needs, *patience) : *patience;
    }
    if (!needs || *needs / spec.period < kTooOften) return;
    warn("channel " + config::in_quotes(spec.name) + " is read every " +
         config::text_of_duration(spec.period) + ", and nothing looks at less than " +
         config::text_of_duration(*needs) + " of it: " + std::to_string(*needs / spec.period) +
         " readings for one answer; a longer period saves them");
  }

  void look_at_inputs(const ChannelSpec& spec, const std::string& expression) {
    const Result<hal::Formula> formula = hal::Formula::compile(expression);
    if (!formula) return;
    Duration fastest = Duration::max();
    for (const config::ChannelOptions& other : config_.channels) {
      const std::vector<std::string>& inputs = formula->inputs();
      if (std::find(inputs.begin(), inputs.end(), other.spec.name) == inputs.end()) continue;
      fastest = std::min(fastest, other.spec.period);
    }
    if (fastest == Duration::max() || spec.period >= fastest) return;
    warn("channel " + config::in_quotes(spec.name) + " is calculated every " +
         config::text_of_duration(spec.period) + " from channels that are read every " +
         config::text_of_duration(fastest) + " or less often: it repeats itself");
  }

  void look_at_buffer() {
    const double hours = forecast_.outage_hours;
    if (hours * 3'600.0 < to_seconds(options_.outage)) {
      warn("the quota of " + config::text_of_size(config_.storage.quota_bytes) + " holds " +
           one_digit(hours) + " h without a link, and " +
           config::text_of_duration(options_.outage) +
           " are wanted; a larger quota, longer periods or deadbands hold more");
    }
    if (config_.realtime.ring < kRingMin && !config_.channels.empty()) {
      warn("realtime.ring holds " + config::text_of_duration(config_.realtime.ring) +
           ", and a card may stall for seconds: readings will be lost then");
    }
    if (forecast_.card_life_years && *forecast_.card_life_years < 5.0) {
      warn("a card of that endurance lasts " + one_digit(*forecast_.card_life_years) +
           " years; a longer commit_every, fewer readings or a better card make it longer");
    }
  }

  void look_at(const LinkForecast& link) {
    const std::string name = "profile " + config::in_quotes(link.profile);
    const double usable = uplink::budget_share(Lane::kRaw);
    if (link.budget_bytes && link.total() > usable * *link.budget_bytes) {
      warn(name + ": " + one_digit(link.total() / 1e6) +
           " MB a month are produced, and raw readings "
           "are held back from " +
           one_digit(usable * *link.budget_bytes / 1e6) + " MB on, " + one_digit(100 * usable) +
           " % of the budget");
    }
    if (link.drain_seconds && std::isinf(*link.drain_seconds)) {
      warn(name +
           " carries less than is produced: what waits is never drained, and the oldest "
           "readings go once the quota is full");
    }
    if (link.live_bytes > 2.0 * link.readings_bytes && link.live_bytes > 1e6) {
      warn(name + ": live values are " + one_digit(link.live_bytes / 1e6) +
           " MB a month, and all readings " + one_digit(link.readings_bytes / 1e6) +
           " MB; a longer live_every saves most of it");
    }
  }

  const config::Config& config_;
  const ForecastOptions& options_;
  const Forecast& forecast_;
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<std::string> forecast_warnings(const config::Config& config,
                                           const ForecastOptions& options,
                                           const Forecast& forecast) {
  return Adviser(config, options, forecast).advise();
}

}  // namespace sluice::app
