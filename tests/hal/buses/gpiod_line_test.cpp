// The calls of libgpiod are answered here instead of by the library, which needs a kernel with
// chips: these functions take the place of its own in this program.

#include "hal/buses/gpiod_line.hpp"

#include <fcntl.h>
#include <linux/gpio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include <gpiod.h>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

struct gpiod_line {
  std::string name{};
  std::string consumer;
  bool used_by_others = false;
  bool requested = false;
  int type = 0;
  int flags = 0;
  int value = 0;
  std::array<int, 2> pipe{-1, -1};  // of the kernel's records of edges
};

struct gpiod_chip {
  std::string name{};
  std::string label{};
  std::array<gpiod_line, 4> lines{};
  int open = 0;
  int failure = 0;  // errno of everything that is asked of a line
};

namespace {

// None that is open.
constexpr int kNoDescriptor = 1'000'000;

gpiod_chip* present = nullptr;

int fail(int number) {
  errno = number;
  return -1;
}
gpiod_chip* find(bool same) {
  if (present == nullptr || !same) {
    errno = ENOENT;
    return nullptr;
  }
  ++present->open;
  return present;
}

}  // namespace

extern "C" {
gpiod_chip* gpiod_chip_open_by_name(const char* name) {
  return find(present != nullptr && present->name == name);
}
gpiod_chip* gpiod_chip_open_by_label(const char* label) {
  return find(present != nullptr && present->label == label);
}
void gpiod_chip_close(gpiod_chip* chip) {
  --chip->open;
}
gpiod_line* gpiod_chip_get_line(gpiod_chip* chip, unsigned number) {
  if (number < chip->lines.size()) return &chip->lines[number];
  errno = EINVAL;
  return nullptr;
}
gpiod_line* gpiod_chip_find_line(gpiod_chip* chip, const char* name) {
  for (gpiod_line& line : chip->lines) {
    if (line.name == name) return &line;
  }
  errno = ENOENT;
  return nullptr;
}
const char* gpiod_line_consumer(gpiod_line* line) {
  return line->consumer.empty() ? nullptr : line->consumer.c_str();
}
int gpiod_line_request(gpiod_line* line, const gpiod_line_request_config* config, int value) {
  if (present->failure != 0) return fail(present->failure);
  if (line->used_by_others) return fail(EBUSY);
  line->consumer = config->consumer;
  line->type = config->request_type;
  line->flags = config->flags;
  line->requested = true;
  if (config->request_type == GPIOD_LINE_REQUEST_DIRECTION_OUTPUT) line->value = value;
  return 0;
}
void gpiod_line_release(gpiod_line* line) {
  line->requested = false;
}
int gpiod_line_get_value(gpiod_line* line) {
  return present->failure != 0 ? fail(present->failure) : line->value;
}
int gpiod_line_set_value(gpiod_line* line, int value) {
  if (present->failure != 0) return fail(present->failure);
  line->value = value;
  return 0;
}
int gpiod_line_event_get_fd(gpiod_line* line) {
  return line->pipe[0];
}
}  // extern "C"

TEST_GROUP(GpiodLine) {
  gpiod_chip chip{.name = "gpiochip0", .label = "pinctrl-bcm2711"};
  GpiodLine line;

  void setup() override {
    present = &chip;
    chip.lines[2].name = "FLOW";
    for (gpiod_line& each : chip.lines) CHECK_EQUAL(0, pipe2(each.pipe.data(), O_CLOEXEC));
  }
  void teardown() override {
    line.release();
    CHECK_EQUAL(0, chip.open);
    for (gpiod_line& each : chip.lines) {
      CHECK_FALSE(each.requested);
      for (const int end : each.pipe) {
        if (end >= 0 && end != kNoDescriptor) close(end);
      }
    }
    present = nullptr;
  }
  gpiod_line& at(std::size_t number) {
    return chip.lines[number];
  }
  void edge(std::uint32_t type, std::uint64_t ns) {
    gpioevent_data record{};
    record.timestamp = ns;
    record.id = type;
    CHECK_EQUAL(static_cast<ssize_t>(sizeof(record)),
                write(at(2).pipe[1], &record, sizeof(record)));
  }
  std::string failure(ErrorCode code, const Result<>& done) {
    CHECK_FALSE(done.ok());
    LONGS_EQUAL(code, done.error().code);
    return done.error().message;
  }
};

TEST(GpiodLine, is_found_by_label_or_name_and_by_number_or_name) {
  CHECK_TRUE(line.request({.chip = "pinctrl-bcm2711", .line = "FLOW"}).ok());
  CHECK_TRUE(at(2).requested);
  STRCMP_EQUAL("sluice", at(2).consumer.c_str());
  CHECK_TRUE(line.request({.chip = "gpiochip0", .line = "3"}).ok());
  CHECK_FALSE(at(2).requested);
  CHECK_TRUE(at(3).requested);
}

TEST(GpiodLine, says_what_is_not_there) {
  STRCMP_CONTAINS(
      "GPIO chip gpiochip7: ",
      failure(ErrorCode::kNotFound, line.request({.chip = "gpiochip7", .line = "1"})).c_str());
  for (const char* const number : {"4", "99999999999", "PUMP"}) {
    const std::string expected = "GPIO line " + std::string(number) + " of gpiochip0: ";
    STRCMP_CONTAINS(
        expected.c_str(),
        failure(ErrorCode::kNotFound, line.request({.chip = "gpiochip0", .line = number})).c_str());
  }
}

