#pragma once
// Alerts that look at other alerts: composites, which hold by what others are, and guards, by which
// one alert keeps another from being raised. Built by the main thread; then the real-time thread
// alone uses it, behind the channels of each tick, and nothing here allocates.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/alert.hpp"
#include "core/alert_state.hpp"
#include "core/channel_pipeline.hpp"
#include "core/time.hpp"
#include "hal/device_driver.hpp"

namespace sluice::app {

// Whether all drivers of a bus are down, by the bus's number in this run. Main thread -> loop.
using BusesDown = std::array<std::atomic<bool>, hal::kBusesMax>;

struct CompositeAlert {
  AlertId id{};
  AlertRule rule{};  // without a condition of its own
  std::vector<AlertId> all{};
  std::vector<AlertId> any{};
  std::vector<AlertId> none{};
  std::optional<std::size_t> bus{};     // instead of these: while it is down
  std::optional<std::size_t> output{};  // that is on while the alert is active
  AlertState state{};
  bool inhibited = false;
  bool wanted = false;            // what it says to its output now
  std::uint64_t fingerprint = 0;  // of its rule, for a state that is kept over a restart

  // They mean the same, whatever their severity and times.
  bool is_same(const CompositeAlert& other) const;
};

// While one of `by` is active, `alert` is not raised.
struct AlertGuard {
  AlertId alert{};
  std::vector<AlertId> by{};
};

class AlertNetwork {
 public:
  AlertNetwork() = default;
  // Each composite stands behind those that it names.
  AlertNetwork(std::vector<CompositeAlert> composites, std::vector<AlertGuard> guards);

  // Where the alerts of a channel are; once for each. The pipeline outlives this.
  void add(ChannelPipeline& pipeline);
  // REQUIRES: every alert that is named has been added.
  void bind();

  // Judges all composites, each once, then who is inhibited from the next tick on. Calls
  // emit(const AlertEvent&), whose value is how many of those that `all` and `any` name are active.
  // REQUIRES: bind() before; ticks do not go back.
  template <typename Emit>
  void evaluate(Instant tick, const BusesDown& buses, Emit emit) {
    for (std::size_t i = 0; i < composites_.size(); ++i) {
      if (const std::optional<AlertEvent> event = judge(i, tick, buses)) emit(*event);
    }
    guard();
  }

  // None when it is not a composite, not active, or acknowledged before.
  std::optional<AlertEvent> acknowledge(AlertId alert, Instant now);

  // Goes on with what `previous` knew of the same composites. Calls emit(const AlertEvent&) for
  // each that is active there and is no more.
  template <typename Emit>
  void adopt(AlertNetwork& previous, Instant now, Emit emit) {
    for (CompositeAlert& old : previous.composites_) {
      if (adopt_one(old)) continue;
      if (old.state.retire()) emit(event_of(old, AlertChange::kCleared, now, 0));
    }
    guard();
  }

  std::span<CompositeAlert> composites() { return composites_; }
  std::span<const CompositeAlert> composites() const { return composites_; }
  std::size_t active() const;
  // How many alerts are due and not raised, for another one inhibits them.
  std::size_t held_back() const { return held_back_; }

 private:
  struct Inputs {
    std::vector<const AlertState*> all;
    std::vector<const AlertState*> any;
    std::vector<const AlertState*> none;
  };
  struct Guarded {
    const AlertState* alert = nullptr;
    ChannelPipeline* pipeline = nullptr;  // null: of a composite
    std::size_t place = 0;                // in the pipeline, or among the composites
    std::vector<const AlertState*> by;
  };
  struct Known {
    AlertId id{};
    ChannelPipeline* pipeline = nullptr;
    std::size_t place = 0;
  };

  const Known& find(AlertId alert) const;
  const AlertState& state_of(const Known& known) const;
  std::vector<const AlertState*> states_of(const std::vector<AlertId>& alerts) const;
  std::optional<AlertEvent> judge(std::size_t place, Instant tick, const BusesDown& buses);
  void guard();
  bool adopt_one(const CompositeAlert& old);
  static AlertEvent event_of(const CompositeAlert& composite, AlertChange change, Instant time,
                             std::size_t inputs_active);

  std::vector<CompositeAlert> composites_;
  std::vector<AlertGuard> guards_;
  std::vector<Known> known_;
  std::vector<Inputs> inputs_;  // by composite
  std::vector<Guarded> guarded_;
  std::size_t held_back_ = 0;
};

}  // namespace sluice::app
