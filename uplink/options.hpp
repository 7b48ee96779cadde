#pragma once
// What the operator can say of the uplink, as plain values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "uplink/backoff.hpp"
#include "uplink/keep_alive.hpp"
#include "uplink/link_profile.hpp"

namespace sluice::uplink {

enum class MqttVersion { kAutomatic, kV5, kV311 };

// Files in PEM. Read anew at every connect.
struct TlsOptions {
  std::string ca_file;           // whom to trust; required
  std::string certificate_file;  // ours, with its chain; empty: none
  std::string key_file;          // of that certificate; nobody else may read it
  std::string crl_file;          // revoked certificates; empty: none are known
  // Public keys that the broker may have, any when empty: SHA-256 of the SubjectPublicKeyInfo, 64
  // hexadecimal digits in lower case.
  std::vector<std::string> pins;
  bool operator==(const TlsOptions&) const = default;
};

struct LinkOptions {
  std::string host = "localhost";
  std::uint16_t port = 1883;
  bool use_tls = false;
  TlsOptions tls;
  std::string client_id;
  KeepAlive::Options keep_alive;
  Duration retry_max = Backoff::kBoundMax;        // from one try to connect to the next
  MqttVersion version = MqttVersion::kAutomatic;  // v5, and 3.1.1 if the broker refuses it
  // File of two lines, user name and password, mode 0600; empty: none.
  std::string credentials_file;
  bool operator==(const LinkOptions&) const = default;
};

// Of what waited while there was no link.
enum class BacklogOrder { kOldestFirst, kNewestFirst };

struct Options {
  std::string gateway;  // id, [A-Za-z0-9_-]{1,64}
  BacklogOrder backlog = BacklogOrder::kOldestFirst;
  std::vector<LinkProfile> profiles{};  // in order: the first that fits holds
  std::size_t batches_in_flight_max = 8;
  std::size_t batch_bytes_max = 64 * 1024;
  Duration ack_timeout_min = std::chrono::seconds(30);
  Duration ack_timeout_max = std::chrono::minutes(10);
  // File of a key that acknowledgements have to be signed with, mode 0600; empty: they need not.
  // Read at every connect; none is believed while it cannot be read.
  std::string ack_key_file{};
  // The collector is asked about every run that is remembered.
  Duration ask_all_every = std::chrono::hours(24);
  Duration live_every = std::chrono::seconds(10);  // latest values; 0: none. Alerts go at once
  std::uint32_t live_alerts_a_minute = 60;         // raised ones; the records know no bound
  bool operator==(const Options&) const = default;
};

}  // namespace sluice::uplink
