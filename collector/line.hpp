#pragma once
// One reading or alert as one line of text: for people, as JSON, or as CSV. Texts come from
// gateways and may hold anything; no line lets them out unescaped. Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/alert.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"
#include "core/time_text.hpp"

namespace sluice::collector {

enum class Format { kLines, kJson, kCsv };

// When something happened, as far as it is known. Without wall time the boot time must do.
struct When {
  Instant boot;
  std::optional<WallTime> wall;
};

struct ReadingLine {
  std::string_view gateway;
  std::string_view channel;
  std::string_view unit;
  When when;
  double value = 0.0;
  Quality quality = Quality::kGood;
  bool backlog = false;  // it has just arrived, and had waited while there was no link
};

struct AlertLine {
  std::string_view gateway;
  std::string_view alert;
  std::string_view channel;
  When when;
  AlertChange change = AlertChange::kRaised;
  Severity severity = Severity::kWarning;
  double value = 0.0;
  std::uint32_t count = 0;
  bool live = false;  // a first word of it; the record comes later
};

// Each ends with a line end. CSV has readings only.
std::string to_line(const ReadingLine& reading, Format format);
// REQUIRES: format is not kCsv.
std::string to_line(const AlertLine& alert, Format format);
inline constexpr std::string_view kCsvHead = "time,boot_s,gateway,channel,value,unit,quality\n";

// For terminals and logs: no control character gets through.
std::string plain(std::string_view text);

}  // namespace sluice::collector
