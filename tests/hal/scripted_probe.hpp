#pragma once
// A source that says what the test wants, one answer after the other.

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/polled_probe.hpp"
#include "hal/polled_sensor.hpp"
#include "hal/probe.hpp"

namespace sluice::hal {

// What the source says, and when it was asked.
struct Source {
  std::optional<ErrorCode> error;
  std::size_t failures = 0;  // so many reads fail with `error`; 0: all while it is set
  double value = 1.0;
  std::vector<Instant> asked;
  bool news = false;  // what listen() says
  int listened_to = 0;
  Duration period{};  // that it was told

  void fail_once(ErrorCode code, std::size_t times = 1) {
    error = code;
    failures = times;
  }
};

class ScriptedProbe final : public Probe {
 public:
  explicit ScriptedProbe(Source& source) : source_(source) {}
  void begin(Duration period) override { source_.period = period; }
  Result<double> measure(Instant now) override {
    source_.asked.push_back(now);
    if (!source_.error) return source_.value;
    const ErrorCode code = *source_.error;
    if (source_.failures > 0 && --source_.failures == 0) source_.error.reset();
    return Error{code, "the bus is silent"};
  }
  bool listen(Instant) override {
    ++source_.listened_to;
    return source_.news;
  }

 private:
  Source& source_;
};

// A polled channel on such a source.
struct ScriptedChannel {
  explicit ScriptedChannel(Duration period, Duration limit = std::chrono::seconds(1))
      : sensor(2 * period, 2 * period + limit),
        polled(std::make_unique<ScriptedProbe>(source), sensor,
               {.period = period, .limit = limit}) {}

  Quality quality() { return sensor.mailbox().read().sample.quality; }

  Source source;
  PolledSensor sensor;
  PolledProbe polled;
};

}  // namespace sluice::hal
