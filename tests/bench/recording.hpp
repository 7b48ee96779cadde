#pragma once
// Readings to measure with: what a file holds, and what is declared of its channels.

#include <optional>
#include <string>
#include <vector>

#include "core/reading.hpp"
#include "core/result.hpp"

namespace sluice::bench {

// A channel as its owner declares it: its values are mostly offset + n * scale.
struct DeclaredChannel {
  std::string name;
  std::optional<double> scale;
  double offset = 0.0;
};

struct Recording {
  std::string name;
  std::vector<DeclaredChannel> channels;  // by number
  std::vector<Reading> readings;          // in order of arrival; each channel's in order of time
  bool is_log = false;                    // as a gateway logs, not a table of few columns
};

// Reads either form of CSV: `time_us,channel,value,quality` as a gateway would log it (values are
// hexadecimal floats, nan:<hex> or inf; qualities are numbers), or a column of times followed by
// columns of values, where an empty cell is a missing reading, held as the gateway holds one. Times
// of the second form are as parse_recorded_time() has them or, when the column's name ends with
// _ms, _us or _ns, counted in that unit; rows are put in order of time. Stamps are rounded to
// microseconds.
//
// `declared` names a JSON file, an array of {"channel", "name", "scale", "offset"}; empty:
// mix.csv.json or mix.json beside mix.csv, if there is one.
Result<Recording> read_recording(const std::string& path, const std::string& declared);

}  // namespace sluice::bench
