#pragma once
// An I2C bus with devices that the test writes. Time passes at once.

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "hal/buses/i2c_bus.hpp"

namespace sluice::hal {

class FakeI2cBus final : public I2cBus {
 public:
  // What a device does with one transfer.
  using Device = std::function<Result<>(std::span<const std::uint8_t>, std::span<std::uint8_t>)>;

  Result<> transfer(std::uint8_t address, std::span<const std::uint8_t> out,
                    std::span<std::uint8_t> in) override {
    ++transfers;
    if (failure && transfers >= failing_from) return *failure;
    const auto device = devices.find(address);
    if (device == devices.end()) return Error{ErrorCode::kUnavailable, "does not acknowledge"};
    return device->second(out, in);
  }
  void wait(Duration duration) override { waited += duration; }

  // From the `number`th transfer from now on, counted from 1, all fail.
  void fail_from(int number, ErrorCode code) {
    failing_from = transfers + number;
    failure = Error{code, "the bus fails"};
  }

  std::map<std::uint8_t, Device> devices;
  Duration waited{};
  int transfers = 0;
  int failing_from = 0;
  std::optional<Error> failure;
};

// A chip of byte registers that count on by themselves.
struct ByteRegisters {
  std::array<std::uint8_t, 256> bytes{};
  std::uint8_t pointer = 0;
  std::function<void(std::uint8_t number)> written;  // called after each byte; may be empty

  void put(std::uint8_t begin, std::span<const std::uint8_t> values) {
    std::copy(values.begin(), values.end(), bytes.begin() + begin);
  }
  Result<> operator()(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
    if (!out.empty()) pointer = out.front();
    for (std::size_t i = 1; i < out.size(); ++i) {
      bytes[pointer] = out[i];
      if (written) written(pointer);
      ++pointer;
    }
    for (std::uint8_t& byte : in) byte = bytes[pointer++];
    return Ok{};
  }
};

// A chip of 16-bit registers, the high byte first.
struct WordRegisters {
  std::array<std::uint16_t, 16> words{};
  std::size_t pointer = 0;
  std::function<void(std::size_t number)> written;

  Result<> operator()(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) {
    if (!out.empty()) pointer = out.front();
    if (out.size() == 3) {
      words.at(pointer) = static_cast<std::uint16_t>((out[1] << 8) | out[2]);
      if (written) written(pointer);
    }
    if (in.size() == 2) {
      in[0] = static_cast<std::uint8_t>(words.at(pointer) >> 8);
      in[1] = static_cast<std::uint8_t>(words.at(pointer) & 0xFFU);
    }
    return Ok{};
  }
};

}  // namespace sluice::hal
