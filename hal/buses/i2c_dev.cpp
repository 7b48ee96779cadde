#include "hal/buses/i2c_dev.hpp"

#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>

#include "core/check.hpp"
#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::string_view kDevFolder = "/dev";

std::string in_hexadecimal(std::uint64_t address) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x", static_cast<unsigned>(address & 0xFFU));
  return text.data();
}

}  // namespace

Result<std::string> I2cDev::find() const {
  if (!options_.adapter.starts_with("i2c-") || !parse_count(options_.adapter.substr(4))) {
    const std::string folder = options_.sysfs + "/class/i2c-dev";
    for (const std::uint64_t number : numbered(folder, "i2c-", "")) {
      const std::string name = "i2c-" + std::to_string(number);
      if (attribute(folder + "/" + name + "/name") == options_.adapter) {
        return options_.dev + "/" + name;
      }
    }
    return Error{ErrorCode::kNotFound, "no I2C adapter \"" + options_.adapter + "\" in " + folder +
                                           "; is the module i2c-dev loaded?"};
  }
  return options_.dev + "/" + options_.adapter;
}

Result<> I2cDev::open() {
  Result<std::string> path = find();
  if (!path) return path.error();
  path_ = *std::move(path);
  auto file = std::make_unique<FileHandle>(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  if (!file->valid()) {
    Error error = system_error(path_, errno);
    if (errno == EACCES) error.message += "; the gateway's user belongs into the group i2c";
    return error;
  }
  if (ioctl(file->number(), I2C_FUNCS, &functions_) != 0) {
    return Error{ErrorCode::kInvalid, path_ + " is no I2C adapter"};
  }
  file_ = std::move(file);
  return Ok{};
}

Error I2cDev::failure(const std::string& what, int number) {
  // A device that does not acknowledge: which of them, depends on the adapter
  // (Documentation/i2c/fault-codes.rst).
  if (number == ENXIO || number == EREMOTEIO) {
    return Error{ErrorCode::kUnavailable, what + " does not acknowledge"};
  }
  if (number == EBUSY) {
    return Error{ErrorCode::kUnavailable, what + " belongs to a driver of the kernel; read it " +
                                              "through that one (iio, hwmon), or unbind it"};
  }
  Error error = system_error(what, number);
  // An adapter on USB that was unplugged may come back under another number.
  if (error.code == ErrorCode::kNotFound) file_.reset();
  return error;
}

Result<> I2cDev::transfer(std::uint8_t address, std::span<const std::uint8_t> out,
                          std::span<std::uint8_t> in) {
  CHECK(address < 0x78 && !(out.empty() && in.empty()));
  CHECK(out.size() <= kBytesMax && in.size() <= kBytesMax);
  if (file_ == nullptr) {
    if (const Result<> opened = open(); !opened) return opened;
  }
  const std::string what = path_ + ": device " + in_hexadecimal(address);
  // Refused when a driver of the kernel uses the address, which plain transfers do not ask.
  if (ioctl(file_->number(), I2C_SLAVE, static_cast<unsigned long>(address)) != 0) {
    return failure(what, errno);
  }
  if ((functions_ & I2C_FUNC_I2C) == 0) {
    const Result<> done = transfer_by_smbus(out, in);
    if (!done && done.error().code == ErrorCode::kRefused) return done;
    return done ? done : failure(what, errno);
  }
  std::array<std::uint8_t, kBytesMax> sent{};
  std::copy(out.begin(), out.end(), sent.begin());
  std::array<i2c_msg, 2> messages{};
  std::uint32_t count = 0;
  if (!out.empty()) {
    messages[count++] = {address, 0, static_cast<std::uint16_t>(out.size()), sent.data()};
  }
  if (!in.empty()) {
    messages[count++] = {address, I2C_M_RD, static_cast<std::uint16_t>(in.size()), in.data()};
  }
  i2c_rdwr_ioctl_data transfer{messages.data(), count};
  if (ioctl(file_->number(), I2C_RDWR, &transfer) < 0) return failure(what, errno);
  return Ok{};
}

Result<> I2cDev::transfer_by_smbus(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
  const Error refused{ErrorCode::kRefused,
                      path_ + " can do SMBus only, and this device needs more"};
  if (!in.empty() && out.size() != 1) return refused;
  i2c_smbus_data data{};
  i2c_smbus_ioctl_data call{};
  call.read_write = in.empty() ? I2C_SMBUS_WRITE : I2C_SMBUS_READ;
  call.command = out.front();
  // A byte or a word behind the command are the same on the wire as a block of that length, and
  // more adapters can do them. A word has its low byte first (System Management Bus Specification
  // 3.1, section 6.5).
  const std::size_t length = in.empty() ? out.size() - 1 : in.size();
  const bool reads = !in.empty();
  const auto can = [this](unsigned long function) { return (functions_ & function) != 0; };
  if (length == 0) {
    call.size = I2C_SMBUS_BYTE;
    if (!can(I2C_FUNC_SMBUS_WRITE_BYTE)) return refused;
  } else if (length == 1 &&
             can(reads ? I2C_FUNC_SMBUS_READ_BYTE_DATA : I2C_FUNC_SMBUS_WRITE_BYTE_DATA)) {
    call.size = I2C_SMBUS_BYTE_DATA;
    if (!reads) data.byte = out[1];
  } else if (length == 2 &&
             can(reads ? I2C_FUNC_SMBUS_READ_WORD_DATA : I2C_FUNC_SMBUS_WRITE_WORD_DATA)) {
    call.size = I2C_SMBUS_WORD_DATA;
    if (!reads) data.word = static_cast<std::uint16_t>(out[1] | out[2] << 8U);
  } else {
    call.size = I2C_SMBUS_I2C_BLOCK_DATA;
    if (!can(reads ? I2C_FUNC_SMBUS_READ_I2C_BLOCK : I2C_FUNC_SMBUS_WRITE_I2C_BLOCK)) {
      return refused;
    }
    data.block[0] = static_cast<std::uint8_t>(length);
    if (!reads) std::copy(out.begin() + 1, out.end(), &data.block[1]);
  }
  if (call.size != I2C_SMBUS_BYTE) call.data = &data;
  if (ioctl(file_->number(), I2C_SMBUS, &call) < 0) {
    return Error{ErrorCode::kUnavailable, {}};  // the caller says what errno means
  }
  if (!reads) return Ok{};
  if (call.size == I2C_SMBUS_BYTE_DATA) {
    in[0] = data.byte;
  } else if (call.size == I2C_SMBUS_WORD_DATA) {
    in[0] = static_cast<std::uint8_t>(data.word & 0xFFU);
    in[1] = static_cast<std::uint8_t>(data.word >> 8U);
  } else if (data.block[0] != in.size()) {
    errno = EPROTO;
    return Error{ErrorCode::kCorrupt, {}};
  } else {
    std::copy_n(&data.block[1], in.size(), in.begin());
  }
  return Ok{};
}

void I2cDev::wait(Duration duration) {
  std::this_thread::sleep_for(duration);
}

std::string i2c_bus_name(const Settings& settings) {
  // Another folder of devices is another adapter, also over a reload.
  const std::string& dev = settings.text("dev");
  return "i2c:" + (dev == kDevFolder ? "" : dev + "/") + settings.text("adapter");
}

std::string i2c_address(const Settings& settings) {
  return i2c_bus_name(settings) + "/" +
         in_hexadecimal(static_cast<std::uint64_t>(settings.integer("address")));
}

I2cDev& i2c_adapter(const Settings& settings, SharedBuses& buses) {
  return buses.at<I2cDev>(i2c_bus_name(settings), [&] {
    return std::make_unique<I2cDev>(I2cDev::Options{.adapter = settings.text("adapter"),
                                                    .dev = settings.text("dev"),
                                                    .sysfs = settings.text("sysfs")});
  });
}

}  // namespace sluice::hal
