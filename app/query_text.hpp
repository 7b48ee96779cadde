#pragma once
// Answers of `sluice query` as text. Pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "app/query.hpp"
#include "core/result.hpp"

namespace sluice::app {

enum class QueryFormat { kTable, kCsv, kJson };

// What is told of a window.
struct QueryAggregate {
  enum class Kind {
    kCount,
    kBad,
    kMin,
    kMax,
    kMean,
    kSum,
    kDeviation,
    kFirst,
    kLast,
    kDelta,
    kRate,
    kQuantile
  };
  Kind kind = Kind::kCount;
  double quantile = 0.0;  // of kQuantile
  std::string name;       // as it was asked for
};

// "count,mean,p95": names of the table in docs/query.md, separated by commas. kInvalid, with what
// there is, for others.
Result<std::vector<QueryAggregate>> parse_aggregates(std::string_view text);

// Each ends with a line end; JSON is one object a line, CSV and table begin with a head.
std::string head_of(QueryFormat format);
std::string line_of(const QueryReading& reading, QueryFormat format);
std::string head_of(const std::vector<QueryAggregate>& aggregates, QueryFormat format);
std::string line_of(WallTime begin, const QueryWindow& window,
                    const std::vector<QueryAggregate>& aggregates, QueryFormat format);

}  // namespace sluice::app
