#include "hal/host_cpu.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

// Fields of the "cpu" line of /proc/stat, proc(5). The guest times after steal are not read: they
// are part of user and nice already.
enum Field { kUser, kNice, kSystem, kIdle, kIoWait, kIrq, kSoftIrq, kSteal, kFieldCount };

// The line comes first; the rest of the file grows with the number of interrupts.
constexpr std::size_t kBytesRead = 512;

std::uint64_t increase(std::uint64_t from, std::uint64_t to) {
  return to > from ? to - from : 0;
}

}  // namespace

Result<double> CpuUse::measure(const std::string& procfs) {
  const std::string path = procfs + "/stat";
  const Result<std::string> text = read_start_of_file(path, kBytesRead);
  if (!text) return text.error();

  std::string_view rest = *text;
  std::string_view line = take_line(rest).value_or(std::string_view());
  bool readable = take_word(line) == "cpu";
  std::array<std::uint64_t, kFieldCount> ticks{};
  for (std::uint64_t& field : ticks) {
    const std::optional<std::uint64_t> number = parse_count(take_word(line));
    readable = readable && number.has_value();
    field = number.value_or(0);
  }
  if (!readable) return Error{ErrorCode::kCorrupt, path + " has no line of CPU times"};

  const std::uint64_t busy =
      ticks[kUser] + ticks[kNice] + ticks[kSystem] + ticks[kIrq] + ticks[kSoftIrq] + ticks[kSteal];
  const std::uint64_t idle = ticks[kIdle] + ticks[kIoWait];
  // The kernel's counts may step back a little, the I/O wait above all.
  const auto busy_for = static_cast<double>(increase(busy_, busy));
  const auto idle_for = static_cast<double>(increase(idle_, idle));
  busy_ = busy;
  idle_ = idle;
  // Two calls within one tick: nothing new is known.
  if (busy_for + idle_for > 0.0) percent_ = 100.0 * busy_for / (busy_for + idle_for);
  return percent_;
}

}  // namespace sluice::hal
