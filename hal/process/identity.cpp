#include "hal/process/identity.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "hal/small_file.hpp"

namespace sluice::hal {

Result<std::string> boot_id(const std::string& procfs) {
  const std::string path = procfs + "/sys/kernel/random/boot_id";
  Result<std::string> text = read_small_file(path);
  if (!text) return text;
  const std::string_view id = trimmed(*text);
  constexpr std::size_t kUuidLength = 36;
  const auto belongs = [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (id.size() != kUuidLength || !std::all_of(id.begin(), id.end(), belongs)) {
    return Error{ErrorCode::kCorrupt, path + " does not hold a boot id"};
  }
  return std::string(id);
}

Result<RunId> random_run_id() {
  RunId run;
  std::span<std::uint8_t> rest(run.bytes);
  while (!rest.empty()) {
    const ssize_t count = getrandom(rest.data(), rest.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{ErrorCode::kUnavailable, "the kernel gives no random bytes"};
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
  return run;
}

}  // namespace sluice::hal
