// Replays recordings through the anomaly rule, the same objects that the loop has: every CSV file
// (timestamp,value) under DIR/data as a channel of its own, into a file of the same path under OUT
// (timestamp,anomaly_score), a row for a row. The score stands on the row that raises an alarm;
// elsewhere it is 0. Prints what it took, one JSON object per line.
//
// detector_bench DIR OUT

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/anomaly.hpp"
#include "core/condition.hpp"
#include "tests/bench/processor_time.hpp"

namespace sluice::bench {
namespace {

using std::filesystem::path;

struct Row {
  std::string stamp;  // as it was written
  Instant tick;
  double value = 0.0;  // not finite for a missing one
};

[[noreturn]] void give_up(const path& file, std::size_t line, std::string_view what) {
  std::cerr << "detector_bench: " << file.string() << ':' << line << ": " << what << '\n';
  std::exit(2);
}

// "2014-04-01 00:00:00", with a T or a fraction if need be, or plain seconds.
std::optional<Instant> parse_stamp(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  double second = 0.0;
  const int found = std::sscanf(text.c_str(), "%d-%u-%u%*1[ T]%d:%d:%lf", &year, &month, &day,
                                &hour, &minute, &second);
  double since_1970 = 0.0;
  if (found == 6 || found == 5) {
    const std::chrono::sys_days date =
        std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
    since_1970 = static_cast<double>(date.time_since_epoch().count()) * 86'400.0 + hour * 3'600.0 +
                 minute * 60.0 + second;
  } else {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, since_1970);
    if (error != std::errc() || stop != end) return std::nullopt;
  }
  return instant_from_ns(std::llround(since_1970 * 1e3) * 1'000'000);
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else if (c != '\r' && c != '"') {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<Row> read_rows(const path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> header = fields_of(line);
  const auto column = [&](std::string_view name) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) give_up(file, 1, "no column '" + std::string(name) + "'");
    return static_cast<std::size_t>(found - header.begin());
  };
  const std::size_t stamp = column("timestamp");
  const std::size_t value = column("value");
  std::vector<Row> rows;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() <= std::max(stamp, value)) give_up(file, number, "too few columns");
    const std::optional<Instant> tick = parse_stamp(fields[stamp]);
    if (!tick) give_up(file, number, "expected a time, found '" + fields[stamp] + "'");
    const std::string& text = fields[value];
    double parsed = std::nan("");
    std::from_chars(text.data(), text.data() + text.size(), parsed);
    rows.push_back({fields[stamp], *tick, parsed});
  }
  return rows;
}

// The scores of a fresh channel.
std::vector<double> score(const std::vector<Row>& rows) {
  AnomalyDetector detector;
  AnomalyAlarm alarm(kAnomalyDecades);
  std::vector<double> scores;
  scores.reserve(rows.size());
  for (const Row& row : rows) {
    std::optional<double> found;
    if (std::isfinite(row.value)) found = detector.update(row.tick, row.value);
    scores.push_back(found && alarm.update(*found) ? *found : 0.0);
  }
  return scores;
}

// What a plain limit takes, which no value reaches.
std::size_t compare(const std::vector<Row>& rows) {
  ConditionState condition(Above{.limit = 1e300, .clear = 1e300});
  std::size_t held = 0;
  for (const Row& row : rows) {
    std::optional<double> good;
    if (std::isfinite(row.value)) good = row.value;
    held += condition.update(row.tick, good) == Verdict::kHolds ? 1 : 0;
  }
  return held;
}

void write_scores(const path& file, const std::vector<Row>& rows,
                  const std::vector<double>& scores) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  std::ofstream out(file);
  out << "timestamp,anomaly_score\n";
  for (std::size_t i = 0; i < rows.size(); ++i) out << rows[i].stamp << ',' << scores[i] << '\n';
  out.close();
  if (!out) give_up(file, 0, "could not be written");
}

double days_of(const std::vector<Row>& rows) {
  if (rows.empty()) return 0.0;
  return std::max(0.0, to_seconds(rows.back().tick - rows.front().tick) / 86'400.0);
}

void print(std::string_view name, double value, std::string_view unit) {
  std::cout << nlohmann::json{{"name", name}, {"value", value}, {"unit", unit}} << '\n';
}

int run(const path& from, const path& to) {
  const path data = from / "data";
  std::vector<path> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator each(data, error), end; each != end;
       each.increment(error)) {
    if (error) break;
    if (each->is_regular_file() && each->path().extension() == ".csv") files.push_back(*each);
  }
  if (error || files.empty()) give_up(data, 0, "no readable folder with .csv files in it");
  std::sort(files.begin(), files.end());

  constexpr int kRounds = 5;  // the least counts: whatever else runs only adds
  std::vector<double> rule_ns(kRounds, 0.0);
  std::vector<double> limit_ns(kRounds, 0.0);
  std::size_t readings = 0;
  std::size_t held = 0;
  double alarms = 0.0;
  double days = 0.0;
  for (const path& file : files) {
    const std::vector<Row> rows = read_rows(file);
    std::vector<double> scores;
    for (std::size_t round = 0; round < kRounds; ++round) {
      const double begin = processor_ns();
      scores = score(rows);
      const double middle = processor_ns();
      held += compare(rows);
      limit_ns[round] += processor_ns() - middle;
      rule_ns[round] += middle - begin;
    }
    write_scores(to / std::filesystem::relative(file, data), rows, scores);
    readings += rows.size();
    alarms += static_cast<double>(
        std::count_if(scores.begin(), scores.end(), [](double s) { return s > 0.0; }));
    days += days_of(rows);
  }
  if (held != 0) give_up(data, 0, "a value of 1e300 or more");
  const double count = static_cast<double>(std::max<std::size_t>(readings, 1));
  print("files", static_cast<double>(files.size()), "");
  print("readings", count, "");
  print("alarms", alarms, "");
  print("alarms per channel and day", days > 0.0 ? alarms / days : 0.0, "");
  print("anomaly rule, a beat per reading",
        *std::min_element(rule_ns.begin(), rule_ns.end()) / count, "ns");
  print("plain limit", *std::min_element(limit_ns.begin(), limit_ns.end()) / count, "ns");
  print("state of a channel", static_cast<double>(sizeof(AnomalyDetector)), "B");
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "usage: detector_bench DIR OUT\n";
    return 2;
  }
  return sluice::bench::run(words[1], words[2]);
}
