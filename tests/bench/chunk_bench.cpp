// How small the readings of a recording become, and what it costs: the gateway's own format beside
// others, in one process. Prints one JSON object per line; script/bench makes a table of them. What
// does not come back bit for bit ends it with status 1.
//
// usage: chunk_bench [--declare JSON] [FILE...]; without a file, on recordings of its own.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/bench/format.hpp"
#include "tests/bench/plant.hpp"
#include "tests/bench/processor_time.hpp"
#include "tests/bench/recording.hpp"

namespace sluice::bench {
namespace {

constexpr std::array<std::size_t, 3> kGroupSizes{100, 1'000, 10'000};
// Groups that are timed at least, so that their median means something.
constexpr std::size_t kTimedMin = 31;

// One group with what its parts point to.
class Cut {
 public:
  Cut(const Recording& recording, std::size_t begin, std::size_t count)
      : by_channel_(recording.readings.begin() + static_cast<std::ptrdiff_t>(begin),
                    recording.readings.begin() + static_cast<std::ptrdiff_t>(begin + count)) {
    std::stable_sort(by_channel_.begin(), by_channel_.end(),
                     [](const Reading& a, const Reading& b) { return a.channel < b.channel; });
    group_.arrived = std::span(recording.readings).subspan(begin, count);
    group_.declared = recording.channels;
    for (auto first = by_channel_.begin(); first != by_channel_.end();) {
      const auto last = std::find_if(first, by_channel_.end(), [&](const Reading& reading) {
        return reading.channel != first->channel;
      });
      group_.channels.emplace_back(first, last);
      first = last;
    }
  }

  const Group& group() const { return group_; }
  std::span<const Reading> in(Order order) const {
    return order == Order::kArrival ? group_.arrived : std::span<const Reading>(by_channel_);
  }

 private:
  std::vector<Reading> by_channel_;
  Group group_;
};

std::vector<Cut> cut(const Recording& recording, std::size_t size) {
  std::vector<Cut> cuts;
  const std::size_t total = recording.readings.size();
  for (std::size_t begin = 0; begin < total; begin += size) {
    cuts.emplace_back(recording, begin, std::min(size, total - begin));
  }
  return cuts;
}

bool same(const Reading& a, const Reading& b) {
  return a.time == b.time && a.channel == b.channel && a.quality == b.quality &&
         std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Outcome {
  bool exact = true;
  double bytes = 0.0;      // per reading
  double encode_ns = 0.0;  // per reading, median of the groups
  double decode_ns = 0.0;
};

Outcome measure(const Format& format, const std::vector<Cut>& cuts) {
  std::vector<double> encode_ns;
  std::vector<double> decode_ns;
  std::size_t bytes = 0;
  std::size_t readings = 0;
  Outcome outcome;
  do {
    for (const Cut& cut : cuts) {
      const std::span<const Reading> expected = cut.in(format.order);
      const auto count = static_cast<double>(expected.size());
      const double begin = processor_ns();
      const Bytes payload = format.encode(cut.group());
      const double encoded = processor_ns();
      const std::vector<Reading> decoded = format.decode(payload, cut.group().declared);
      const double end = processor_ns();
      encode_ns.push_back((encoded - begin) / count);
      decode_ns.push_back((end - encoded) / count);
      bytes += payload.size();
      readings += expected.size();
      outcome.exact = outcome.exact && std::equal(expected.begin(), expected.end(), decoded.begin(),
                                                  decoded.end(), same);
    }
  } while (encode_ns.size() < kTimedMin);
  outcome.bytes = static_cast<double>(bytes) / static_cast<double>(readings);
  outcome.encode_ns = median(encode_ns);
  outcome.decode_ns = median(decode_ns);
  return outcome;
}

// Whether all stamps are whole milliseconds.
bool in_milliseconds(const Recording& recording) {
  return std::all_of(recording.readings.begin(), recording.readings.end(),
                     [](const Reading& reading) { return to_ns(reading.time) % 1'000'000 == 0; });
}

bool measure(const Recording& recording) {
  const std::array formats{chunks(), gorilla(), chimp(), senml(), row_zstd(), raw_rows()};
  std::size_t previous = 0;
  bool exact = true;
  for (const std::size_t wanted : kGroupSizes) {
    const std::size_t size = std::min(wanted, recording.readings.size());
    if (size == previous) break;
    previous = size;
    const std::vector<Cut> cuts = cut(recording, size);
    for (const Format& format : formats) {
      const Outcome outcome = measure(format, cuts);
      const nlohmann::json row{{"recording", recording.name},
                               {"readings", recording.readings.size()},
                               {"channels", recording.channels.size()},
                               {"log", recording.is_log},
                               {"stamps", in_milliseconds(recording) ? "ms" : "us"},
                               {"format", format.name},
                               {"batch", size},
                               {"exact", outcome.exact},
                               {"bytes", outcome.bytes},
                               {"encode_ns", outcome.encode_ns},
                               {"decode_ns", outcome.decode_ns}};
      std::puts(row.dump().c_str());
      std::fflush(stdout);
      exact = exact && outcome.exact;
    }
  }
  return exact;
}

bool measure_own() {
  bool exact = true;
  for (const Stamps stamps : {Stamps::kMicroseconds, Stamps::kMilliseconds, Stamps::kTicks}) {
    exact = measure(plant({.stamps = stamps})) && exact;
  }
  return measure(vibration(200'000)) && exact;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  std::string declared;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--declare") == 0 && i + 1 < argc) {
      declared = argv[++i];
    } else {
      files.emplace_back(argv[i]);
    }
  }
  bool exact = files.empty() ? sluice::bench::measure_own() : true;
  for (const std::string& file : files) {
    const auto recording = sluice::bench::read_recording(file, declared);
    if (!recording.ok()) {
      std::fprintf(stderr, "chunk_bench: %s\n", recording.error().message.c_str());
      return 1;
    }
    exact = sluice::bench::measure(*recording) && exact;
  }
  return exact ? 0 : 1;
}
