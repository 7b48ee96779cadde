#include "hal/buses/gpiod_line.hpp"

#include <linux/gpio.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

#include <gpiod.h>

#include "core/check.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr const char* kConsumer = "sluice";
constexpr std::string_view kChipPrefix = "gpiochip";

gpiod_chip* open_chip(const std::string& chip) {
  const bool is_name = chip.starts_with(kChipPrefix) &&
                       parse_count(std::string_view(chip).substr(kChipPrefix.size()));
  return is_name ? gpiod_chip_open_by_name(chip.c_str()) : gpiod_chip_open_by_label(chip.c_str());
}

gpiod_line* find_line(gpiod_chip* chip, const std::string& line) {
  const auto number = parse_count(line);
  if (!number) return gpiod_chip_find_line(chip, line.c_str());
  if (*number > std::numeric_limits<unsigned>::max()) {
    errno = ENOENT;
    return nullptr;
  }
  return gpiod_chip_get_line(chip, static_cast<unsigned>(*number));
}

int type_of(GpioRequest::Use use) {
  switch (use) {
    case GpioRequest::Use::kInput:
      return GPIOD_LINE_REQUEST_DIRECTION_INPUT;
    case GpioRequest::Use::kRisingEdges:
      return GPIOD_LINE_REQUEST_EVENT_RISING_EDGE;
    case GpioRequest::Use::kFallingEdges:
      return GPIOD_LINE_REQUEST_EVENT_FALLING_EDGE;
    case GpioRequest::Use::kBothEdges:
      return GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES;
    case GpioRequest::Use::kOutput:
      return GPIOD_LINE_REQUEST_DIRECTION_OUTPUT;
  }
  CHECK(false);
}

int flags_of(const GpioRequest& request) {
  int flags = request.active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
  if (request.bias == GpioBias::kPullUp) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
  if (request.bias == GpioBias::kPullDown) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
  if (request.bias == GpioBias::kDisabled) flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
  if (request.drive == GpioDrive::kOpenDrain) flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN;
  if (request.drive == GpioDrive::kOpenSource) flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE;
  return flags;
}

}  // namespace

void GpiodLine::CloseChip::operator()(gpiod_chip* chip) const {
  gpiod_chip_close(chip);
}

Error GpiodLine::failure() const {
  const int number = errno;
  if (number == EBUSY) {
    const char* const user = line_ != nullptr ? gpiod_line_consumer(line_) : nullptr;
    return {ErrorCode::kUnavailable,
            what_ + " is used by " + (user != nullptr ? user : "somebody else")};
  }
  Error error = system_error(what_, number);
  if (number == EACCES) error.message += "; the gateway's user belongs into the group gpio";
  // A bias, a drive or edges that the driver of the chip does not know.
  if (number == EINVAL || number == ENOTSUP) error.code = ErrorCode::kRefused;
  return error;
}

Result<> GpiodLine::request(const GpioRequest& request) {
  release();
  const Result<> opened = open(request);
  if (!opened) release();
  return opened;
}

Result<> GpiodLine::open(const GpioRequest& request) {
  what_ = "GPIO chip " + request.chip;
  chip_.reset(open_chip(request.chip));
  if (chip_ == nullptr) return failure();
  what_ = "GPIO line " + request.line + " of " + request.chip;
  line_ = find_line(chip_.get(), request.line);
  if (line_ == nullptr) {
    // A number that the chip does not have is an invalid argument to the library.
    if (errno == EINVAL) errno = ENOENT;
    return failure();
  }
  const gpiod_line_request_config config{kConsumer, type_of(request.use), flags_of(request)};
  if (gpiod_line_request(line_, &config, request.initial ? 1 : 0) != 0) return failure();
  requested_ = true;
  return Ok{};
}

void GpiodLine::release() {
  if (requested_) gpiod_line_release(line_);
  requested_ = false;
  line_ = nullptr;
  chip_.reset();
}

Result<bool> GpiodLine::level() {
  CHECK(requested_);
  const int value = gpiod_line_get_value(line_);
  if (value < 0) return failure();
  return value != 0;
}

Result<> GpiodLine::set(bool on) {
  CHECK(requested_);
  if (gpiod_line_set_value(line_, on ? 1 : 0) != 0) return failure();
  return Ok{};
}

Result<std::size_t> GpiodLine::take_edges(std::span<GpioEdge, kEdgesMax> into) {
  CHECK(requested_);
  // A read without edges would wait for some.
  pollfd waited{descriptor(), POLLIN | POLLPRI, 0};
  const int ready = poll(&waited, 1, 0);
  if (ready < 0) return failure();
  if (ready == 0) return std::size_t{0};
  if ((waited.revents & (POLLERR | POLLNVAL)) != 0) {
    errno = ENODEV;
    return failure();
  }
  // Not by the library: its record of an edge has a time_t in it, which has 32 bits in Debian's
  // build for armhf and 64 in ours.
  std::array<gpioevent_data, kEdgesMax> events{};
  const ssize_t bytes = read(waited.fd, events.data(), sizeof(events));
  if (bytes < 0) return failure();
  const std::size_t count = static_cast<std::size_t>(bytes) / sizeof(gpioevent_data);
  for (std::size_t i = 0; i < count; ++i) {
    into[i] = {.rising = events[i].id == GPIOEVENT_EVENT_RISING_EDGE,
               .at = Duration(static_cast<std::int64_t>(events[i].timestamp))};
  }
  return count;
}

int GpiodLine::descriptor() const {
  return requested_ ? gpiod_line_event_get_fd(line_) : -1;
}

Duration GpiodLine::now() const {
  timespec time{};
  CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

}  // namespace sluice::hal
