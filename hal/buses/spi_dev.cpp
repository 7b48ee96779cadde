#include "hal/buses/spi_dev.hpp"

#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "core/check.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr const char* kDevFolder = "/dev";
constexpr std::uint8_t kBitsPerWord = 8;

// Another folder of devices is another bus, also over a reload.
std::string in_folder(const Settings& settings, const std::string& name) {
  const std::string& dev = settings.text("dev");
  return "spi:" + (dev == kDevFolder ? "" : dev + "/") + name;
}

}  // namespace

Error SpiDev::failure(int number) {
  Error error = system_error(options_.path, number);
  if (number == EACCES) error.message += "; the gateway's user belongs into the group spi";
  if (number == ENOENT) error.message += "; is SPI switched on, and the module spidev loaded?";
  if (number == EINVAL) error.code = ErrorCode::kRefused;
  // A controller on USB that was unplugged.
  if (error.code == ErrorCode::kNotFound) file_.reset();
  return error;
}

Result<> SpiDev::open() {
  auto file = std::make_unique<FileHandle>(::open(options_.path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file->valid()) return failure(errno);
  const std::uint8_t mode = SPI_MODE_0;
  if (ioctl(file->number(), SPI_IOC_WR_MODE, &mode) < 0) {
    if (errno == ENOTTY) return Error{ErrorCode::kInvalid, options_.path + " is no SPI device"};
    return failure(errno);
  }
  file_ = std::move(file);
  return Ok{};
}

Result<> SpiDev::transfer(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
  CHECK(out.size() == in.size() && !out.empty() && out.size() <= kBytesMax);
  if (file_ == nullptr) {
    if (const Result<> opened = open(); !opened) return opened;
  }
  spi_ioc_transfer transfer{};
  transfer.tx_buf = reinterpret_cast<std::uintptr_t>(out.data());
  transfer.rx_buf = reinterpret_cast<std::uintptr_t>(in.data());
  transfer.len = static_cast<std::uint32_t>(out.size());
  transfer.speed_hz = options_.clock_hz;
  transfer.bits_per_word = kBitsPerWord;
  const int done = ioctl(file_->number(), SPI_IOC_MESSAGE(1), &transfer);
  if (done < 0) return failure(errno);
  if (static_cast<std::size_t>(done) != out.size()) {
    return Error{ErrorCode::kUnavailable, options_.path + " ended the transfer early"};
  }
  return Ok{};
}

std::string spi_bus_name(const Settings& settings) {
  const std::string& device = settings.text("device");
  return in_folder(settings, device.substr(0, device.find('.')));
}

std::string spi_address(const Settings& settings) {
  return in_folder(settings, settings.text("device"));
}

std::string spi_path(const Settings& settings) {
  return settings.text("dev") + "/" + settings.text("device");
}

}  // namespace sluice::hal
