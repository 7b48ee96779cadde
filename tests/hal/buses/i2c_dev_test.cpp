// The calls of i2c-dev are answered here instead of by a kernel: its ioctl() takes the place of the
// C library's in this program.

#include "hal/buses/i2c_dev.hpp"

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

// An adapter with one chip of byte registers at 0x76.
struct Adapter {
  static inline Adapter* present = nullptr;

  unsigned long functions = I2C_FUNC_I2C;
  int failure = 0;                    // errno of every transfer
  unsigned long taken_by_kernel = 0;  // an address
  unsigned long slave = 0;
  std::array<std::uint8_t, 256> registers{};
  int plain = 0;  // transfers
  int smbus = 0;

  int fail(int number) {
    errno = number;
    return -1;
  }
  int rdwr(const i2c_rdwr_ioctl_data& transfer) {
    ++plain;
    std::size_t pointer = 0;
    for (std::uint32_t i = 0; i < transfer.nmsgs; ++i) {
      const i2c_msg& message = transfer.msgs[i];
      if (message.addr != 0x76) return fail(ENXIO);
      if ((message.flags & I2C_M_RD) == 0) {
        pointer = message.buf[0];
        for (int at = 1; at < message.len; ++at) registers[pointer++] = message.buf[at];
      } else {
        for (int at = 0; at < message.len; ++at) message.buf[at] = registers[pointer++];
      }
    }
    return static_cast<int>(transfer.nmsgs);
  }
  int do_smbus(const i2c_smbus_ioctl_data& call) {
    ++smbus;
    if (slave != 0x76) return fail(EREMOTEIO);
    if (call.size == I2C_SMBUS_BYTE) {
      registers[0xFF] = call.command;
      return 0;
    }
    std::uint8_t* const at = registers.data() + call.command;
    const bool reads = call.read_write == I2C_SMBUS_READ;
    if (call.size == I2C_SMBUS_BYTE_DATA) {
      (reads ? call.data->byte : *at) = reads ? *at : call.data->byte;
      return 0;
    }
    if (call.size == I2C_SMBUS_WORD_DATA) {
      if (reads) {
        call.data->word = static_cast<std::uint16_t>(at[0] | at[1] << 8U);
      } else {
        at[0] = static_cast<std::uint8_t>(call.data->word & 0xFFU);
        at[1] = static_cast<std::uint8_t>(call.data->word >> 8U);
      }
      return 0;
    }
    if (call.size != I2C_SMBUS_I2C_BLOCK_DATA) return fail(EOPNOTSUPP);
    if (call.read_write == I2C_SMBUS_READ) {
      std::copy_n(at, call.data->block[0], &call.data->block[1]);
    } else {
      std::copy_n(&call.data->block[1], call.data->block[0], at);
    }
    return 0;
  }
  int answer(unsigned long request, void* argument) {
    if (request == I2C_FUNCS) {
      std::memcpy(argument, &functions, sizeof(functions));
      return 0;
    }
    if (request == I2C_SLAVE) {
      slave = reinterpret_cast<unsigned long>(argument);
      return slave == taken_by_kernel ? fail(EBUSY) : 0;
    }
    if (failure != 0) return fail(failure);
    if (request == I2C_RDWR) return rdwr(*static_cast<const i2c_rdwr_ioctl_data*>(argument));
    if (request == I2C_SMBUS) return do_smbus(*static_cast<const i2c_smbus_ioctl_data*>(argument));
    return fail(ENOTTY);
  }
};

}  // namespace

extern "C" int ioctl(int, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (Adapter::present != nullptr) return Adapter::present->answer(request, argument);
  errno = ENOTTY;
  return -1;
}

TEST_GROUP(I2cDev) {
  TemporaryFolder folder;
  Adapter adapter;
  I2cDev bus{{.adapter = "i2c-1", .dev = folder.path_of("dev"), .sysfs = folder.path_of("sys")}};
  std::array<std::uint8_t, 3> in{};

  void setup() override {
    Adapter::present = &adapter;
    plug(1);
  }
  void teardown() override {
    Adapter::present = nullptr;
  }
  void plug(int number, const std::string& name = "bcm2835 (i2c@7e804000)") {
    folder.write("dev/i2c-" + std::to_string(number), "");
    folder.write("sys/class/i2c-dev/i2c-" + std::to_string(number) + "/name", name + "\n");
  }
  void unplug(int number) {
    folder.remove("dev/i2c-" + std::to_string(number));
    folder.remove("sys/class/i2c-dev/i2c-" + std::to_string(number));
  }
  Result<> read(I2cBus & from, std::uint8_t address = 0x76) {
    const std::array<std::uint8_t, 1> out{0x10};
    return from.transfer(address, out, in);
  }
  void check_code(ErrorCode code, const Result<>& done) {
    CHECK_FALSE(done.ok());
    LONGS_EQUAL(code, done.error().code);
  }
};

TEST(I2cDev, writes_and_reads_with_a_repeated_start) {
  const std::array<std::uint8_t, 4> out{0x10, 1, 2, 3};
  CHECK_TRUE(bus.transfer(0x76, out, {}).ok());
  CHECK_TRUE(read(bus).ok());
  CHECK_TRUE(in == (std::array<std::uint8_t, 3>{1, 2, 3}));
  CHECK_EQUAL(2, adapter.plain);
}