TEST(GpiodLine, passes_on_how_it_is_used) {
  using Use = GpioRequest::Use;
  GpioRequest request{.chip = "gpiochip0", .line = "1"};
  const std::pair<Use, int> uses[] = {{Use::kInput, GPIOD_LINE_REQUEST_DIRECTION_INPUT},
                                      {Use::kRisingEdges, GPIOD_LINE_REQUEST_EVENT_RISING_EDGE},
                                      {Use::kFallingEdges, GPIOD_LINE_REQUEST_EVENT_FALLING_EDGE},
                                      {Use::kBothEdges, GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES},
                                      {Use::kOutput, GPIOD_LINE_REQUEST_DIRECTION_OUTPUT}};
  for (const auto& [use, type] : uses) {
    request.use = use;
    CHECK_TRUE(line.request(request).ok());
    CHECK_EQUAL(type, at(1).type);
    CHECK_EQUAL(0, at(1).flags);
  }
  const std::pair<GpioBias, int> biases[] = {
      {GpioBias::kPullUp, GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP},
      {GpioBias::kPullDown, GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN},
      {GpioBias::kDisabled, GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE}};
  request.active_low = true;
  for (const auto& [bias, flag] : biases) {
    request.bias = bias;
    CHECK_TRUE(line.request(request).ok());
    CHECK_EQUAL(flag | GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW, at(1).flags);
  }
  request = {.chip = "gpiochip0", .line = "1", .use = Use::kOutput};
  request.drive = GpioDrive::kOpenDrain;
  CHECK_TRUE(line.request(request).ok());
  CHECK_EQUAL(GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN, at(1).flags);
  request.drive = GpioDrive::kOpenSource;
  CHECK_TRUE(line.request(request).ok());
  CHECK_EQUAL(GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE, at(1).flags);
}

TEST(GpiodLine, is_an_output_with_its_level_from_the_start) {
  const GpioRequest request{
      .chip = "gpiochip0", .line = "1", .use = GpioRequest::Use::kOutput, .initial = true};
  CHECK_TRUE(line.request(request).ok());
  CHECK_EQUAL(1, at(1).value);
  CHECK_TRUE(line.level().value());
  CHECK_TRUE(line.set(false).ok());
  CHECK_FALSE(line.level().value());
}

TEST(GpiodLine, takes_edges_with_their_stamps_and_does_not_wait_for_any) {
  CHECK_TRUE(
      line.request({.chip = "gpiochip0", .line = "2", .use = GpioRequest::Use::kBothEdges}).ok());
  std::array<GpioEdge, GpioLine::kEdgesMax> edges{};
  LONGS_EQUAL(0, line.take_edges(edges).value());
  edge(GPIOEVENT_EVENT_RISING_EDGE, 12'000'000'345);
  edge(GPIOEVENT_EVENT_FALLING_EDGE, 13'000'000'000);
  CHECK_EQUAL(at(2).pipe[0], line.descriptor());
  LONGS_EQUAL(2, line.take_edges(edges).value());
  CHECK_TRUE(edges[0].rising);
  CHECK_TRUE(edges[0].at == Duration(12'000'000'345));
  CHECK_FALSE(edges[1].rising);
  for (int i = 0; i < 20; ++i) edge(GPIOEVENT_EVENT_RISING_EDGE, 14);
  LONGS_EQUAL(16, line.take_edges(edges).value());
  LONGS_EQUAL(4, line.take_edges(edges).value());
}

TEST(GpiodLine, says_who_has_it) {
  at(1).used_by_others = true;
  at(1).consumer = "spi0 CS0";
  const GpioRequest request{.chip = "gpiochip0", .line = "1"};
  STRCMP_EQUAL("GPIO line 1 of gpiochip0 is used by spi0 CS0",
               failure(ErrorCode::kUnavailable, line.request(request)).c_str());
  CHECK_EQUAL(0, chip.open);
}

TEST(GpiodLine, says_what_the_chip_cannot_do_and_what_is_not_allowed) {
  const GpioRequest request{.chip = "gpiochip0", .line = "1"};
  for (const int number : {EINVAL, ENOTSUP}) {
    chip.failure = number;
    failure(ErrorCode::kRefused, line.request(request));
  }
  chip.failure = EACCES;
  STRCMP_CONTAINS("belongs into the group gpio",
                  failure(ErrorCode::kUnavailable, line.request(request)).c_str());
}

TEST(GpiodLine, says_when_the_chip_is_gone) {
  CHECK_TRUE(
      line.request({.chip = "gpiochip0", .line = "2", .use = GpioRequest::Use::kOutput}).ok());
  chip.failure = ENODEV;
  for (int& end : at(2).pipe) close(std::exchange(end, -1));
  at(2).pipe[0] = kNoDescriptor;
  std::array<GpioEdge, GpioLine::kEdgesMax> edges{};
  CHECK_TRUE(line.level().error().code == ErrorCode::kNotFound);
  CHECK_TRUE(line.set(true).error().code == ErrorCode::kNotFound);
  CHECK_TRUE(line.take_edges(edges).error().code == ErrorCode::kNotFound);
}

TEST(GpiodLine, goes_by_a_clock_that_does_not_go_back) {
  const Duration before = line.now();
  CHECK_TRUE(before > Duration::zero());
  CHECK_TRUE(line.now() >= before);
}
