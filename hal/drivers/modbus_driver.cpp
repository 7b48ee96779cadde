#include "hal/drivers/modbus_driver.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "hal/buses/modbus_master.hpp"
#include "hal/buses/serial_settings.hpp"

namespace sluice::hal {
namespace {

using modbus::Table;
using modbus::Type;
using std::chrono::milliseconds;
using std::chrono::seconds;

using Words = std::string_view;
// In the order of the enumerations.
constexpr std::array kTables{Words("coil"), Words("discrete"), Words("holding"), Words("input")};
constexpr std::array kTypes{Words("bit"),    Words("uint16"),  Words("int16"),
                            Words("uint32"), Words("int32"),   Words("uint64"),
                            Words("int64"),  Words("float32"), Words("float64")};
constexpr std::array kOrders{Words("big"), Words("little")};

constexpr std::int64_t kMillisecond = 1'000'000;

constexpr Key kUnitKey = {
    .name = "unit_id",
    .type = KeyType::kInteger,
    .required = true,
    .example = "unit_id = 1",
    .low = 0,
    .high = 255,
    .meaning = "The device's address: 1 to 247; on TCP 255, or 0, for the host itself."};
constexpr Key kTableKey = {
    .name = "table",
    .type = KeyType::kChoice,
    .fallback = "\"holding\"",
    .choices = kTables,
    .meaning = "Holding or input registers, coils or discrete inputs: functions 3, 4, 1, 2."};
constexpr Key kRegisterKey = {
    .name = "register",
    .type = KeyType::kInteger,
    .required = true,
    .example = "register = 0",
    .low = 0,
    .high = 65'535,
    .meaning = "Address as on the wire, from 0: what a manual calls 40001 or 30001 is 0."};
constexpr Key kTypeKey = {
    .name = "type",
    .type = KeyType::kChoice,
    .choices = kTypes,
    .meaning =
        "What the registers hold. Without it `uint16`, and `bit` of coils and discrete "
        "inputs, which can be nothing else. 64 bits are rounded to 53."};
constexpr Key kBitKey = {.name = "bit",
                         .type = KeyType::kInteger,
                         .fallback = "0",
                         .low = 0,
                         .high = 15,
                         .meaning = "Which bit of a register, for `bit`; 0 counts 1."};
constexpr Key kWordOrderKey = {
    .name = "word_order",
    .type = KeyType::kChoice,
    .fallback = "\"big\"",
    .choices = kOrders,
    .meaning = "Of numbers of more than one register: `big` has the most significant first."};
constexpr Key kByteOrderKey = {
    .name = "byte_order",
    .type = KeyType::kChoice,
    .fallback = "\"big\"",
    .choices = kOrders,
    .meaning = "Within a register; `little` is against the specification, and exists."};
constexpr Key kTimeoutKey = {
    .name = "timeout",
    .type = KeyType::kDuration,
    .fallback = "\"500ms\"",
    .low = 10 * kMillisecond,
    .high = 10'000 * kMillisecond,
    .meaning = "How long a unit may take to answer; bytes on the line have their time besides."};

constexpr Key kRtuKeys[] = {
    kSerialDeviceKey,
    serial_baud_key("19200"),
    serial_parity_key("\"even\""),
    kSerialStopBitsKey,
    kUnitKey,
    kTableKey,
    kRegisterKey,
    kTypeKey,
    kBitKey,
    kWordOrderKey,
    kByteOrderKey,
    kTimeoutKey,
};
constexpr Key kTcpKeys[] = {
    {.name = "host",
     .type = KeyType::kName,
     .required = true,
     .example = "host = \"192.168.1.20\"",
     .low = 1,
     .high = 253,
     .meaning = "Name or IPv4 address of the device, or of the Modbus gateway to it."},
    {.name = "port",
     .type = KeyType::kInteger,
     .fallback = "502",
     .low = 1,
     .high = 65'535,
     .meaning = "TCP port."},
    kUnitKey,
    kTableKey,
    kRegisterKey,
    kTypeKey,
    kBitKey,
    kWordOrderKey,
    kByteOrderKey,
    kTimeoutKey,
};

Table table_of(const Settings& settings) {
  return static_cast<Table>(settings.choice("table", kTables));
}

modbus::Format format_of(const Settings& settings) {
  modbus::Format format;
  format.type = modbus::is_bits(table_of(settings)) ? Type::kBit : Type::kUint16;
  if (settings.has("type")) format.type = static_cast<Type>(settings.choice("type", kTypes));
  format.low_word_first = settings.text("word_order") == "little";
  format.low_byte_first = settings.text("byte_order") == "little";
  format.bit = static_cast<std::uint8_t>(settings.integer("bit"));
  return format;
}

modbus::Stretch stretch_of(const Settings& settings) {
  return {.unit = static_cast<std::uint8_t>(settings.integer("unit_id")),
          .table = table_of(settings),
          .first = static_cast<std::uint16_t>(settings.integer("register")),
          .count = modbus::registers_of(format_of(settings).type)};
}

std::optional<Mistake> check(const Settings& settings) {
  const modbus::Format format = format_of(settings);
  if (modbus::is_bits(table_of(settings)) && format.type != Type::kBit) {
    return Mistake{"type", "coils and discrete inputs are bits; expected \"bit\", or no `type`"};
  }
  if (modbus::is_bits(table_of(settings)) && format.bit != 0) {
    return Mistake{"bit", "is for registers: each coil or input has a `register` of its own"};
  }
  if (stretch_of(settings).end() > 65'536) {
    return Mistake{"register", "the number would end behind register 65535"};
  }
  return std::nullopt;
}

std::optional<Mistake> check_rtu(const Settings& settings) {
  if (auto mistake = check_serial(settings)) return mistake;
  const std::int64_t unit = settings.integer("unit_id");
  if (unit < 1 || unit > 247) {
    return Mistake{"unit_id", "no unit on a line; expected 1 to 247"};
  }
  return check(settings);
}

std::optional<Mistake> check_tcp(const Settings& settings) {
  const std::int64_t unit = settings.integer("unit_id");
  if (unit > 247 && unit != 255) {
    return Mistake{"unit_id", "no unit of a host; expected 0 to 247, or 255"};
  }
  return check(settings);
}

modbus::Way line_of(const Settings& settings) {
  const SerialSettings serial = serial_settings(settings);
  return modbus::Line{.device = serial.device,
                      .baud = serial.baud,
                      .parity = serial.parity,
                      .stop_bits = serial.stop_bits};
}

modbus::Way host_of(const Settings& settings) {
  return modbus::Host{.name = settings.text("host"),
                      .port = static_cast<std::uint16_t>(settings.integer("port"))};
}

std::string line_bus(const Settings& settings) {
  return "modbus:" + in_words(serial_settings(settings));
}

std::string host_bus(const Settings& settings) {
  return "modbus:" + settings.text("host") + ":" + std::to_string(settings.integer("port"));
}

// A connection, a request on it; when it turns out to be dead, both again. On a line less.
constexpr int kWaitsMax = 4;

Duration limit_of(const modbus::Way& way, const Settings& settings) {
  return kWaitsMax * (settings.duration("timeout") + modbus::time_on(way));
}

std::unique_ptr<Probe> open(const std::string& bus, const modbus::Way& way,
                            const Settings& settings, SharedBuses& buses) {
  auto& shared = buses.at<modbus::Bus>(
      bus, [&] { return std::make_unique<modbus::Bus>(std::make_unique<modbus::Master>(way)); });
  return std::make_unique<ModbusProbe>(shared, stretch_of(settings), format_of(settings),
                                       settings.duration("timeout"));
}

}  // namespace

Result<double> ModbusProbe::measure(Instant now) {
  const auto words =
      bus_.read(stretch_, {.who = this, .period = period_, .timeout = timeout_}, now);
  if (!words) return words.error();
  return modbus::value_of(*words, format_);
}

const DeviceDriver kModbusRtuDriver = {
    .name = "modbus_rtu",
    .keys = kRtuKeys,
    .check = check_rtu,
    .bus = line_bus,
    .address = serial_address,
    .limit = [](const Settings& settings) { return limit_of(line_of(settings), settings); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      return open(line_bus(settings), line_of(settings), settings, buses);
    },
};

const DeviceDriver kModbusTcpDriver = {
    .name = "modbus_tcp",
    .keys = kTcpKeys,
    .check = check_tcp,
    .bus = host_bus,
    .limit = [](const Settings& settings) { return limit_of(host_of(settings), settings); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      return open(host_bus(settings), host_of(settings), settings, buses);
    },
};

}  // namespace sluice::hal