TEST(I2cDev, reads_without_writing) {
  adapter.registers[0] = 9;
  CHECK_TRUE(bus.transfer(0x76, {}, in).ok());
  LONGS_EQUAL(9, in[0]);
}

TEST(I2cDev, does_with_smbus_what_an_adapter_without_i2c_can_do) {
  adapter.functions =
      I2C_FUNC_SMBUS_READ_I2C_BLOCK | I2C_FUNC_SMBUS_WRITE_I2C_BLOCK | I2C_FUNC_SMBUS_WRITE_BYTE;
  const std::array<std::uint8_t, 4> out{0x10, 1, 2, 3};
  CHECK_TRUE(bus.transfer(0x76, out, {}).ok());
  CHECK_TRUE(read(bus).ok());
  CHECK_TRUE(in == (std::array<std::uint8_t, 3>{1, 2, 3}));
  const std::array<std::uint8_t, 1> command{0x2C};
  CHECK_TRUE(bus.transfer(0x76, command, {}).ok());
  LONGS_EQUAL(0x2C, adapter.registers[0xFF]);
  CHECK_EQUAL(3, adapter.smbus);
  CHECK_EQUAL(0, adapter.plain);
}

TEST(I2cDev, moves_bytes_and_words_over_an_adapter_that_has_no_blocks) {
  adapter.functions = I2C_FUNC_SMBUS_BYTE_DATA | I2C_FUNC_SMBUS_WORD_DATA;
  CHECK_TRUE(write_word(bus, 0x76, 0x10, 0x1234).ok());
  LONGS_EQUAL(0x12, adapter.registers[0x10]);
  LONGS_EQUAL(0x34, adapter.registers[0x11]);
  LONGS_EQUAL(0x1234, *read_word(bus, 0x76, 0x10));
  CHECK_TRUE(write_byte(bus, 0x76, 0x11, 0x56).ok());
  LONGS_EQUAL(0x56, (*read_registers<1>(bus, 0x76, 0x11))[0]);
  LONGS_EQUAL(0x1256, *read_word(bus, 0x76, 0x10));
  CHECK_EQUAL(0, adapter.plain);
  check_code(ErrorCode::kRefused, read(bus));
}

TEST(I2cDev, refuses_what_smbus_cannot_do) {
  adapter.functions = I2C_FUNC_SMBUS_READ_I2C_BLOCK;
  check_code(ErrorCode::kRefused, bus.transfer(0x76, {}, in));
  const std::array<std::uint8_t, 2> two{0x24, 0x00};
  check_code(ErrorCode::kRefused, bus.transfer(0x76, two, in));
  check_code(ErrorCode::kRefused, bus.transfer(0x76, two, {}));
  check_code(ErrorCode::kRefused, bus.transfer(0x76, std::span(two).first(1), {}));
}

TEST(I2cDev, says_when_a_device_does_not_acknowledge) {
  const Result<> done = read(bus, 0x77);
  check_code(ErrorCode::kUnavailable, done);
  STRCMP_CONTAINS("i2c-1: device 0x77 does not acknowledge", done.error().message.c_str());
  adapter.failure = EREMOTEIO;
  check_code(ErrorCode::kUnavailable, read(bus));
  adapter.functions = I2C_FUNC_SMBUS_READ_I2C_BLOCK;
  STRCMP_CONTAINS("does not acknowledge", read(bus).error().message.c_str());
}

TEST(I2cDev, says_when_the_bus_is_stuck) {
  adapter.failure = ETIMEDOUT;
  check_code(ErrorCode::kTimeout, read(bus));
  adapter.failure = EIO;
  check_code(ErrorCode::kUnavailable, read(bus));
}

TEST(I2cDev, leaves_a_device_to_the_kernel_that_has_it) {
  adapter.taken_by_kernel = 0x76;
  const Result<> done = read(bus);
  check_code(ErrorCode::kUnavailable, done);
  STRCMP_CONTAINS("belongs to a driver of the kernel", done.error().message.c_str());
  CHECK_EQUAL(0, adapter.plain);
}

TEST(I2cDev, is_absent_without_its_adapter_and_back_with_it) {
  unplug(1);
  check_code(ErrorCode::kNotFound, read(bus));
  plug(1);
  CHECK_TRUE(read(bus).ok());
}

TEST(I2cDev, finds_an_adapter_by_its_name_whatever_its_number) {
  I2cDev named{{.adapter = "CP2112 SMBus Bridge on hidraw0",
                .dev = folder.path_of("dev"),
                .sysfs = folder.path_of("sys")}};
  check_code(ErrorCode::kNotFound, read(named));
  plug(3, "CP2112 SMBus Bridge on hidraw0");
  CHECK_TRUE(read(named).ok());
  adapter.failure = ENODEV;
  check_code(ErrorCode::kNotFound, read(named));
  unplug(3);
  adapter.failure = 0;
  check_code(ErrorCode::kNotFound, read(named));
  plug(5, "CP2112 SMBus Bridge on hidraw0");
  CHECK_TRUE(read(named).ok());
}

TEST(I2cDev, takes_no_other_file_for_an_adapter) {
  Adapter::present = nullptr;
  check_code(ErrorCode::kInvalid, read(bus));
}
