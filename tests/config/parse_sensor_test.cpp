#include <chrono>
#include <string>
#include <variant>

#include "config/parse.hpp"
#include "hal/options.hpp"
#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseSensor){void expect(const char* expected, const std::string& toml)
                            const {STRCMP_EQUAL(expected, problems_in(toml).c_str());
}  // namespace sluice::config
template <typename Options>
Options sensor(const std::string& toml) const {
  return std::get<Options>(config_of(toml).channels[0].sensor);
}
hal::HostQuantity quantity(const std::string& name) const {
  const std::string target = name == "disk_free" ? "\ntarget = \"/\"" : "";
  return sensor<hal::HostOptions>(in_channel_of("host", "quantity = \"" + name + "\"" + target))
      .quantity;
}
hal::Shape shape(const std::string& name) const {
  return sensor<hal::SimulatedOptions>(in_channel("shape = \"" + name + "\"")).shape;
}
hal::FaultKind fault(const std::string& name) const {
  const std::string value = name == "spike" ? ", value = 1" : "";
  return sensor<hal::SimulatedOptions>(
             in_channel("faults = [{kind = \"" + name + "\", length = \"1s\"" + value + "}]"))
      .faults[0]
      .kind;
}
}
;

TEST(ParseSensor, knows_the_quantities_of_the_host) {
  using hal::HostQuantity;
  CHECK_TRUE(quantity("load1") == HostQuantity::kLoad1);
  CHECK_TRUE(quantity("load5") == HostQuantity::kLoad5);
  CHECK_TRUE(quantity("load15") == HostQuantity::kLoad15);
  CHECK_TRUE(quantity("cpu_use") == HostQuantity::kCpuUse);
  CHECK_TRUE(quantity("memory_use") == HostQuantity::kMemoryUse);
  CHECK_TRUE(quantity("memory_free") == HostQuantity::kMemoryFree);
  CHECK_TRUE(quantity("disk_free") == HostQuantity::kDiskFree);
  CHECK_TRUE(quantity("uptime") == HostQuantity::kUptime);
  CHECK_TRUE(quantity("temperature") == HostQuantity::kTemperature);
  CHECK_TRUE(quantity("network_received") == HostQuantity::kNetworkReceived);
  CHECK_TRUE(quantity("network_sent") == HostQuantity::kNetworkSent);
}

TEST(ParseSensor, takes_what_belongs_to_the_host) {
  const auto host = sensor<hal::HostOptions>(
      in_channel_of("host",
                    "quantity = \"temperature\"\ntarget = \"cpu-thermal\"\n"
                    "procfs = \"/p\"\nsysfs = \"/s\""));
  STRCMP_EQUAL("cpu-thermal", host.target.c_str());
  STRCMP_EQUAL("/p", host.procfs.c_str());
  STRCMP_EQUAL("/s", host.sysfs.c_str());
}

TEST(ParseSensor, wants_to_know_which_disk) {
  expect("t.toml:1:1: channel[1].target: missing; disk_free needs a path, such as target = \"/\"",
         in_channel_of("host", "quantity = \"disk_free\""));
  expect("t.toml:6:10: channel[1].target: disk_free needs a path from the root, such as \"/var\"",
         in_channel_of("host", "quantity = \"disk_free\"\ntarget = \"sda1\""));
}

TEST(ParseSensor, wants_no_target_for_the_whole_machine) {
  expect(
      "t.toml:6:10: channel[1].target: this quantity is of the whole machine and takes no target",
      in_channel_of("host", "quantity = \"load1\"\ntarget = \"/\""));
}

