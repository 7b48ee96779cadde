#include "chunk/events.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "tests/chunk/damage.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

RunId run_of(std::uint8_t fill) {
  RunId run;
  run.bytes.fill(fill);
  return run;
}

Gap quota_gap() {
  Gap gap;
  gap.time = instant_from_ns(7);
  gap.run = run_of(9);
  gap.reason = GapReason::kQuota;
  gap.channel = ChannelId{2};
  gap.first_seq = 3;
  gap.last_seq = 5;
  gap.readings = 300;
  gap.first = instant_from_ns(-1);
  gap.last = Instant::max();
  return gap;
}

std::vector<Event> one_of_each() {
  return {RunStarted{instant_from_ns(1), "boot-id", "0.1.0", "c0ffee"},
          ChannelDeclared{
              instant_from_ns(2), ChannelId{4}, "cpu.load", "1", Duration(500), {0.5, -0.0}},
          AlertDeclared{instant_from_ns(3), AlertId{5}, ChannelId{4}, "hot", "above 80, clear 75"},
          ConfigApplied{instant_from_ns(4), "c0ffee"},
          AlertEvent{instant_from_ns(5), 81.5, 3, AlertId{5}, ChannelId{4}, AlertChange::kEscalated,
                     Severity::kCritical},
          ClockRecord{instant_from_ns(6), wall_time_from_ns(1'700'000'000), Duration(50), true},
          quota_gap(),
          DriverChanged{instant_from_ns(7), ChannelId{4}, DriverState::kDown, "no such device"},
          RunEnded{instant_from_ns(8), 12'345},
          SafeModeEntered{instant_from_ns(9), "it crashed"}};
}

Result<std::vector<Event>> round_trip(const std::vector<Event>& events) {
  return decode_events(keyed(encode_events(events)));
}

bool is_corrupt(const Chunk& chunk) {
  const Result<std::vector<Event>> decoded = decode_events(chunk);
  return !decoded.ok() && decoded.error().code == ErrorCode::kCorrupt;
}

Chunk resealed(Chunk chunk, Bytes bytes) {
  chunk.bytes = std::move(bytes);
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  return chunk;
}

std::uint64_t bits_after_round_trip(double value) {
  AlertEvent alert;
  alert.value = value;
  const Result<std::vector<Event>> decoded = round_trip({alert});
  CHECK_TRUE(decoded.ok());
  return std::bit_cast<std::uint64_t>(std::get<AlertEvent>(decoded->front()).value);
}

// Everything that leaves the decoder has to hold this, whatever went in.
void check_ranges(const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (const auto* const alert = std::get_if<AlertEvent>(&event)) {
      CHECK_TRUE(static_cast<std::uint8_t>(alert->change) < kAlertChangeCount);
      CHECK_TRUE(static_cast<std::uint8_t>(alert->severity) < kSeverityCount);
    }
    if (const auto* const gap = std::get_if<Gap>(&event)) {
      CHECK_TRUE(static_cast<std::uint8_t>(gap->stream) < kStreamCount);
      CHECK_TRUE(static_cast<std::uint8_t>(gap->reason) < kGapReasonCount);
      CHECK_TRUE(gap->first_seq <= gap->last_seq);
      CHECK_TRUE(gap->first <= gap->last);
    }
    if (const auto* const driver = std::get_if<DriverChanged>(&event)) {
      CHECK_TRUE(static_cast<std::uint8_t>(driver->state) < kDriverStateCount);
      CHECK_TRUE(driver->reason.size() <= kEventTextMax);
    }
    if (const auto* const started = std::get_if<RunStarted>(&event)) {
      CHECK_TRUE(started->boot.size() <= kEventTextMax);
    }
  }
}

}  // namespace

TEST_GROUP(Events){};

TEST(Events, gives_back_one_of_each_kind) {
  const Result<std::vector<Event>> decoded = round_trip(one_of_each());
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(*decoded == one_of_each());
}

TEST(Events, gives_back_defaults) {
  const std::vector<Event> events = {
      RunStarted{},  RunEnded{}, ChannelDeclared{}, AlertDeclared{}, ConfigApplied{}, AlertEvent{},
      ClockRecord{}, Gap{},      SafeModeEntered{}, DriverChanged{}};
  const Result<std::vector<Event>> decoded = round_trip(events);
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(*decoded == events);
}

TEST(Events, describes_what_is_inside) {
  std::vector<Event> events = one_of_each();
  std::swap(events.front(), events.back());
  const SealedChunk sealed = encode_events(events);
  CHECK_TRUE(sealed.stream == Stream::kEvent);
  CHECK_TRUE(sealed.channel == kNoChannel);
  CHECK_TRUE(sealed.count == events.size());
  CHECK_TRUE(sealed.first == instant_from_ns(1));
  CHECK_TRUE(sealed.last == instant_from_ns(9));
}

TEST(Events, are_urgent_with_an_alert_among_them) {
  CHECK_TRUE(encode_events(one_of_each()).urgent);
  CHECK_FALSE(encode_events(std::vector<Event>{quota_gap()}).urgent);
}

TEST(Events, keeps_the_bits_of_an_alerts_value) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {-0.0, 0.0, Limits::infinity(), Limits::denorm_min(),
                             std::bit_cast<double>(std::uint64_t{0xFFF8'0000'DEAD'BEEFU})}) {
    CHECK_TRUE(bits_after_round_trip(value) == std::bit_cast<std::uint64_t>(value));
  }
}

TEST(Events, cuts_a_text_that_is_too_long) {
  const Result<std::vector<Event>> decoded =
      round_trip({ConfigApplied{instant_from_ns(0), std::string(1'000, 'x')}});
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(std::get<ConfigApplied>(decoded->front()).config_hash ==
             std::string(kEventTextMax, 'x'));
}

TEST(Events, cuts_a_text_between_characters) {
  std::string text(kEventTextMax - 1, 'x');
  const std::string whole = text;
  text += "\xE2\x82\xAC";  // the euro sign, three bytes
  const Result<std::vector<Event>> decoded = round_trip({ConfigApplied{instant_from_ns(0), text}});
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(std::get<ConfigApplied>(decoded->front()).config_hash == whole);
}

TEST(Events, the_largest_chunk_passes) {
  const std::string text(kEventTextMax, 'x');
  const std::vector<Event> events(kEventsMax, RunStarted{instant_from_ns(0), text, text, text});
  const Result<std::vector<Event>> decoded = round_trip(events);
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(*decoded == events);
}

TEST(Events, every_flipped_bit_is_corrupt) {
  const Chunk good = keyed(encode_events(one_of_each()));
  flip_every_bit(good.bytes, [&](const Bytes& bad) {
    Chunk chunk = good;
    chunk.bytes = bad;
    CHECK_TRUE(is_corrupt(chunk));
  });
}

TEST(Events, every_cut_is_corrupt_or_harmless_even_with_a_right_checksum) {
  const Chunk good = keyed(encode_events(one_of_each()));
  cut_at_every_length(good.bytes, [&](const Bytes& bad) {
    const Result<std::vector<Event>> decoded = decode_events(resealed(good, bad));
    if (decoded.ok()) CHECK_TRUE(*decoded == one_of_each());
  });
}

TEST(Events, a_hostile_encoder_gets_values_in_range_or_nothing) {
  const Chunk good = keyed(encode_events(one_of_each()));
  const auto harmless = [&](const Bytes& bad) {
    const Result<std::vector<Event>> decoded = decode_events(resealed(good, bad));
    if (!decoded.ok()) return;
    CHECK_TRUE(decoded->size() == good.header.count);
    check_ranges(*decoded);
  };
  flip_every_bit(good.bytes, harmless);
  mutate(good.bytes, 13, 10'000, harmless);
}

TEST(Events, a_wrong_count_is_corrupt) {
  Chunk chunk = keyed(encode_events(one_of_each()));
  for (const std::uint32_t count : {0U, 9U, 11U, 0xFFFFFFFFU}) {
    chunk.header.count = count;
    CHECK_TRUE(is_corrupt(resealed(chunk, chunk.bytes)));
  }
}

TEST(Events, another_stream_or_a_channel_is_corrupt) {
  const Chunk good = keyed(encode_events(one_of_each()));
  Chunk raw = good;
  raw.header.key.stream = Stream::kRaw;
  CHECK_TRUE(is_corrupt(resealed(raw, raw.bytes)));
  Chunk channel = good;
  channel.header.channel = ChannelId{1};
  CHECK_TRUE(is_corrupt(resealed(channel, channel.bytes)));
}

TEST(Events, a_span_that_is_not_that_of_the_events_is_corrupt) {
  Chunk chunk = keyed(encode_events(one_of_each()));
  chunk.header.last += Duration(1);
  CHECK_TRUE(is_corrupt(resealed(chunk, chunk.bytes)));
}

TEST(Events, an_unknown_format_is_corrupt) {
  Chunk chunk = keyed(encode_events(one_of_each()));
  chunk.bytes.front() = std::byte{2};
  CHECK_TRUE(is_corrupt(resealed(chunk, chunk.bytes)));
  CHECK_TRUE(is_corrupt(resealed(chunk, {})));
}
