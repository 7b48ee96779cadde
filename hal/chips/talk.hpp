#pragma once
// Numbers in lines of text that devices send by themselves. Pure functions.

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::hal::talk {

// What a channel looks for in each line.
enum class Format { kNmea, kKeyValue, kFields };
struct Wanted {
  Format format = Format::kFields;
  std::string name{};     // the sentence, with or without its talker ("GPGGA" or "GGA"); or the key
  std::size_t field = 0;  // from 1: behind the sentence's name, or in the line

  bool operator==(const Wanted&) const = default;
};

enum class Verdict {
  kOther,    // nothing of what is wanted
  kDamaged,  // it cannot be believed: a wrong checksum, or no number where one is wanted
  kEmpty,    // the field is there and empty: the device does not know
  kNumber,
};
struct Heard {
  Verdict verdict = Verdict::kOther;
  double value = 0.0;
};

// NMEA 0183 (version 4, chapter 5.3): "$GPGGA,f1,f2,...*hh", hh the exclusive or of all bytes
// between $ and *. A sentence without a checksum is damaged.
// Key and value: "key=value" or "key:value", several parted by commas, semicolons or blanks.
// Fields: numbers parted by commas, semicolons, tabs or blanks.
// A unit may follow a number of the last two directly: "21.5C".
Heard hear(std::string_view line, const Wanted& wanted);

}  // namespace sluice::hal::talk
