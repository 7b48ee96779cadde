#include "collector/broker_options.hpp"

#include <cstring>
#include <utility>

#include <CLI/CLI.hpp>

#include "collector/version.hpp"
#include "config/broker.hpp"
#include "hal/process/identity.hpp"

namespace sluice::collector {

void BrokerOptions::add_to(CLI::App& command) {
  command.add_option("--broker", broker_, "[mqtt[s]://]HOST:PORT")->capture_default_str();
  command.add_option("--credentials", credentials_file_,
                     "File of two lines, user name and password, mode 0600");
  command.add_option("--ca", tls_.ca_file, "Certificates of whom to trust; mqtts:// needs it");
  CLI::Option* const certificate =
      command.add_option("--certificate", tls_.certificate_file, "The collector's own");
  CLI::Option* const key =
      command.add_option("--key", tls_.key_file, "Its key, mode 0600")->needs(certificate);
  certificate->needs(key);
  command.add_option("--client-id", client_id_, "For the broker; without it a random one");
}

Result<uplink::LinkOptions> BrokerOptions::link_options(bool one_of_several) const {
  const bool has_scheme = broker_.find("://") != std::string::npos;
  const Result<config::Broker> parsed =
      config::parse_broker(has_scheme ? broker_ : "mqtt://" + broker_);
  if (!parsed) return parsed.error();
  if (parsed->use_tls && tls_.ca_file.empty()) {
    return Error{ErrorCode::kInvalid, "mqtts:// needs --ca: whom to trust"};
  }
  uplink::LinkOptions options;
  options.host = parsed->host;
  options.port = parsed->port;
  options.use_tls = parsed->use_tls;
  options.credentials_file = credentials_file_;
  options.tls = tls_;
  options.client_id = client_id_.empty() ? "sluice-collector" : client_id_;
  if (!client_id_.empty() && !one_of_several) return options;
  // Two clients of one name throw each other off the broker.
  const Result<RunId> random = hal::random_run_id();
  if (!random) return random.error();
  options.client_id += "-" + to_hex(*random).substr(0, 8);
  return options;
}

Result<uplink::MqttSession> BrokerOptions::session(const hal::Clock& clock) {
  const Result<RunId> random = hal::random_run_id();
  if (!random) return random.error();
  uplink::MqttSession session;
  std::memcpy(&session.seed, random->bytes.data(), sizeof(session.seed));
  session.wall_clock = [&clock] {
    return uplink::MqttSession::WallClock{clock.wall(), clock.wall_trust().synchronised};
  };
  session.built = wall_time_from_ns(kBuiltAt * 1'000'000'000);
  return session;
}

}  // namespace sluice::collector
