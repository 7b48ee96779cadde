// What the rule of sealing costs and saves, in bytes on the wire. Everything here is made up from
// one seed and runs under virtual time: the bytes are the same on every machine.

#include <cstdint>

#include "tests/app/sending_gateway.hpp"
#include "tests/bench/plant.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Count = MeteredLink::Count;
using Seal = SendingGateway::Seal;

bench::Recording readings_of(std::size_t channels, Duration length) {
  bench::PlantOptions options;
  options.channels = channels;
  options.readings_min = channels * static_cast<std::size_t>(length / seconds(1) + 2);
  return bench::plant(options);
}

double wire_per_reading(const Count& count) {
  return static_cast<double>(count.wire_bytes) / static_cast<double>(count.readings);
}

}  // namespace

TEST_GROUP(Sealing){};

// 16 channels once a second: what is fresh is worth the bytes of small chunks, and nothing waits.
TEST(Sealing, keeps_to_the_age_where_everything_leaves_at_once) {
  const bench::Recording recording = readings_of(16, minutes(20));
  Count counts[2];
  for (const Seal seal : {Seal::kAsDecided, Seal::kByAge}) {
    SendingGateway gateway(recording, {.seal = seal});
    gateway.link().mend();
    gateway.run(minutes(20));
    counts[seal == Seal::kByAge] = gateway.count();
    CHECK(gateway.readings_stored() - gateway.count().readings < 16 * 32);
    // All of a seal in one batch, for each is answered by broker and collector.
    LONGS_EQUAL(gateway.count().chunks, 16 * gateway.count().batches);
    CHECK(wire_per_reading(gateway.count()) < 2.0);
  }
  LONGS_EQUAL(counts[1].wire_bytes, counts[0].wire_bytes);
  LONGS_EQUAL(counts[1].chunks, counts[0].chunks);
}

// Held to a night's hours a link has nothing to gain from chunks of 30 s by day.
TEST(Sealing, packs_tightly_what_a_profile_keeps_back) {
  const bench::Recording recording = readings_of(16, hours(3));
  double costs[2];
  for (const Seal seal : {Seal::kAsDecided, Seal::kByAge}) {
    uplink::LinkProfile night = uplink::unlimited_profile();
    night.name = "night";
    night.interfaces = {"*"};
    const int opens = (SendingGateway::first_minute() + 120) % 1'440;
    night.schedule = {{opens, (opens + 60) % 1'440}};
    SendingGateway gateway(recording, {.profiles = {night}, .seal = seal});
    gateway.link().mend();
    gateway.run(minutes(119));
    LONGS_EQUAL(0, gateway.count().readings);
    gateway.run(minutes(3));
    CHECK(gateway.readings_stored() - gateway.count().readings < 16 * 60);
    costs[seal == Seal::kByAge] = wire_per_reading(gateway.count());
  }
  CHECK(costs[0] < 0.65);
  CHECK(costs[1] > 1.4 * costs[0]);
}

// It carries 100 readings/s in large chunks and not in small ones: by age they pile up.
TEST(Sealing, makes_chunks_as_large_as_a_slow_link_needs) {
  const bench::Recording recording = readings_of(100, hours(1));
  uplink::LinkProfile modem = uplink::unlimited_profile();
  modem.name = "modem";
  modem.interfaces = {"*"};
  modem.bytes_per_second = 150;
  std::uint64_t behind[2];
  for (const Seal seal : {Seal::kAsDecided, Seal::kByAge}) {
    SendingGateway gateway(recording, {.profiles = {modem}, .seal = seal});
    gateway.link().mend();
    gateway.run(hours(1));
    behind[seal == Seal::kByAge] = gateway.readings_stored() - gateway.count().readings;
  }
  CHECK(behind[0] < 20'000);
  CHECK(behind[1] > 5 * behind[0]);
}

// The live lane has its share: what waits since an outage does not put off what comes now.
TEST(Sealing, seals_by_age_in_front_of_a_backlog) {
  const bench::Recording recording = readings_of(100, hours(3));
  SendingGateway gateway(recording, {.bytes_per_second = 600});
  gateway.run(hours(2));
  gateway.link().mend();
  gateway.run(seconds(31));
  for (int minute = 0; minute < 10; ++minute) {
    gateway.run(minutes(1));
    CHECK(gateway.age() < minutes(1));
  }
  CHECK(gateway.chunks_waiting() > 100);
}

}  // namespace sluice::app
