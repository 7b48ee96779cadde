#include "hal/host_probe.hpp"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/check.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

// The number in word `index` of a one-line file.
Result<double> read_word(const std::string& path, int index) {
  const Result<std::string> text = read_small_file(path);
  if (!text) return text.error();
  std::string_view rest = *text;
  for (int i = 0; i < index; ++i) take_word(rest);
  const std::optional<double> number = parse_double(take_word(rest));
  if (!number) return Error{ErrorCode::kCorrupt, path + " does not hold the expected numbers"};
  return *number;
}

struct Memory {
  double total_bytes = 0.0;
  double available_bytes = 0.0;
};

Result<Memory> read_memory(const std::string& procfs) {
  const std::string path = procfs + "/meminfo";
  const Result<std::string> text = read_small_file(path);
  if (!text) return text.error();
  std::optional<std::uint64_t> total;
  std::optional<std::uint64_t> available;
  std::string_view rest = *text;
  while (const std::optional<std::string_view> line = take_line(rest)) {
    std::string_view words = *line;
    const std::string_view key = take_word(words);
    if (key == "MemTotal:") total = parse_count(take_word(words));
    if (key == "MemAvailable:") available = parse_count(take_word(words));
  }
  if (!total || !available || *total == 0) {
    return Error{ErrorCode::kCorrupt, path + " tells no MemTotal and MemAvailable"};
  }
  constexpr double kBytesPerUnit = 1024.0;  // the file says kB and means KiB, proc(5)
  return Memory{.total_bytes = static_cast<double>(*total) * kBytesPerUnit,
                .available_bytes = static_cast<double>(*available) * kBytesPerUnit};
}

Result<double> read_memory_use(const std::string& procfs) {
  const Result<Memory> memory = read_memory(procfs);
  if (!memory) return memory.error();
  return 100.0 * (1.0 - memory->available_bytes / memory->total_bytes);
}

Result<double> read_memory_free(const std::string& procfs) {
  const Result<Memory> memory = read_memory(procfs);
  if (!memory) return memory.error();
  return memory->available_bytes;
}

Result<double> read_disk_free(const std::string& path) {
  struct statvfs file_system {};
  if (statvfs(path.c_str(), &file_system) != 0) return system_error(path, errno);
  return static_cast<double>(file_system.f_bavail) * static_cast<double>(file_system.f_frsize);
}

// Word of an interface's line in /proc/net/dev, counted after the colon: bytes in, 7 more counts,
// bytes out.
enum NetworkWord { kReceived = 0, kSent = 8 };

// Of interface `target`; empty: all but loopback.
Result<double> read_network(const std::string& procfs, const std::string& target,
                            NetworkWord word) {
  const std::string path = procfs + "/net/dev";
  const Result<std::string> text = read_small_file(path);
  if (!text) return text.error();
  std::string_view rest = *text;
  bool found = false;
  double bytes = 0.0;
  take_line(rest);  // two lines of headings
  take_line(rest);
  while (const std::optional<std::string_view> line = take_line(rest)) {
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos) return Error{ErrorCode::kCorrupt, path + " has no colon"};
    const std::string_view name = trimmed(line->substr(0, colon));
    if (target.empty() ? name == "lo" : name != target) continue;
    std::string_view counts = line->substr(colon + 1);
    for (int i = 0; i < word; ++i) take_word(counts);
    const std::optional<std::uint64_t> count = parse_count(take_word(counts));
    if (!count) return Error{ErrorCode::kCorrupt, path + " does not hold the expected counts"};
    bytes += static_cast<double>(*count);
    found = true;
  }
  if (found) return bytes;
  return Error{ErrorCode::kNotFound, target.empty() ? "this machine has no network but loopback"
                                                    : "no network interface \"" + target + "\""};
}

}  // namespace

HostProbe::HostProbe(const HostOptions& options)
    : options_(options), thermometer_(options.sysfs, options.target) {}

Result<double> HostProbe::measure(Instant) {
  const std::string& procfs = options_.procfs;
  switch (options_.quantity) {
    case HostQuantity::kLoad1:
      return read_word(procfs + "/loadavg", 0);
    case HostQuantity::kLoad5:
      return read_word(procfs + "/loadavg", 1);
    case HostQuantity::kLoad15:
      return read_word(procfs + "/loadavg", 2);
    case HostQuantity::kCpuUse:
      return cpu_.measure(procfs);
    case HostQuantity::kMemoryUse:
      return read_memory_use(procfs);
    case HostQuantity::kMemoryFree:
      return read_memory_free(procfs);
    case HostQuantity::kDiskFree:
      return read_disk_free(options_.target.empty() ? "/" : options_.target);
    case HostQuantity::kUptime:
      return read_word(procfs + "/uptime", 0);
    case HostQuantity::kTemperature:
      return thermometer_.measure();
    case HostQuantity::kNetworkReceived:
      return read_network(procfs, options_.target, kReceived);
    case HostQuantity::kNetworkSent:
      return read_network(procfs, options_.target, kSent);
  }
  check_failed("a quantity that exists", __FILE__, __LINE__);
}

}  // namespace sluice::hal
