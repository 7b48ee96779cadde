// Writes batches, and beside each what is in it, for other decoders to be held against: FILE.batch,
// and FILE.json as tools/sluice_decode.py prints it. What is expected comes from what was encoded,
// never from the decoder here.
//
// usage: write_samples FOLDER

#include <bit>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/rejected.hpp"
#include "chunk/rollups.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/samples.hpp"

namespace sluice::chunk {
namespace {

template <typename... Arguments>
std::string format(const char* pattern, Arguments... arguments) {
  std::string text(512, '\0');
  const int size = std::snprintf(text.data(), text.size(), pattern, arguments...);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

std::string listed(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list += (list.empty() ? "" : ", ") + item;
  return '[' + list + ']';
}

// One object; the values are JSON already.
struct Field {
  const char* name;
  std::string value;
};
std::string object(const std::vector<Field>& fields) {
  std::string members;
  for (const Field& field : fields) {
    members += (members.empty() ? "" : ", ") + quoted(field.name) + ": " + field.value;
  }
  return '{' + members + '}';
}

std::string number(std::int64_t value) {
  return std::to_string(value);
}
std::string number(std::uint64_t value) {
  return std::to_string(value);
}
template <typename Enum>
std::string number_of(Enum value) {
  return std::to_string(static_cast<unsigned>(value));
}

std::string record(const Reading& reading) {
  return format("%" PRId64 ", \"%016" PRIx64 "\", ", to_ns(reading.time),
                std::bit_cast<std::uint64_t>(reading.value)) +
         quoted(std::string(name_of(reading.quality)));
}

std::string word(double value) {
  return format("\"%016" PRIx64 "\"", std::bit_cast<std::uint64_t>(value));
}

std::string record(const Rollup& rollup) {
  std::vector<std::string> counts;
  for (std::uint8_t i = 0; i < kQualityCount; ++i) {
    counts.push_back(number(rollup.summary.of(Quality{i})));
  }
  std::vector<Field> fields = {{"begin_ns", number(to_ns(rollup.begin))},
                               {"length_ns", number(to_ns(rollup.length))},
                               {"revision", number(std::uint64_t{rollup.revision})},
                               {"counts", listed(counts)}};
  if (rollup.summary.count() == 0) return object(fields);
  const Summary::Parts parts = rollup.summary.parts();
  std::vector<std::string> quantiles;
  for (const double quantile : rollup.quantiles) quantiles.push_back(word(quantile));
  const Field values[] = {{"min", word(parts.min)},
                          {"max", word(parts.max)},
                          {"first", word(parts.first.value)},
                          {"last", word(parts.last.value)},
                          {"quantiles", listed(quantiles)},
                          {"first_ns", number(parts.first.time_ns)},
                          {"last_ns", number(parts.last.time_ns)},
                          {"sum", word(parts.sum.rounded())},
                          {"squares", word(parts.squares.rounded())}};
  fields.insert(fields.end(), std::begin(values), std::end(values));
  return object(fields);
}

std::vector<Field> fields(const char* name, Instant time, std::vector<Field> more) {
  more.insert(more.begin(), {{"event", quoted(name)}, {"time_ns", number(to_ns(time))}});
  return more;
}
std::vector<Field> fields(const RunStarted& event) {
  return fields("RunStarted", event.time,
                {{"boot", quoted(event.boot)},
                 {"version", quoted(event.version)},
                 {"config_hash", quoted(event.config_hash)}});
}
std::vector<Field> fields(const RunEnded& event) {
  return fields("RunEnded", event.time, {{"readings", number(event.readings)}});
}
std::vector<Field> fields(const ChannelDeclared& event) {
  std::vector<Field> all = fields("ChannelDeclared", event.time,
                                  {{"channel", number_of(event.channel)},
                                   {"name", quoted(event.name)},
                                   {"unit", quoted(event.unit)},
                                   {"period_ns", number(std::int64_t{event.period.count()})}});
  if (event.calibration != Calibration{}) {
    all.push_back({"calibration",
                   format("[%.17e, %.17e]", event.calibration.scale, event.calibration.offset)});
  }
  return all;
}
std::vector<Field> fields(const AlertDeclared& event) {
  return fields("AlertDeclared", event.time,
                {{"alert", number_of(event.alert)},
                 {"channel", number_of(event.channel)},
                 {"name", quoted(event.name)},
                 {"rule", quoted(event.rule)}});
}
std::vector<Field> fields(const ConfigApplied& event) {
  return fields("ConfigApplied", event.time, {{"config_hash", quoted(event.config_hash)}});
}
std::vector<Field> fields(const AlertEvent& event) {
  return fields("AlertStep", event.time,
                {{"value", format("%.17e", event.value)},
                 {"count", number(std::uint64_t{event.count})},
                 {"alert", number_of(event.alert)},
                 {"channel", number_of(event.channel)},
                 {"change", number_of(event.change)},
                 {"severity", number_of(event.severity)}});
}
std::vector<Field> fields(const ClockRecord& event) {
  return fields("ClockRecord", event.time,
                {{"wall_ns", number(to_ns(event.wall))},
                 {"uncertainty_ns", number(std::int64_t{event.uncertainty.count()})},
                 {"synchronised", event.synchronised ? "1" : "0"}});
}
std::vector<Field> fields(const SafeModeEntered& event) {
  return fields("SafeModeEntered", event.time, {{"why", quoted(event.reason)}});
}
std::vector<Field> fields(const Gap& event) {
  return fields("Gap", event.time,
                {{"first_seq", number(event.first_seq)},
                 {"last_seq", number(event.last_seq)},
                 {"readings", number(event.readings)},
                 {"first_ns", number(to_ns(event.first))},
                 {"last_ns", number(to_ns(event.last))},
                 {"run", quoted(to_hex(event.run))},
                 {"channel", number_of(event.channel)},
                 {"stream", number_of(event.stream)},
                 {"reason", number_of(event.reason)}});
}
std::vector<Field> fields(const DriverChanged& event) {
  return fields("DriverChanged", event.time,
                {{"channel", number_of(event.channel)},
                 {"state", number_of(event.state)},
                 {"reason", quoted(event.reason)}});
}

std::string expected_of(const Chunk& chunk, const std::vector<std::string>& records) {
  const ChunkHeader& header = chunk.header;
  return object({{"seq", number(header.key.seq)},
                 {"channel", number_of(header.channel)},
                 {"count", number(std::uint64_t{header.count})},
                 {"first_ns", number(to_ns(header.first))},
                 {"last_ns", number(to_ns(header.last))},
                 {"crc", quoted(format("%08" PRIx32, header.crc))},
                 {"size", number(std::uint64_t{chunk.bytes.size()})},
                 {"records", listed(records)}});
}

class Writer {
 public:
  explicit Writer(std::string folder) : folder_(std::move(folder)) {}

  // `records` are those of each chunk.
  void write(const std::string& name, const std::vector<Chunk>& chunks,
             const std::vector<std::vector<std::string>>& records) {
    const bool backlog = chunks.size() % 2 == 0;
    const Bytes batch = encode_batch("gate-1_A", chunks, backlog ? Backlog::kYes : Backlog::kNo);
    std::ofstream(folder_ + '/' + name + ".batch", std::ios::binary)
        .write(reinterpret_cast<const char*>(batch.data()),
               static_cast<std::streamsize>(batch.size()));
    std::ofstream json(folder_ + '/' + name + ".json");
    const ChunkKey& key = chunks.front().header.key;
    json << object({{"gateway", quoted("gate-1_A")},
                    {"run", quoted(to_hex(key.run))},
                    {"stream", quoted(std::string(name_of(key.stream)))},
                    {"backlog", backlog ? "true" : "false"},
                    {"chunks", number(std::uint64_t{chunks.size()})}})
         << '\n';
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      json << expected_of(chunks[i], records[i]) << '\n';
    }
    ok_ = ok_ && json.good();
  }
  bool ok() const { return ok_; }

 private:
  std::string folder_;
  bool ok_ = true;
};

bool write_all(const std::string& folder) {
  Writer writer(folder);
  const std::vector<ChannelSample> samples = reading_samples();
  std::vector<std::vector<std::string>> all;
  for (const ChannelSample& sample : samples) {
    std::vector<std::string> records;
    for (const Reading& reading : sample.readings) records.push_back('[' + record(reading) + ']');
    all.push_back(std::move(records));
  }
  writer.write("readings", raw_chunks(samples), all);

  std::vector<std::string> rejected;
  for (const Rejected& one : rejected_sample()) {
    rejected.push_back('[' + record(one.reading) + ", " + std::to_string(one.reason) + ']');
  }
  writer.write("rejected", {keyed(encode_rejected(rejected_sample()))}, {rejected});

  std::vector<std::string> rollups;
  for (const Rollup& rollup : rollup_sample()) rollups.push_back(record(rollup));
  const std::vector<std::string> last = {rollups.front()};
  writer.write("rollups",
               {keyed(encode_rollups(ChannelId{7}, rollup_sample())),
                keyed(encode_rollups(ChannelId{7}, {&rollup_sample().front(), 1}), 8)},
               {rollups, last});

  std::vector<std::string> events;
  for (const Event& event : event_sample()) {
    events.push_back(object(std::visit([](const auto& one) { return fields(one); }, event)));
  }
  writer.write("events", {keyed(encode_events(event_sample()))}, {events});
  return writer.ok();
}

}  // namespace
}  // namespace sluice::chunk

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_samples FOLDER\n", stderr);
    return 2;
  }
  return sluice::chunk::write_all(argv[1]) ? 0 : 1;
}
