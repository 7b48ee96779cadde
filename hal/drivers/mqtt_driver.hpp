#pragma once
// Driver "mqtt": what a local device publishes at a broker, Zigbee2MQTT, Tasmota, ESPHome or
// anything else that sends numbers or JSON. Bus "mqtt:BROKER", of all its channels.

#include <cstdint>
#include <optional>
#include <string>

#include "hal/device_driver.hpp"
#include "hal/mqtt/mqtt_bus.hpp"
#include "hal/mqtt/mqtt_value.hpp"

namespace sluice::hal {

extern const DeviceDriver kMqttDriver;

class MqttProbe final : public Probe {
 public:
  struct Options {
    std::string topic{};
    MqttSelection selection{};
    std::string availability{};  // topic; empty: none
    bool retained = false;       // a message that waited at the broker is a value, too
    Duration expire_after = std::chrono::hours(1);
  };
  MqttProbe(Options options, MqttBus& bus) : options_(std::move(options)), bus_(bus) {}

  // The value of the newest message. kUnavailable without a connection; kNotFound before the first
  // message and while the device is said to be offline; kInvalid for a message that says no value,
  // or one that is older than expire_after.
  Result<double> measure(Instant now) override;
  // True when a message has come since.
  bool listen(Instant now) override;

 private:
  void take(const MqttBus::Message& message);
  Result<> availability(Instant now);

  const Options options_;
  MqttBus& bus_;
  std::uint64_t serial_ = 0;           // of the newest message that was looked at
  std::uint64_t measured_serial_ = 0;  // ... at the last measure()
  Instant arrived_{};
  std::optional<Result<double>> newest_;  // what it says; nothing before the first
  std::optional<std::int64_t> sent_ns_;   // its sender's time
  std::uint64_t refused_ = 0;             // messages without a value so far
  std::uint64_t late_ = 0;                // messages older than the one before, by their stamps
};

}  // namespace sluice::hal
