#include "app/query_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/time_text.hpp"

namespace sluice::app {
namespace {

using Kind = QueryAggregate::Kind;
using Json = nlohmann::ordered_json;

struct Known {
  std::string_view name;
  Kind kind;
};
constexpr std::array kKnown{
    Known{"count", Kind::kCount},      Known{"bad", Kind::kBad},     Known{"min", Kind::kMin},
    Known{"max", Kind::kMax},          Known{"mean", Kind::kMean},   Known{"sum", Kind::kSum},
    Known{"stddev", Kind::kDeviation}, Known{"first", Kind::kFirst}, Known{"last", Kind::kLast},
    Known{"delta", Kind::kDelta},      Known{"rate", Kind::kRate},
};

// "p50", "p99.9".
std::optional<double> parse_quantile(std::string_view name) {
  if (!name.starts_with('p')) return std::nullopt;
  double percent = 0.0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), percent);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  if (!(percent >= 0.0 && percent <= 100.0)) return std::nullopt;
  return percent / 100.0;
}

Result<QueryAggregate> parse_aggregate(std::string_view name) {
  for (const Known& known : kKnown) {
    if (known.name == name) return QueryAggregate{known.kind, 0.0, std::string(name)};
  }
  if (const std::optional<double> quantile = parse_quantile(name)) {
    return QueryAggregate{Kind::kQuantile, *quantile, std::string(name)};
  }
  std::string all;
  for (const Known& known : kKnown) all += std::string(known.name) + ", ";
  return Error{ErrorCode::kInvalid, "\"" + std::string(name) + "\" is not one of " + all +
                                        "p0 to p100 (p50 is the median)"};
}

// Counts are there always, the rest only with a good value.
std::optional<double> value_of(const QueryAggregate& aggregate, const QueryWindow& window) {
  const Summary& summary = window.summary;
  if (aggregate.kind == Kind::kCount) return static_cast<double>(summary.count());
  if (aggregate.kind == Kind::kBad) {
    return static_cast<double>(summary.readings() - summary.count());
  }
  if (summary.count() == 0) return std::nullopt;
  switch (aggregate.kind) {
    case Kind::kMin:
      return summary.min();
    case Kind::kMax:
      return summary.max();
    case Kind::kMean:
      return summary.mean();
    case Kind::kSum:
      return summary.sum();
    case Kind::kDeviation:
      return summary.deviation();
    case Kind::kFirst:
      return summary.first()->value;
    case Kind::kLast:
      return summary.last()->value;
    case Kind::kDelta:
      return summary.delta();
    case Kind::kRate:
      return summary.rate();
    case Kind::kQuantile:
      return window.quantiles.quantile(aggregate.quantile);
    case Kind::kCount:
    case Kind::kBad:
      break;
  }
  return std::nullopt;
}

// The shortest text that reads back as the same number.
std::string text_of(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc{} ? std::string(buffer.data(), end) : "nan";
}

// For people: six digits are enough.
std::string short_text_of(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::general, 6);
  return error == std::errc{} ? std::string(buffer.data(), end) : "nan";
}

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// Of a column of the table, and of its first one without the fractions of a second.
constexpr std::size_t kWidth = 12;
constexpr std::size_t kTimeWidth = 20;

std::string to_the_second(WallTime time) {
  return to_iso8601(time).substr(0, kTimeWidth - 1) + "Z";
}

}  // namespace

Result<std::vector<QueryAggregate>> parse_aggregates(std::string_view text) {
  std::vector<QueryAggregate> aggregates;
  while (true) {
    const std::size_t comma = text.find(',');
    Result<QueryAggregate> one = parse_aggregate(text.substr(0, comma));
    if (!one) return one.error();
    aggregates.push_back(std::move(*one));
    if (comma == std::string_view::npos) return aggregates;
    text.remove_prefix(comma + 1);
  }
}

std::string head_of(QueryFormat format) {
  switch (format) {
    case QueryFormat::kTable:
      return padded("time", 30) + "  " + padded("value", kWidth) + "  quality\n";
    case QueryFormat::kCsv:
      return "time,value,quality\n";
    case QueryFormat::kJson:
      return "";
  }
  return "";
}

std::string line_of(const QueryReading& reading, QueryFormat format) {
  const std::string time = to_iso8601(reading.time);
  const std::string quality(name_of(reading.quality));
  switch (format) {
    case QueryFormat::kTable:
      return time + "  " + padded(text_of(reading.value), kWidth) + "  " + quality + "\n";
    case QueryFormat::kCsv:
      return time + "," + text_of(reading.value) + "," + quality + "\n";
    case QueryFormat::kJson:
      return Json{{"time", time}, {"value", number(reading.value)}, {"quality", quality}}.dump() +
             "\n";
  }
  return "";
}

std::string head_of(const std::vector<QueryAggregate>& aggregates, QueryFormat format) {
  if (format == QueryFormat::kJson) return "";
  const bool csv = format == QueryFormat::kCsv;
  std::string line = csv ? "begin,end" : padded("begin", kTimeWidth);
  for (const QueryAggregate& aggregate : aggregates) {
    line += csv ? "," + aggregate.name : "  " + padded(aggregate.name, kWidth);
  }
  return line + "\n";
}

std::string line_of(WallTime begin, const QueryWindow& window,
                    const std::vector<QueryAggregate>& aggregates, QueryFormat format) {
  if (format == QueryFormat::kJson) {
    Json json{{"begin", to_iso8601(begin)}, {"end", to_iso8601(window.end)}};
    for (const QueryAggregate& aggregate : aggregates) {
      const std::optional<double> value = value_of(aggregate, window);
      json[aggregate.name] = value ? number(*value) : Json();
    }
    return json.dump() + "\n";
  }
  const bool csv = format == QueryFormat::kCsv;
  std::string line = csv ? to_iso8601(begin) + "," + to_iso8601(window.end) : to_the_second(begin);
  for (const QueryAggregate& aggregate : aggregates) {
    const std::optional<double> value = value_of(aggregate, window);
    line += csv ? "," + (value ? text_of(*value) : "")
                : "  " + padded(value ? short_text_of(*value) : "-", kWidth);
  }
  return line + "\n";
}

}  // namespace sluice::app
