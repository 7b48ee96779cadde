// What sealing by age and by size comes to on the wire: storage and uplink as they run in the
// gateway, over a metered link, under virtual time. "By age" is the rule alone that chunks of 30 s
// are made whenever the link is up. Prints one JSON object per line; script/bench makes a table.

#include <cstdint>
#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/app/sending_gateway.hpp"
#include "tests/bench/plant.hpp"

namespace sluice::bench {
namespace {

using app::SendingGateway;
using std::chrono::hours;
using std::chrono::minutes;
using Seal = SendingGateway::Seal;

Recording readings_of(std::size_t channels, Duration length) {
  PlantOptions options;
  options.channels = channels;
  options.readings_min = channels * static_cast<std::size_t>(length / std::chrono::seconds(1) + 2);
  return plant(options);
}

void print(const std::string& name, Seal seal, double value, const char* unit) {
  const nlohmann::json row{{"name", name},
                           {"contender", seal == Seal::kByAge ? "by age" : "sluice"},
                           {"value", value},
                           {"unit", unit}};
  std::puts(row.dump().c_str());
  std::fflush(stdout);
}

void print(const std::string& name, Seal seal, const SendingGateway& gateway) {
  const app::MeteredLink::Count count = gateway.count();
  const auto readings = static_cast<double>(count.readings);
  print(name + ", wire", seal, static_cast<double>(count.wire_bytes) / readings, "B/reading");
  print(name + ", batches", seal, static_cast<double>(count.payload_bytes) / readings, "B/reading");
  const auto headers = static_cast<double>(count.payload_bytes - count.chunk_bytes);
  print(name + ", headers", seal, headers / static_cast<double>(count.chunks), "B/chunk");
  print(name + ", a batch", seal,
        static_cast<double>(count.payload_bytes) / static_cast<double>(count.batches), "B");
  print(name + ", waiting", seal, static_cast<double>(gateway.readings_stored() - count.readings),
        "readings");
}

void live(Seal seal) {
  const Recording recording = readings_of(16, hours(2));
  SendingGateway gateway(recording, {.seal = seal});
  gateway.link().mend();
  gateway.run(hours(2));
  print("live, 16 readings/s", seal, gateway);
}

void outage(Seal seal) {
  const Recording recording = readings_of(16, hours(6) + minutes(5));
  SendingGateway gateway(recording, {.seal = seal});
  gateway.run(hours(6));
  gateway.link().mend();
  gateway.run(minutes(5));
  print("6 hours of outage", seal, gateway);
}

void capped(Seal seal) {
  const Recording recording = readings_of(100, hours(6));
  uplink::LinkProfile profile = uplink::unlimited_profile();
  profile.name = "capped";
  profile.interfaces = {"*"};
  profile.bytes_per_second = 150;
  SendingGateway gateway(recording, {.profiles = {profile}, .seal = seal});
  gateway.link().mend();
  gateway.run(hours(6));
  print("100 readings/s, a profile's rate of 150 B/s", seal, gateway);
}

void night(Seal seal) {
  const Recording recording = readings_of(16, hours(24));
  uplink::LinkProfile profile = uplink::unlimited_profile();
  profile.name = "night";
  profile.interfaces = {"*"};
  profile.schedule = {
      {(SendingGateway::first_minute() + 22 * 60) % 1'440, SendingGateway::first_minute()}};
  SendingGateway gateway(recording, {.profiles = {profile}, .seal = seal});
  gateway.link().mend();
  gateway.run(hours(22) + minutes(30));
  print("22 hours until a profile's hours begin", seal, gateway);
}

}  // namespace
}  // namespace sluice::bench

int main() {
  for (const auto& measure :
       {sluice::bench::live, sluice::bench::outage, sluice::bench::capped, sluice::bench::night}) {
    measure(sluice::app::SendingGateway::Seal::kByAge);
    measure(sluice::app::SendingGateway::Seal::kAsDecided);
  }
  return 0;
}
