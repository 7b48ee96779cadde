#include "app/safe_mode.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/check.hpp"
#include "storage/durable_file.hpp"

namespace sluice::app {
namespace {

// Drivers, filters, rules and outputs of the operator may all be the cause, so none of them is
// here.
constexpr std::string_view kBareChannels = R"(
[[channel]]
name = "safe_mode_load"
driver = "host"
quantity = "load1"
unit = "1"
period = "10s"

[[channel]]
name = "safe_mode_memory_use"
driver = "host"
quantity = "memory_use"
unit = "%"
period = "10s"

[[channel]]
name = "safe_mode_disk_free"
driver = "host"
quantity = "disk_free"
target = "/"
unit = "B"
period = "1m"
)";

void make_bare(config::Config& config) {
  const auto bare = config::parse(kBareChannels, "safe mode", "safe_mode");
  CHECK(std::holds_alternative<config::Config>(bare));
  config.channels = std::get<config::Config>(bare).channels;
  config.actuators.clear();
}

}  // namespace

std::optional<config::Config> LastGood::load(const std::string& asked_for) const {
  auto loaded = config::load(path_, asked_for);
  if (auto* const config = std::get_if<config::Config>(&loaded)) return std::move(*config);
  return std::nullopt;
}

Result<> LastGood::keep(const std::string& file, const std::string& hash) const {
  if (const auto kept = load(file); kept && kept->hash == hash) return Ok{};
  const std::string fresh = path_ + ".new";
  std::error_code failure;
  std::filesystem::copy_file(file, fresh, std::filesystem::copy_options::overwrite_existing,
                             failure);
  if (failure) return Error{ErrorCode::kUnavailable, fresh + ": " + failure.message()};
  const auto copied = config::load(fresh, file);
  const auto* const config = std::get_if<config::Config>(&copied);
  if (config == nullptr || config->hash != hash) {
    std::filesystem::remove(fresh, failure);
    return Error{ErrorCode::kNotFound, file + " has changed since it was applied"};
  }
  if (Result<> synced = storage::sync_file(fresh); !synced.ok()) return synced;
  return storage::rename_durably(fresh, path_);
}

std::optional<SafeMode> SafeMode::choose(
    const StartHistory::BadStarts& bad, const std::variant<config::Config, config::Problems>& asked,
    const std::optional<config::Config>& last_good) {
  const auto* const wanted = std::get_if<config::Config>(&asked);
  if (bad.count < kBadStarts || (wanted == nullptr && !last_good)) return std::nullopt;
  SafeMode mode;
  mode.reason = std::to_string(bad.count) + " bad starts in 5 min, " + bad.last;
  const bool bare = bad.count >= kBadStartsUntilBare;
  const bool has_other = last_good && (wanted == nullptr || last_good->hash != wanted->hash);
  mode.config = has_other ? *last_good : *wanted;
  if (has_other) mode.reason += "; last good configuration";
  // What may be wrong with the buffer is out of the way until a start without safe mode. That is
  // done when a step begins and not at each start after it: few are kept, and each holds readings.
  using Earlier = storage::Options::Earlier;
  const bool suspects_buffer = !has_other || bare;
  mode.config.storage.earlier = Earlier::kLeave;
  if (suspects_buffer &&
      (bad.count == kBadStarts || bad.count == kBadStartsUntilBare || !bad.in_safe_mode)) {
    mode.config.storage.earlier = Earlier::kSetAside;
    mode.reason += "; fresh buffer";
  }
  if (bare) {
    make_bare(mode.config);
    mode.reason += "; own channels only";
  }
  return mode;
}

}  // namespace sluice::app
