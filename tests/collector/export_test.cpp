#include "collector/export.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "collector/database.hpp"
#include "collector/sqlite_sink.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(Export) {
  TemporaryFolder folder;
  std::string path = folder.path_of("collector.db");
  std::optional<SqliteSink> sink;
  ExportQuery query;

  void setup() override {
    sink.emplace(std::move(*SqliteSink::open(path)));
    query.format = Format::kLines;
  }
  void store(const Chunk& chunk) {
    CHECK(sink->store(shipment_of({chunk}), wall_time_from_ns(0)).ok());
  }
  void declare_channel() {
    ChannelDeclared channel;
    channel.channel = ChannelId{3};
    channel.name = "t1";
    channel.unit = "Cel";
    store(event_chunk(1, {channel}));
  }
  // Boot time 0 was 2023-11-14T22:13:20Z.
  void find_clock() {
    ClockRecord record;
    record.wall = wall_time_from_ns(1'700'000'000'000'000'000);
    record.synchronised = true;
    store(event_chunk(2, {record}));
  }
  std::string text() {
    Result<storage::Connection> connection = open_for_reading(path);
    CHECK(connection.ok());
    std::string all;
    const Result<ExportTotals> totals =
        export_readings(*connection, query, [&all](std::string_view lines) {
          all += lines;
          return true;
        });
    CHECK(totals.ok());
    return all;
  }
  std::size_t line_count() {
    const std::string all = text();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }
};

TEST(Export, names_the_channel_and_tells_the_wall_time) {
  declare_channel();
  find_clock();
  store(raw_chunk(1, 2));
  STRCMP_EQUAL(
      "2023-11-14T22:15:00.000000000Z  gw  t1  1 Cel  good\n"
      "2023-11-14T22:15:01.000000000Z  gw  t1  2 Cel  good\n",
      text().c_str());
}

TEST(Export, does_without_declaration_and_clock) {
  store(raw_chunk(1, 1));
  STRCMP_EQUAL("boot+100.000000000s  gw  channel 3  1   good\n", text().c_str());
}

TEST(Export, csv_has_a_head) {
  query.format = Format::kCsv;
  store(raw_chunk(1, 1));
  STRCMP_EQUAL(
      "time,boot_s,gateway,channel,value,unit,quality\n,100.000000000,gw,channel 3,1,,good\n",
      text().c_str());
}

TEST(Export, picks_gateway_and_channel) {
  declare_channel();
  store(raw_chunk(1, 1));
  query.channel = "t2";
  LONGS_EQUAL(0, line_count());
  query.channel = "t1";
  LONGS_EQUAL(1, line_count());
  query.gateway = "other";
  LONGS_EQUAL(0, line_count());
}

TEST(Export, picks_a_span_of_time_with_both_ends) {
  find_clock();
  store(raw_chunk(1, 10));
  query.from = *parse_time("2023-11-14T22:15:02");
  query.to = *parse_time("2023-11-14T22:15:04Z");
  LONGS_EQUAL(3, line_count());
}

TEST(Export, leaves_out_readings_without_wall_time_when_asked_for_a_span) {
  store(raw_chunk(1, 10));
  query.from = *parse_time("1970-01-01");
  LONGS_EQUAL(0, line_count());
}

TEST(Export, goes_through_many_pages) {
  std::vector<Chunk> chunks;
  for (std::uint64_t seq = 200; seq >= 1; --seq) chunks.push_back(raw_chunk(seq, 2));
  CHECK(sink->store(shipment_of(chunks), wall_time_from_ns(0)).ok());
  LONGS_EQUAL(400, line_count());
  CHECK(text().starts_with("boot+100."));
}

TEST(Export, stops_when_nobody_reads_on) {
  for (std::uint64_t seq = 1; seq <= 10; ++seq) store(raw_chunk(seq, 1));
  Result<storage::Connection> connection = open_for_reading(path);
  int writes = 0;
  const auto one_line = [&writes](std::string_view) { return ++writes < 2; };
  CHECK(export_readings(*connection, query, one_line).ok());
  LONGS_EQUAL(2, writes);
}

TEST(Export, counts_the_chunks_it_cannot_read) {
  Chunk chunk = raw_chunk(1);
  chunk.bytes = Bytes(7, std::byte{0xEE});
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  store(chunk);
  Result<storage::Connection> connection = open_for_reading(path);
  const Result<ExportTotals> totals =
      export_readings(*connection, query, [](std::string_view) { return true; });
  LONGS_EQUAL(1, totals->unreadable_chunks);
  LONGS_EQUAL(0, totals->readings);
}

}  // namespace sluice::collector
