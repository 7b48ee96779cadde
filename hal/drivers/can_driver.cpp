#include "hal/drivers/can_driver.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::hal {
namespace {

using Words = std::string_view;
constexpr std::array kOrders{Words("little"), Words("big")};

constexpr std::int64_t kMillisecond = 1'000'000;

constexpr Key kKeys[] = {
    {.name = "interface",
     .type = KeyType::kName,
     .required = true,
     .example = "interface = \"can0\"",
     .low = 1,
     .high = 15,
     .meaning = "CAN interface, which somebody else has brought up with its bit rate."},
    {.name = "id",
     .type = KeyType::kInteger,
     .required = true,
     .example = "id = 0x123",
     .low = 0,
     .high = CAN_EFF_MASK,
     .meaning = "Of the frames, 11 bits, or 29 with `extended`."},
    {.name = "extended",
     .type = KeyType::kFlag,
     .fallback = "false",
     .meaning = "Whether the id is one of 29 bits."},
    {.name = "start_bit",
     .type = KeyType::kInteger,
     .required = true,
     .example = "start_bit = 0",
     .low = 0,
     .high = 63,
     .meaning = "As in a DBC file: the least significant bit of a `little` signal, the most "
                "significant one of a `big`."},
    {.name = "length",
     .type = KeyType::kInteger,
     .required = true,
     .example = "length = 16",
     .low = 1,
     .high = 64,
     .meaning = "Bits of the signal. 64 are rounded to 53."},
    {.name = "byte_order",
     .type = KeyType::kChoice,
     .fallback = "\"little\"",
     .choices = kOrders,
     .meaning = "`little` is Intel, `@1` in a DBC file; `big` is Motorola, `@0`."},
    {.name = "signed",
     .type = KeyType::kFlag,
     .fallback = "false",
     .meaning = "Two's complement, `-` in a DBC file."},
    {.name = "mux_start_bit",
     .type = KeyType::kInteger,
     .low = 0,
     .high = 63,
     .meaning = "Of the multiplexor, where frames of one id have several layouts."},
    {.name = "mux_length", .type = KeyType::kInteger, .low = 1, .high = 16, .meaning = "Its bits."},
    {.name = "mux_value",
     .type = KeyType::kInteger,
     .low = 0,
     .high = 65'535,
     .meaning = "What it is in the frames that have the signal: 3 for `m3`."},
    {.name = "max_age",
     .type = KeyType::kDuration,
     .fallback = "\"5s\"",
     .low = 100 * kMillisecond,
     .high = 86'400'000 * kMillisecond,
     .meaning = "A number counts for this long. More than the period of the frames."},
};

std::uint8_t byte_of(const Settings& settings, std::string_view key) {
  return static_cast<std::uint8_t>(settings.integer(key));
}

can::Wanted wanted_of(const Settings& settings) {
  const bool big = settings.text("byte_order") == "big";
  can::Wanted wanted;
  wanted.id = static_cast<std::uint32_t>(settings.integer("id"));
  if (settings.flag("extended")) wanted.id |= CAN_EFF_FLAG;
  wanted.signal = {.start = byte_of(settings, "start_bit"),
                   .length = byte_of(settings, "length"),
                   .big_endian = big,
                   .is_signed = settings.flag("signed")};
  if (!settings.has("mux_value")) return wanted;
  wanted.selector = {.start = byte_of(settings, "mux_start_bit"),
                     .length = byte_of(settings, "mux_length"),
                     .big_endian = big,
                     .is_signed = false};
  wanted.selected = static_cast<std::uint64_t>(settings.integer("mux_value"));
  return wanted;
}

std::optional<Mistake> check(const Settings& settings) {
  if (!settings.flag("extended") && settings.integer("id") > CAN_SFF_MASK) {
    return Mistake{"id", "has more than 11 bits; expected 0 to 0x7ff, or `extended = true`"};
  }
  const bool start = settings.has("mux_start_bit");
  const bool length = settings.has("mux_length");
  const bool value = settings.has("mux_value");
  if (start != length || start != value) {
    return Mistake{start ? "mux_start_bit" : (length ? "mux_length" : "mux_value"),
                   "goes with the two others: `mux_start_bit`, `mux_length` and `mux_value`"};
  }
  const can::Wanted wanted = wanted_of(settings);
  if (!can::bytes_for(wanted.signal)) {
    return Mistake{"length", "the signal would end behind the 8 bytes of a frame"};
  }
  if (wanted.selector && !can::bytes_for(*wanted.selector)) {
    return Mistake{"mux_length", "the multiplexor would end behind the 8 bytes of a frame"};
  }
  return std::nullopt;
}

std::string bus_of(const Settings& settings) {
  return "can:" + settings.text("interface");
}

std::string in_words(const can::Wanted& wanted) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "frame 0x%x",
                static_cast<unsigned>(wanted.id & CAN_EFF_MASK));
  return text.data();
}

}  // namespace

Result<double> CanProbe::measure(Instant now) {
  const auto newest = talk_.newest(wanted_, now);
  if (!newest) return newest.error();
  if (talk_.bus_off()) {
    return Error{ErrorCode::kUnavailable,
                 "the controller is off the bus after too many errors; wiring and bit rate?"};
  }
  const std::uint64_t errors = talk_.errors();
  if (errors > errors_told_) {
    const std::uint64_t more = errors - errors_told_;
    errors_told_ = errors;
    return Error{ErrorCode::kUnavailable, std::to_string(more) + " errors on the bus, " +
                                              std::to_string(errors) + " in all"};
  }
  if (!*newest || now - (*newest)->at > max_age_) {
    return Error{ErrorCode::kTimeout, "no " + in_words(wanted_) + " comes"};
  }
  return (*newest)->value;
}

const DeviceDriver kCanDriver = {
    .name = "can",
    .keys = kKeys,
    .check = check,
    .bus = bus_of,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(1); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      auto& talk = buses.at<can::Talk>(bus_of(settings), [&] {
        return std::make_unique<can::Talk>(can::Socket(settings.text("interface")));
      });
      return std::unique_ptr<Probe>(
          std::make_unique<CanProbe>(talk, wanted_of(settings), settings.duration("max_age")));
    },
};

}  // namespace sluice::hal
