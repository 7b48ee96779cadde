#include "hal/drivers/gpio_driver.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

#include "hal/buses/gpio_keys.hpp"
#include "hal/buses/gpiod_line.hpp"

namespace sluice::hal {
namespace {

using Words = std::string_view;
// In the order of GpioProbe::Mode and of EdgeCounter::Counted.
constexpr std::array kModes{Words("level"), Words("count"), Words("rate")};
constexpr std::array kEdges{Words("rising"), Words("falling"), Words("both")};

constexpr Duration kDebounceMin = std::chrono::microseconds(100);
constexpr Duration kDebounceMax = std::chrono::seconds(10);
constexpr Duration kSilenceMin = std::chrono::milliseconds(10);
constexpr Duration kSilenceMax = std::chrono::hours(1);

constexpr Key kKeys[] = {
    kGpioChipKey,
    kGpioLineKey,
    {.name = "mode",
     .type = KeyType::kChoice,
     .fallback = "\"level\"",
     .choices = kModes,
     .meaning = "`level`: 0 or 1. `count`: edges since the gateway started, or the channel was "
                "changed. `rate`: edges per second, in `Hz`."},
    {.name = "edge",
     .type = KeyType::kChoice,
     .fallback = "\"rising\"",
     .choices = kEdges,
     .meaning = "Which edges `count` and `rate` take."},
    kGpioActiveLowKey,
    kGpioBiasKey,
    {.name = "debounce",
     .type = KeyType::kDuration,
     .fallback = "\"0s\"",
     .or_zero = true,
     .low = to_ns(kDebounceMin),
     .high = to_ns(kDebounceMax),
     .meaning = "A level counts once it has held for this long, by the kernel's time stamps; 0: at "
                "once. A contact needs 5 to 20 ms."},
    {.name = "silence",
     .type = KeyType::kDuration,
     .fallback = "\"10s\"",
     .low = to_ns(kSilenceMin),
     .high = to_ns(kSilenceMax),
     .meaning = "The rate is 0 when no edge has come for this long; until then it sinks."},
};

// The kernel need not wake anybody for edges that do not count; a bounce is told from both.
GpioRequest::Use use_of(const GpioProbe::Options& options) {
  if (options.edges.debounce > Duration::zero()) return GpioRequest::Use::kBothEdges;
  if (options.mode == GpioProbe::Mode::kLevel) return GpioRequest::Use::kInput;
  switch (options.edges.counted) {
    case EdgeCounter::Counted::kRising:
      return GpioRequest::Use::kRisingEdges;
    case EdgeCounter::Counted::kFalling:
      return GpioRequest::Use::kFallingEdges;
    case EdgeCounter::Counted::kBoth:
      break;
  }
  return GpioRequest::Use::kBothEdges;
}

GpioProbe::Options complete(GpioProbe::Options options) {
  options.request.use = use_of(options);
  return options;
}

// The kernel keeps 16 edges; a few reads more find what has come meanwhile.
constexpr int kReadsMax = 4;

}  // namespace

GpioProbe::GpioProbe(std::unique_ptr<GpioLine> line, const Options& options)
    : options_(complete(options)), line_(std::move(line)), counter_(options.edges) {}

Result<> GpioProbe::begin() {
  if (const Result<> requested = line_->request(options_.request); !requested) return requested;
  const Result<bool> level = line_->level();
  if (!level) {
    line_->release();
    return level.error();
  }
  counter_.begin(*level, line_->now());
  open_ = true;
  full_reads_ = 0;
  return Ok{};
}

void GpioProbe::let_go() {
  line_->release();
  open_ = false;
}

Result<> GpioProbe::read_edges() {
  std::array<GpioEdge, GpioLine::kEdgesMax> edges{};
  const Result<std::size_t> count = line_->take_edges(edges);
  if (!count) return count.error();
  for (std::size_t i = 0; i < *count; ++i) counter_.take(edges[i].rising, edges[i].at);
  if (*count < edges.size()) {
    full_reads_ = 0;
    return Ok{};
  }
  const Result<bool> level = line_->level();
  if (!level) return level.error();
  lost_ = counter_.bridge(*level, line_->now()) || lost_;
  ++full_reads_;
  return Ok{};
}

Result<> GpioProbe::read_all_edges() {
  Result<> read = read_edges();
  for (int i = 1; read && full_reads_ > 0 && i < kReadsMax; ++i) read = read_edges();
  return read;
}

int GpioProbe::wakes_by() const {
  return open_ && sees_edges() ? line_->descriptor() : -1;
}

void GpioProbe::attend() {
  if (!open_) return;
  if (const Result<> read = read_edges(); !read) {
    // measure() asks for the line again, and tells what is wrong if it still is.
    lost_ = true;
    return let_go();
  }
  if (full_reads_ < kFullReadsMax) return;
  storm_ = true;
  let_go();
}

Result<double> GpioProbe::measure(Instant) {
  const bool storm = std::exchange(storm_, false);
  if (!open_) {
    if (const Result<> begun = begin(); !begun) return begun.error();
  }
  if (storm) {
    lost_ = false;
    return Error{ErrorCode::kFull,
                 "edges come faster than 16,000 a second, and the line was let "
                 "go; what came since is not counted. Look after the signal"};
  }
  // One ioctl, which also shows that the chip is still there.
  const Duration now = line_->now();
  const Result<bool> level = line_->level();
  if (!level) {
    let_go();
    return level.error();
  }
  if (!sees_edges()) return *level ? 1.0 : 0.0;
  if (const Result<> read = read_all_edges(); !read) {
    let_go();
    return read.error();
  }
  if (std::exchange(lost_, false)) {
    return Error{ErrorCode::kFull,
                 "more edges at once than the kernel keeps; some were lost, the count goes on"};
  }
  counter_.settle(now);
  switch (options_.mode) {
    case Mode::kLevel:
      return counter_.level() ? 1.0 : 0.0;
    case Mode::kCount:
      return static_cast<double>(counter_.count());
    case Mode::kRate:
      break;
  }
  return counter_.rate(now);
}

const DeviceDriver kGpioDriver = {
    .name = "gpio",
    .keys = kKeys,
    .bus = [](const Settings& settings) { return "gpio:" + settings.text("chip"); },
    .address = gpio_address,
    .exclusive = true,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<GpioProbe>(
          std::make_unique<GpiodLine>(),
          GpioProbe::Options{.mode = static_cast<GpioProbe::Mode>(settings.choice("mode", kModes)),
                             .request = gpio_request(settings),
                             .edges = {.counted = static_cast<EdgeCounter::Counted>(
                                           settings.choice("edge", kEdges)),
                                       .debounce = settings.duration("debounce"),
                                       .silence = settings.duration("silence")}}));
    },
};

}  // namespace sluice::hal
