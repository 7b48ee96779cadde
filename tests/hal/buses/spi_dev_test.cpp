// The calls of spidev are answered here instead of by a kernel: its ioctl() takes the place of the
// C library's in this program.

#include "hal/buses/spi_dev.hpp"

#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

// A chip that sends back each byte plus one.
struct Chip {
  static inline Chip* present = nullptr;

  int mode_failure = 0;  // errno of the mode
  int failure = 0;       // errno of every transfer
  bool ends_early = false;
  int opened = 0;
  std::uint8_t mode = 0xFF;
  spi_ioc_transfer last{};
  std::vector<std::uint8_t> sent;

  static int fail(int number) {
    errno = number;
    return -1;
  }
  int transfer(const spi_ioc_transfer& asked) {
    if (failure != 0) return fail(failure);
    last = asked;
    const auto* const out = reinterpret_cast<const std::uint8_t*>(asked.tx_buf);
    auto* const in = reinterpret_cast<std::uint8_t*>(asked.rx_buf);
    sent.assign(out, out + asked.len);
    for (std::uint32_t i = 0; i < asked.len; ++i) in[i] = static_cast<std::uint8_t>(out[i] + 1);
    return static_cast<int>(asked.len) - (ends_early ? 1 : 0);
  }
  int answer(unsigned long request, void* argument) {
    if (request == SPI_IOC_WR_MODE) {
      if (mode_failure != 0) return fail(mode_failure);
      ++opened;
      mode = *static_cast<const std::uint8_t*>(argument);
      return 0;
    }
    if (request == SPI_IOC_MESSAGE(1)) {
      return transfer(*static_cast<const spi_ioc_transfer*>(argument));
    }
    return fail(ENOTTY);
  }
};

}  // namespace

extern "C" int ioctl(int, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (Chip::present != nullptr) return Chip::present->answer(request, argument);
  errno = ENOTTY;
  return -1;
}

TEST_GROUP(SpiDev) {
  TemporaryFolder dev;
  Chip chip;
  SpiDev device{{.path = dev.path_of("spidev0.0"), .clock_hz = 1'000'000}};
  std::array<std::uint8_t, 3> in{};

  void setup() override {
    Chip::present = &chip;
    dev.write("spidev0.0", "");
  }
  void teardown() override {
    Chip::present = nullptr;
  }
  Result<> transfer() {
    const std::array<std::uint8_t, 3> out{1, 2, 3};
    return device.transfer(out, in);
  }
  void check_code(ErrorCode code, const Result<>& done) {
    CHECK_FALSE(done.ok());
    LONGS_EQUAL(code, done.error().code);
  }
};

TEST(SpiDev, sends_and_takes_at_once) {
  CHECK_TRUE(transfer().ok());
  CHECK_TRUE(chip.sent == (std::vector<std::uint8_t>{1, 2, 3}));
  CHECK_TRUE(in == (std::array<std::uint8_t, 3>{2, 3, 4}));
}

TEST(SpiDev, is_of_mode_0_with_8_bits_at_its_clock) {
  CHECK_TRUE(transfer().ok());
  LONGS_EQUAL(SPI_MODE_0, chip.mode);
  LONGS_EQUAL(8, chip.last.bits_per_word);
  LONGS_EQUAL(1'000'000, chip.last.speed_hz);
  LONGS_EQUAL(0, chip.last.cs_change);
}

TEST(SpiDev, is_opened_once) {
  CHECK_TRUE(transfer().ok());
  CHECK_TRUE(transfer().ok());
  CHECK_EQUAL(1, chip.opened);
}

TEST(SpiDev, is_absent_without_its_file_and_back_with_it) {
  dev.remove("spidev0.0");
  check_code(ErrorCode::kNotFound, transfer());
  dev.write("spidev0.0", "");
  CHECK_TRUE(transfer().ok());
  chip.failure = ENODEV;
  check_code(ErrorCode::kNotFound, transfer());
  chip.failure = 0;
  CHECK_TRUE(transfer().ok());
  CHECK_EQUAL(2, chip.opened);
}

TEST(SpiDev, says_what_fails) {
  chip.mode_failure = EINVAL;
  check_code(ErrorCode::kRefused, transfer());
  chip.mode_failure = 0;
  chip.failure = EINVAL;
  check_code(ErrorCode::kRefused, transfer());
  chip.failure = EIO;
  check_code(ErrorCode::kUnavailable, transfer());
  chip.failure = ETIMEDOUT;
  check_code(ErrorCode::kTimeout, transfer());
}

TEST(SpiDev, does_not_take_half_an_answer) {
  chip.ends_early = true;
  check_code(ErrorCode::kUnavailable, transfer());
}

TEST(SpiDev, takes_no_other_file_for_a_device) {
  Chip::present = nullptr;
  check_code(ErrorCode::kInvalid, transfer());
}
