#include "tests/crash/gateway_life.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <variant>

#include "chunk/events.hpp"
#include "chunk/readings.hpp"
#include "core/check.hpp"
#include "storage/reader.hpp"

namespace sluice::crash {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kReadingsPerSecond = 4;
constexpr const char* kBoot = "01234567-89ab-cdef-0123-456789abcdef";

}  // namespace

Result<> GatewayLife::start() {
  now_ += seconds(10);
  Run run;
  run.id.bytes.fill(static_cast<std::uint8_t>(runs_.size() + 1));
  run.id.bytes[0] = static_cast<std::uint8_t>((runs_.size() + 1) >> 8);
  run.start = now_;
  run_ = &runs_.emplace(run.id, run).first->second;
  app::StorageService::Options options;
  options.store.path = folder_ + "/buffer.db";
  options.seal = {seconds(1), seconds(3), 1'000};
  options.run = run.id;
  options.boot = kBoot;
  Result<app::StorageService> service = app::StorageService::open(options, crossings_, now_);
  if (!service.ok()) return service.error();
  service_ = std::make_unique<app::StorageService>(std::move(*service));
  run_->began = !service_->status().failing;
  return Ok{};
}

Instant GatewayLife::stamp(const Run& run, std::uint64_t number) const {
  return run.start + milliseconds(1'000 / kReadingsPerSecond) * static_cast<int>(number);
}

void GatewayLife::live_a_second() {
  now_ += seconds(1);
  for (std::uint64_t i = 0; i < kReadingsPerSecond; ++i) {
    const std::uint64_t number = ++run_->produced;
    CHECK(crossings_.readings.try_push({stamp(*run_, number), static_cast<double>(number),
                                        ChannelId{static_cast<std::uint16_t>(number % 3)},
                                        Quality::kGood}));
  }
  if (run_->produced % (3 * kReadingsPerSecond) == 0) {
    AlertEvent alert;
    alert.time = now_;
    CHECK(crossings_.alerts.try_push(alert));
  }
  service_->step(now_);
  take_promises();
  if (!status_.failing && run_->produced % (3 * kReadingsPerSecond) == 0) {
    run_->alerts_promised.insert(now_);
  }
}

void GatewayLife::take_promises() {
  status_ = service_->status();
  run_->promised = run_->produced - status_.uncommitted;
}

Result<> GatewayLife::say_goodbye() {
  run_->leaving = true;
  Result<> done = service_->finish(now_);
  if (done.ok()) {
    take_promises();
    run_->ended = true;
  }
  stop();
  return done;
}

void GatewayLife::stop() {
  service_.reset();
  while (crossings_.readings.try_pop()) {
  }
  while (crossings_.alerts.try_pop()) {
  }
  while (crossings_.acks.try_pop()) {
  }
}

void GatewayLife::deliver() {
  Result<storage::Reader> reader = storage::Reader::open(folder_ + "/buffer.db");
  if (!reader.ok()) return;
  for (const Stream stream : {Stream::kRaw, Stream::kEvent}) {
    std::uint64_t after = 0;
    for (;;) {
      const auto part = reader->pending(stream, after, std::numeric_limits<std::size_t>::max());
      if (!part.ok() || part->empty()) break;
      for (const storage::StoredChunk& stored : *part) receive(stored.chunk);
      after = part->back().position;
    }
  }
  if (service_ == nullptr) return;
  for (const auto& [key, held] : held_) {
    Ack ack{key.first, key.second, {held.intervals().begin(), held.intervals().end()}, {}};
    static_cast<void>(crossings_.acks.try_push(std::move(ack)));  // the next one says the same
  }
}

void GatewayLife::receive(const Chunk& chunk) {
  const ChunkKey& key = chunk.header.key;
  const auto [known, fresh] = received_.emplace(key, chunk.header.crc);
  if (!fresh) {
    const bool twice = known->second != chunk.header.crc;
    if (twice && honesty_ == Honesty::kHonest) complain("a key was given twice");
    return;
  }
  const auto run = runs_.find(key.run);
  if (run == runs_.end()) return complain("a chunk of a run that never was");
  CHECK((held_[{key.run, key.stream}].insert(key.seq, chunk.header.crc)));
  if (key.stream == Stream::kRaw) receive_readings(chunk, run->second);
  if (key.stream == Stream::kEvent) receive_events(chunk, run->second);
}

void GatewayLife::receive_readings(const Chunk& chunk, Run& run) {
  const Result<std::vector<Reading>> readings = chunk::decode_readings(chunk);
  if (!readings.ok()) return complain("a chunk cannot be decoded");
  for (const Reading& reading : *readings) {
    const auto number = static_cast<std::uint64_t>(reading.value);
    const bool right = number >= 1 && number <= run.produced &&
                       reading.time == stamp(run, number) &&
                       index_of(reading.channel) == number % 3;
    if (!right) complain("a reading that never was");
    const bool fresh = run.readings.emplace(number, chunk.header.key).second;
    if (!fresh && honesty_ == Honesty::kHonest) complain("a reading is there twice");
  }
}

void GatewayLife::receive_events(const Chunk& chunk, Run& run) {
  const Result<std::vector<Event>> events = chunk::decode_events(chunk);
  if (!events.ok()) return complain("events cannot be decoded");
  for (const Event& event : *events) {
    if (const auto* const alert = std::get_if<AlertEvent>(&event)) run.alerts.insert(alert->time);
    if (const auto* const gap = std::get_if<Gap>(&event)) gaps_.push_back(*gap);
  }
}

std::optional<std::string> GatewayLife::violation() {
  deliver();
  for (const auto& [id, run] : runs_) {
    if (&run != run_) check(run);
  }
  return complaint_;
}

void GatewayLife::check(const Run& run) {
  for (std::uint64_t number = 1; number <= run.promised; ++number) {
    if (run.readings.contains(number)) continue;
    if (honesty_ == Honesty::kHonest) complain("a reading that was promised is not there");
    if (!is_declared(run, number)) complain("a reading is missing, and no gap says so");
    ++missing_;
  }
  // A run of which nothing was promised may be forgotten whole by a disk that lies.
  const bool is_known = honesty_ == Honesty::kHonest || run.promised > 0;
  for (std::uint64_t number = run.promised + 1; is_known && number <= run.produced; ++number) {
    if (!run.readings.contains(number) && !is_declared(run, number)) {
      complain("the tail of a run is missing, and no gap says so");
    }
  }
  if (honesty_ == Honesty::kLying) return;
  const bool has_alerts = std::includes(run.alerts.begin(), run.alerts.end(),
                                        run.alerts_promised.begin(), run.alerts_promised.end());
  if (!has_alerts) complain("an alert that was promised is not there");
  check_gaps(run);
}

// Exactly one for a run that died, none for one that said goodbye, and none that says too much.
void GatewayLife::check_gaps(const Run& run) {
  std::uint64_t restarts = 0;
  for (const Gap& gap : gaps_) {
    if (gap.run != run.id) continue;
    if (gap.reason != GapReason::kRestart) {
      complain("a loss is declared that was none: " + std::string(name_of(gap.reason)));
    }
    ++restarts;
    for (const auto& [number, key] : run.readings) {
      if (stamp(run, number) > gap.first) complain("a reading is there and declared missing");
    }
  }
  if (restarts > 1) complain("the end of a run is declared twice");
  if (run.began && !run.leaving && restarts == 0) complain("the end of a run is not declared");
  if (run.ended && restarts > 0) complain("a run that said goodbye is declared as cut off");
}

bool GatewayLife::is_declared(const Run& run, std::uint64_t number) const {
  return std::any_of(gaps_.begin(), gaps_.end(), [&](const Gap& gap) {
    return gap.run == run.id && gap.stream == Stream::kRaw && gap.first <= stamp(run, number) &&
           stamp(run, number) <= gap.last;
  });
}

void GatewayLife::complain(std::string what) {
  if (!complaint_) complaint_ = std::move(what);
}

}  // namespace sluice::crash
