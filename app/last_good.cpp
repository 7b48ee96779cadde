#include "app/last_good.hpp"

#include <filesystem>
#include <system_error>
#include <variant>

#include "storage/durable_file.hpp"

namespace sluice::app {

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

}  // namespace sluice::app
