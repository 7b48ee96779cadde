#include "app/driver_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/log.hpp"

namespace sluice::app {
namespace {

std::string seconds_since(Instant began, Instant now) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(now - began).count()) + " s";
}

bool hangs(const hal::Standing& standing, Duration limit, Instant now) {
  return standing.busy_since != Instant{} && now - standing.busy_since > limit;
}

}  // namespace

void DriverWatch::watch(std::vector<WatchedDriver> drivers) {
  drivers_ = std::move(drivers);
  std::erase_if(told_, [&](const auto& told) {
    return std::none_of(drivers_.begin(), drivers_.end(),
                        [&](const WatchedDriver& driver) { return driver.channel == told.first; });
  });
}

void DriverWatch::judge(Instant now) {
  reports_.clear();
  std::map<std::string_view, std::size_t> holders;  // of buses: by place in reports_
  for (const WatchedDriver& driver : drivers_) {
    const hal::Standing standing = driver.probe->standing();
    if (hangs(standing, driver.probe->options().limit, now)) {
      holders.emplace(driver.bus, reports_.size());
    }
    reports_.push_back({.channel = driver.channel,
                        .id = driver.id,
                        .bus = driver.bus,
                        .asked = standing.rounds > 0,
                        .state = standing.state,
                        .since = standing.since,
                        .reason = std::string(standing.why()),
                        .counts = standing});
  }
  for (std::size_t i = 0; i < reports_.size(); ++i) {
    DriverReport& report = reports_[i];
    const auto holder = holders.find(report.bus);
    if (holder == holders.end()) continue;
    const DriverReport& holding = reports_[holder->second];
    const Instant began = holding.counts.busy_since;
    const std::string read = holder->second == i
                                 ? "a read"
                                 : "its bus waits for channel " + holding.channel + ", whose read";
    report.reason = read + " has not come back for " + seconds_since(began, now);
    if (report.state != DriverState::kDown || !report.asked) report.since = began;
    report.state = DriverState::kDown;
    report.asked = true;
  }
}

void DriverWatch::say(const DriverReport& report, Instant now) {
  if (now - window_ >= kLogWindow) {
    if (left_out_ > 0) {
      log(LogLevel::kWarning, std::to_string(left_out_) +
                                  " more changes of drivers; `sluice status` shows how they do");
    }
    window_ = now;
    lines_ = left_out_ = 0;
  }
  if (lines_ == kLogLinesMax) {
    ++left_out_;
    return;
  }
  ++lines_;
  if (report.state == DriverState::kUp) {
    log(LogLevel::kInfo, "channel " + report.channel + ": its driver is up again");
    return;
  }
  log(LogLevel::kWarning, "channel " + report.channel + ": its driver is " +
                              std::string(name_of(report.state)) + ": " + report.reason);
}

void DriverWatch::look(Instant now, const std::function<bool(const std::vector<Event>&)>& record) {
  judge(now);
  std::vector<Event> events;
  std::vector<const DriverReport*> changed;
  for (const DriverReport& report : reports_) {
    if (!report.asked || events.size() == kEventsMax) continue;
    const auto told = told_.find(report.channel);
    const bool known = told != told_.end();
    if (report.state == (known ? told->second.state : DriverState::kUp)) continue;
    if (known && now - told->second.at < told->second.quiet) continue;
    events.emplace_back(DriverChanged{report.since, report.id, report.state,
                                      report.state == DriverState::kUp ? "" : report.reason});
    changed.push_back(&report);
  }
  if (events.empty() || !record(events)) return;
  for (const DriverReport* const report : changed) {
    const auto [told, first] = told_.try_emplace(report->channel);
    Told& memory = told->second;
    // One that was quiet for long begins anew.
    const bool calm = first || now - memory.at > 2 * std::max(memory.quiet, kQuietMin);
    memory.quiet = calm ? Duration::zero() : std::clamp(2 * memory.quiet, kQuietMin, kQuietMax);
    memory.state = report->state;
    memory.at = now;
    say(*report, now);
  }
}

}  // namespace sluice::app
