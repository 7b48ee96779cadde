#include "hal/survey/i2c_survey.hpp"

#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <span>

#include "hal/file_handle.hpp"
#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

// Those in between are not reserved (I2C-bus specification, UM10204, section 3.1.12).
constexpr std::uint8_t kFirst = 0x08;
constexpr std::uint8_t kLast = 0x77;

struct Quantity {
  std::string_view key;
  std::string_view value;
  std::string_view unit;
};
constexpr std::array kOfBme280{Quantity{"quantity", "temperature", "Cel"},
                               Quantity{"quantity", "pressure", "Pa"},
                               Quantity{"quantity", "humidity", "%RH"}};
constexpr std::array kOfSht3x{Quantity{"quantity", "temperature", "Cel"},
                              Quantity{"quantity", "humidity", "%RH"}};
constexpr std::array kOfAds1115{Quantity{"input", "0", "V"}, Quantity{"input", "1", "V"},
                                Quantity{"input", "2", "V"}, Quantity{"input", "3", "V"}};
constexpr std::array kOfIna219{Quantity{"quantity", "voltage", "V"},
                               Quantity{"quantity", "current", "A"}};

// A driver and the addresses that it takes, as its key `address` has them.
struct Candidate {
  std::string_view driver;
  std::uint8_t first;
  std::uint8_t last;
  std::span<const Quantity> quantities;
};
constexpr std::array kCandidates{
    Candidate{"bme280", 0x76, 0x77, kOfBme280}, Candidate{"sht3x", 0x44, 0x45, kOfSht3x},
    Candidate{"ads1115", 0x48, 0x4B, kOfAds1115}, Candidate{"ina219", 0x40, 0x4F, kOfIna219}};

// What became of asking at an address.
enum class Kind { kNone, kThere, kTaken, kStuck, kCannotAsk };

std::string in_hexadecimal(unsigned address) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x", address);
  return text.data();
}

Kind ask(int adapter, unsigned long functions, std::uint8_t address) {
  // Here an EEPROM or a clock may be, which a write could change (i2cdetect(8)).
  const bool may_keep =
      (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5F);
  const bool can_read = (functions & I2C_FUNC_SMBUS_READ_BYTE) != 0;
  const bool can_write = (functions & I2C_FUNC_SMBUS_QUICK) != 0;
  if (may_keep ? !can_read : !can_read && !can_write) return Kind::kCannotAsk;
  if (ioctl(adapter, I2C_SLAVE, static_cast<unsigned long>(address)) != 0) {
    return errno == EBUSY ? Kind::kTaken : Kind::kCannotAsk;
  }
  i2c_smbus_data data{};
  i2c_smbus_ioctl_data call{};
  if (may_keep || !can_write) {
    call.read_write = I2C_SMBUS_READ;
    call.size = I2C_SMBUS_BYTE;
    call.data = &data;
  } else {
    call.read_write = I2C_SMBUS_WRITE;
    call.size = I2C_SMBUS_QUICK;
  }
  if (ioctl(adapter, I2C_SMBUS, &call) >= 0) return Kind::kThere;
  return errno == ETIMEDOUT ? Kind::kStuck : Kind::kNone;
}

std::vector<Draft> drafts_of(const std::string& adapter, std::uint8_t address,
                             const Places& places) {
  std::vector<Draft> drafts;
  for (const Candidate& candidate : kCandidates) {
    if (address < candidate.first || address > candidate.last) continue;
    for (const Quantity& quantity : candidate.quantities) {
      Draft draft{.name = std::string(candidate.driver) + "." + in_hexadecimal(address) + "." +
                          std::string(quantity.value),
                  .unit = std::string(quantity.unit),
                  .driver = std::string(candidate.driver),
                  .keys = {{"adapter", adapter},
                           {"address", std::int64_t{address}},
                           {std::string(quantity.key), std::string(quantity.value)}},
                  .guessed = true};
      if (places.dev != Places{}.dev) draft.keys.emplace_back("dev", places.dev);
      if (places.sysfs != Places{}.sysfs) draft.keys.emplace_back("sysfs", places.sysfs);
      drafts.push_back(std::move(draft));
    }
  }
  return drafts;
}

void ask_all(Survey& survey, const std::string& adapter, const Places& places) {
  const std::string path = places.dev + "/" + adapter;
  const FileHandle file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  unsigned long functions = 0;
  if (!file.valid() || ioctl(file.number(), I2C_FUNCS, &functions) != 0) {
    add_finding(survey, {.text = "  cannot be asked: " + system_error(path, errno).message});
    return;
  }
  int timeouts = 0;
  std::size_t there = 0;
  bool untried = false;
  for (unsigned address = kFirst; address <= kLast; ++address) {
    const auto at = static_cast<std::uint8_t>(address);
    const Kind kind = ask(file.number(), functions, at);
    if (kind == Kind::kThere) {
      add_finding(survey, {.text = "  " + in_hexadecimal(address) + " answers",
                           .drafts = drafts_of(adapter, at, places)});
    } else if (kind == Kind::kTaken) {
      add_finding(survey, {.text = "  " + in_hexadecimal(address) +
                                   " belongs to a driver of the kernel (hwmon, iio or another)"});
    } else if (kind == Kind::kStuck && ++timeouts == kTimeoutsMax) {
      add_finding(survey,
                  {.text = "  does not come to an end: is the bus stuck, without pull-ups?"});
      return;
    }
    there += kind == Kind::kThere || kind == Kind::kTaken ? 1U : 0U;
    untried = untried || kind == Kind::kCannotAsk;
  }
  if (there == 0) add_finding(survey, {.text = "  nobody answers"});
  if (untried) add_finding(survey, {.text = "  some addresses this adapter cannot ask"});
}

}  // namespace

Survey survey_i2c(const Places& places, bool asks) {
  Survey survey{.title = "I2C",
                .hint =
                    "load the module i2c-dev, and switch the bus on (on a Raspberry Pi "
                    "dtparam=i2c_arm=on)"};
  const std::string parent = places.sysfs + "/class/i2c-dev";
  for (const std::uint64_t number : numbered(parent, "i2c-", "")) {
    const std::string adapter = "i2c-" + std::to_string(number);
    add_finding(survey, {.text = "adapter " + adapter + " \"" +
                                 attribute(parent + "/" + adapter + "/name") + '"'});
    if (asks) ask_all(survey, adapter, places);
  }
  return survey;
}

}  // namespace sluice::hal
