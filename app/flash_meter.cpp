#include "app/flash_meter.hpp"

#include <chrono>

namespace sluice::app {
namespace {

constexpr Duration kRateAfter = std::chrono::minutes(10);
constexpr double kSecondsPerDay = 86'400.0;
constexpr double kDaysPerYear = 365.25;

}  // namespace

std::optional<double> bytes_per_day(const FlashUse& use) {
  if (!use.device_bytes || use.over < kRateAfter) return std::nullopt;
  return static_cast<double>(*use.device_bytes) / to_seconds(use.over) * kSecondsPerDay;
}

std::optional<double> card_life_years(const FlashUse& use) {
  const std::optional<double> rate = bytes_per_day(use);
  if (!rate || *rate <= 0.0 || use.endurance_bytes == 0) return std::nullopt;
  return static_cast<double>(use.endurance_bytes) / (*rate * kWriteAmplification) / kDaysPerYear;
}

}  // namespace sluice::app
