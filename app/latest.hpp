#pragma once
// The newest reading of every channel and the newest step of every alert of a run, by number:
// written by the real-time loop, read by whoever shows them. Wait-free for the writer.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "app/numbering.hpp"
#include "core/alert.hpp"
#include "core/check.hpp"
#include "core/published.hpp"
#include "core/reading.hpp"

namespace sluice::app {

class Latest {
 public:
  // Real-time thread.
  void publish(const Reading& reading) { at(reading.channel).publish(reading); }

  // Any thread. Nothing before the channel's first reading.
  std::optional<Reading> read(ChannelId channel) const {
    const Reading reading = at(channel).read();
    if (reading.time == Instant{}) return std::nullopt;
    return reading;
  }

 private:
  Published<Reading>& at(ChannelId channel) const {
    CHECK(index_of(channel) < kChannelNumbersMax);
    return readings_[index_of(channel)];
  }

  std::unique_ptr<Published<Reading>[]> readings_ =
      std::make_unique<Published<Reading>[]>(kChannelNumbersMax);
};

// What an alert's newest step has made of it.
struct AlertStanding {
  AlertChange change = AlertChange::kCleared;
  Severity severity = Severity::kInfo;
  std::uint32_t count = 0;
};

class AlertBoard {
 public:
  // Real-time thread.
  void publish(const AlertEvent& event) {
    CHECK(index_of(event.alert) < kAlertNumbersMax);
    const std::uint64_t packed = (std::uint64_t{event.count} << 32) |
                                 (std::uint64_t{static_cast<std::uint8_t>(event.severity)} << 8) |
                                 static_cast<std::uint8_t>(event.change);
    standings_[index_of(event.alert)].store(packed, std::memory_order_relaxed);
  }

  // Any thread. As cleared before the alert's first step.
  AlertStanding read(AlertId alert) const {
    CHECK(index_of(alert) < kAlertNumbersMax);
    const std::uint64_t packed = standings_[index_of(alert)].load(std::memory_order_relaxed);
    return {static_cast<AlertChange>(packed & 0xFFU), static_cast<Severity>((packed >> 8) & 0xFFU),
            static_cast<std::uint32_t>(packed >> 32)};
  }

 private:
  // One word an alert, so that a step is never seen half.
  std::unique_ptr<std::atomic<std::uint64_t>[]> standings_ = blank();

  static std::unique_ptr<std::atomic<std::uint64_t>[]> blank() {
    auto standings = std::make_unique<std::atomic<std::uint64_t>[]>(kAlertNumbersMax);
    for (std::size_t i = 0; i < kAlertNumbersMax; ++i) {
      standings[i].store(static_cast<std::uint8_t>(AlertChange::kCleared));
    }
    return standings;
  }
};

}  // namespace sluice::app
