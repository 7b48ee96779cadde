#pragma once
// An I2C adapter through Linux's i2c-dev (Documentation/i2c/dev-interface.rst). It is opened at the
// first transfer and again after it was gone, under whatever number it has then.

#include <memory>
#include <string>
#include <utility>

#include "hal/buses/i2c_bus.hpp"
#include "hal/device_driver.hpp"
#include "hal/file_handle.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal {

// Of every driver of a device on I2C.
inline constexpr Key kI2cAdapterKey = {
    .name = "adapter",
    .type = KeyType::kText,
    .required = true,
    .example = "adapter = \"i2c-1\"",
    .low = 1,
    .high = 128,
    .meaning =
        "The adapter's device file in `/dev`, or its name in "
        "`/sys/class/i2c-dev/i2c-*/name`, which stays when numbers change."};
inline constexpr Key kDevKey = {.name = "dev",
                                .type = KeyType::kPath,
                                .fallback = "\"/dev\"",
                                .low = 1,
                                .high = 4'000,
                                .meaning = "Where the device files are."};

class I2cDev final : public I2cBus, public SharedBus {
 public:
  struct Options {
    std::string adapter;  // "i2c-1", or a name
    std::string dev;
    std::string sysfs;
  };
  explicit I2cDev(Options options) : options_(std::move(options)) {}

  Result<> transfer(std::uint8_t address, std::span<const std::uint8_t> out,
                    std::span<std::uint8_t> in) override;
  void wait(Duration duration) override;

 private:
  Result<> open();
  Result<std::string> find() const;
  // An adapter that can do SMBus only.
  Result<> transfer_by_smbus(std::span<const std::uint8_t> out, std::span<std::uint8_t> in);
  // What a failed call means; one that says that the adapter is gone closes it.
  Error failure(const std::string& what, int number);

  const Options options_;
  std::unique_ptr<FileHandle> file_;
  std::string path_;
  unsigned long functions_ = 0;  // what the adapter can do
};

// For the rows of such drivers; each has kI2cAdapterKey, kDevKey, kSysfsKey and a key "address".
std::string i2c_bus_name(const Settings& settings);
std::string i2c_address(const Settings& settings);
I2cDev& i2c_adapter(const Settings& settings, SharedBuses& buses);

}  // namespace sluice::hal
