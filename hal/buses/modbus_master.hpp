#pragma once
// Asks Modbus devices by libmodbus, over a serial line (RTU) or TCP. Connected at the first request
// and again after the connection or the device file was gone.
//
// What comes back is taken for an answer only if it can be no other's. On TCP the library compares
// the number of the transaction, and whatever else comes ends the connection. On a line, frames
// have no number: unit, function, length and CRC have to fit, what comes before a request is thrown
// away, and after a request without an answer nothing but that same request is sent to the unit
// until the answer has had its time a second time. One that comes later still cannot be told from
// the next one's: `timeout` has to be above what the slowest device takes.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "hal/buses/modbus_client.hpp"

struct _modbus;

namespace sluice::hal::modbus {

struct Line {
  std::string device;  // path of its device file
  int baud = 19'200;
  char parity = 'E';  // 'N', 'E' or 'O'
  int stop_bits = 1;
};
struct Host {
  std::string name;  // or address
  std::uint16_t port = 502;
};
using Way = std::variant<Line, Host>;

// How long the line is busy with a request and its answer at their longest; none on TCP.
Duration time_on(const Way& way);

class Master final : public Client {
 public:
  explicit Master(Way way) : way_(std::move(way)) {}

  Answer read(const Stretch& stretch, Duration timeout) override;

 private:
  using Steady = std::chrono::steady_clock;
  struct Free {
    void operator()(_modbus* context) const;
  };

  bool is_line() const { return std::holds_alternative<Line>(way_); }
  std::string name() const;
  Answer ask(const Stretch& stretch, Duration timeout);
  Result<> connect(Duration timeout);
  void disconnect();
  // Before a request on a line: until it is silent, and no late answer can be taken for this one's.
  void let_pass(const Stretch& stretch, Duration timeout);
  // Sets errno when it returns nothing.
  std::optional<std::vector<std::uint16_t>> exchange(const Stretch& stretch, Duration timeout);
  Answer failure(const Stretch& stretch, int number, Duration timeout);

  const Way way_;
  // Kept over connections, so that the numbers of transactions go on.
  std::unique_ptr<_modbus, Free> context_;
  bool connected_ = false;
  // By unit: the newest request without an answer, and until when one may come.
  struct Late {
    Stretch asked;
    Steady::time_point until;
  };
  std::map<std::uint8_t, Late> late_;
};

}  // namespace sluice::hal::modbus
