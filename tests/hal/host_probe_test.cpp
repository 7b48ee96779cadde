#include "hal/host_probe.hpp"

#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(HostProbe) {
  TemporaryFolder root;

  void setup() override {
    root.write("proc/loadavg", "0.52 1.58 10.59 2/467 18203\n");
    root.write("proc/uptime", "3600.25 14000.10\n");
    root.write("proc/stat", "cpu  30 0 0 70 0 0 0 0 0 0\n");
    root.write("proc/meminfo",
               "MemTotal:        4000 kB\nMemFree:          100 kB\nMemAvailable:    1000 kB\n");
    root.write("proc/net/dev",
               "Inter-|   Receive                  |  Transmit\n"
               " face |bytes    packets errs drop fifo frame compressed multicast|bytes  packets\n"
               "    lo:    3267      29    0    0    0     0          0         0     9999     29\n"
               "  eth0:5000000000   10    0    0    0     0          0         0     600      3\n"
               " wlan0:    70      10    0    0    0     0          0         0       8      3\n");
    root.write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
    root.write("sys/class/thermal/thermal_zone0/temp", "48312\n");
  }
  Result<double> measure(HostQuantity quantity, const std::string& target = "") {
    HostProbe probe({.quantity = quantity,
                     .target = target,
                     .procfs = root.path_of("proc"),
                     .sysfs = root.path_of("sys")});
    return probe.measure(Instant{});
  }
  void check_measures(double value, HostQuantity quantity, const std::string& target = "") {
    DOUBLES_EQUAL(value, measure(quantity, target).value(), 1e-9);
  }
  void check_fails(ErrorCode code, HostQuantity quantity, const std::string& target = "") {
    const Result<double> measured = measure(quantity, target);
    CHECK_FALSE(measured.ok());
    CHECK_TRUE(measured.error().code == code);
    CHECK_FALSE(measured.error().message.empty());
  }
};

TEST(HostProbe, measures_the_load_averages) {
  check_measures(0.52, HostQuantity::kLoad1);
  check_measures(1.58, HostQuantity::kLoad5);
  check_measures(10.59, HostQuantity::kLoad15);
}

TEST(HostProbe, measures_the_uptime) {
  check_measures(3600.25, HostQuantity::kUptime);
}

TEST(HostProbe, measures_the_cpu_use) {
  check_measures(30.0, HostQuantity::kCpuUse);
}

TEST(HostProbe, measures_the_memory) {
  check_measures(75.0, HostQuantity::kMemoryUse);
  check_measures(1'024'000.0, HostQuantity::kMemoryFree);
}

TEST(HostProbe, measures_the_temperature) {
  check_measures(48.312, HostQuantity::kTemperature);
  check_measures(48.312, HostQuantity::kTemperature, "cpu-thermal");
}

TEST(HostProbe, measures_the_free_disk_space) {
  CHECK_TRUE(measure(HostQuantity::kDiskFree, root.path()).value() > 0.0);
  CHECK_TRUE(measure(HostQuantity::kDiskFree).value() > 0.0);
}

TEST(HostProbe, measures_one_network_interface) {
  check_measures(5e9, HostQuantity::kNetworkReceived, "eth0");
  check_measures(600.0, HostQuantity::kNetworkSent, "eth0");
  check_measures(9999.0, HostQuantity::kNetworkSent, "lo");
}

TEST(HostProbe, measures_all_network_interfaces_but_loopback) {
  check_measures(5e9 + 70.0, HostQuantity::kNetworkReceived);
  check_measures(608.0, HostQuantity::kNetworkSent);
}

TEST(HostProbe, does_not_find_what_the_machine_does_not_have) {
  root.remove("proc");
  root.remove("sys");
  for (const HostQuantity quantity :
       {HostQuantity::kLoad1, HostQuantity::kCpuUse, HostQuantity::kMemoryUse,
        HostQuantity::kMemoryFree, HostQuantity::kUptime, HostQuantity::kTemperature,
        HostQuantity::kNetworkReceived, HostQuantity::kNetworkSent}) {
    check_fails(ErrorCode::kNotFound, quantity);
  }
}

TEST(HostProbe, does_not_find_a_target_that_is_not_there) {
  check_fails(ErrorCode::kNotFound, HostQuantity::kNetworkSent, "eth1");
  check_fails(ErrorCode::kNotFound, HostQuantity::kNetworkSent, "eth");
  check_fails(ErrorCode::kNotFound, HostQuantity::kDiskFree, root.path_of("absent"));
}

TEST(HostProbe, does_not_find_a_network_on_a_machine_with_loopback_alone) {
  root.write("proc/net/dev", "headings\nheadings\n lo: 1 2 3 4 5 6 7 8 9\n");
  check_fails(ErrorCode::kNotFound, HostQuantity::kNetworkReceived);
}

TEST(HostProbe, does_not_guess_at_text_of_another_form) {
  root.write("proc/loadavg", "0,52 1,58\n");
  check_fails(ErrorCode::kCorrupt, HostQuantity::kLoad1);
  check_fails(ErrorCode::kCorrupt, HostQuantity::kLoad15);
  root.write("proc/uptime", "");
  check_fails(ErrorCode::kCorrupt, HostQuantity::kUptime);
  root.write("proc/meminfo", "MemTotal: 4000 kB\n");
  check_fails(ErrorCode::kCorrupt, HostQuantity::kMemoryUse);
  root.write("proc/meminfo", "MemTotal: 0 kB\nMemAvailable: 0 kB\n");
  check_fails(ErrorCode::kCorrupt, HostQuantity::kMemoryUse);
  root.write("proc/net/dev", "headings\nheadings\n eth0: 1 2 3\n");
  check_fails(ErrorCode::kCorrupt, HostQuantity::kNetworkSent);
  root.write("proc/net/dev", "headings\nheadings\n eth0 1 2 3\n");
  check_fails(ErrorCode::kCorrupt, HostQuantity::kNetworkReceived);
}
