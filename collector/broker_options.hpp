#pragma once
// How a command of the collector reaches the broker: the options on its command line, and what a
// connection is made with.

#include <string>

#include "core/result.hpp"
#include "hal/clock.hpp"
#include "uplink/mqtt_link.hpp"
#include "uplink/options.hpp"

namespace CLI {
class App;
}

namespace sluice::collector {

class BrokerOptions {
 public:
  // Adds them to `command`; outlives its parsing.
  void add_to(CLI::App& command);

  const std::string& broker() const { return broker_; }
  // kInvalid for what the user has got wrong; kUnavailable when the system has no random number.
  // With `one_of_several` no two processes have the same client id, whatever the user says.
  Result<uplink::LinkOptions> link_options(bool one_of_several = false) const;
  // With what every session of ours needs. `clock` outlives the link.
  static Result<uplink::MqttSession> session(const hal::Clock& clock);

 private:
  std::string broker_ = "localhost:1883";
  std::string credentials_file_;
  uplink::TlsOptions tls_;
  std::string client_id_;
};

}  // namespace sluice::collector