TEST(ParseSensor, knows_the_shapes_and_faults_of_the_simulated_sensor) {
  CHECK_TRUE(shape("constant") == hal::Shape::kConstant);
  CHECK_TRUE(shape("sine") == hal::Shape::kSine);
  CHECK_TRUE(shape("noise") == hal::Shape::kNoise);
  CHECK_TRUE(shape("random_walk") == hal::Shape::kRandomWalk);
  CHECK_TRUE(shape("steps") == hal::Shape::kSteps);
  CHECK_TRUE(fault("nan") == hal::FaultKind::kNotANumber);
  CHECK_TRUE(fault("stuck") == hal::FaultKind::kStuck);
  CHECK_TRUE(fault("spike") == hal::FaultKind::kSpike);
  CHECK_TRUE(fault("timeout") == hal::FaultKind::kTimeout);
  CHECK_TRUE(fault("absent") == hal::FaultKind::kAbsent);
}

TEST(ParseSensor, takes_what_belongs_to_the_simulated_sensor) {
  const auto simulated = sensor<hal::SimulatedOptions>(
      in_channel("shape = \"sine\"\nmean = 20\namplitude = 5\nsine_period = \"12s\"\n"
                 "resolution = 0.5\nseed = 9223372036854775807\nledger = \"/l\"\n"
                 "ledger_records = 7\n"
                 "faults = [{kind = \"spike\", from = \"1s\", length = \"2s\", value = 3.5, "
                 "every = \"1m\"}, {kind = \"nan\", length = \"1s\"}]"));
  const hal::SimulatedOptions expected{
      .shape = hal::Shape::kSine,
      .mean = 20,
      .amplitude = 5,
      .period = 12s,
      .resolution = 0.5,
      .seed = 9'223'372'036'854'775'807,
      .faults =
          {{.kind = hal::FaultKind::kSpike, .from = 1s, .length = 2s, .spike = 3.5, .every = 1min},
           {.kind = hal::FaultKind::kNotANumber, .length = 1s}},
      .ledger = "/l",
      .ledger_records = 7};
  CHECK_TRUE(simulated == expected);
}

TEST(ParseSensor, wants_the_value_of_a_spike_and_of_nothing_else) {
  expect(
      "t.toml:5:11: channel[1].faults[1].value: missing; a spike needs what it adds, such as value "
      "= 50.0",
      in_channel("faults = [{kind = \"spike\", length = \"1s\"}]"));
  expect("t.toml:5:51: channel[1].faults[1].value: only a spike takes a value",
         in_channel("faults = [{kind = \"stuck\", length = \"1s\", value = 5}]"));
}

TEST(ParseSensor, wants_a_fault_to_end_before_it_begins_again) {
  expect("t.toml:5:51: channel[1].faults[1].every: every 1s is not longer than the length of 1s",
         in_channel("faults = [{kind = \"stuck\", length = \"1s\", every = \"1s\"}]"));
}

TEST(ParseSensor, wants_a_ledger_for_each_sensor) {
  expect(
      "t.toml:10:10: channel[2].ledger: \"/l\" is taken by the channel in line 5; choose another",
      in_channel("ledger = \"/l\"\n[[channel]]\nname = \"b\"\nunit = \"1\"\n"
                 "driver = \"simulated\"\nledger = \"/x/../l\""));
}

TEST(ParseSensor, takes_what_belongs_to_a_replay) {
  const auto replay = sensor<hal::ReplayOptions>(
      in_channel_of("replay",
                    "file = \"/r.csv\"\ntime_column = \"t\"\nvalue_column = \"v\"\n"
                    "speed = 60\nrepeat = true"));
  const hal::ReplayOptions expected{
      .file = "/r.csv", .time_column = "t", .value_column = "v", .speed = 60, .repeat = true};
  CHECK_TRUE(replay == expected);
}

TEST(ParseSensor, looks_for_a_relative_file_beside_the_configuration) {
  const auto outcome =
      parse(in_channel_of("replay", "file = \"data/r.csv\""), "/etc/sluice/sluice.toml", "host");
  const auto& replay = std::get<hal::ReplayOptions>(std::get<Config>(outcome).channels[0].sensor);
  STRCMP_EQUAL("/etc/sluice/data/r.csv", replay.file.c_str());
}

}  // namespace sluice::config
