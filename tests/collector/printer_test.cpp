#include "collector/printer.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/database.hpp"
#include "collector/sqlite_sink.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(Printer) {
  TemporaryFolder folder;
  std::string path = folder.path_of("collector.db");
  std::optional<SqliteSink> sink;
  std::optional<Printer> printer;
  std::FILE* out = nullptr;

  void setup() override {
    sink.emplace(std::move(*SqliteSink::open(path)));
    out = std::tmpfile();
    printer.emplace(std::move(*open_for_reading(path)), Format::kLines, out);
  }
  void teardown() override {
    printer.reset();
    if (out != nullptr) std::fclose(out);
  }
  void store(const Chunk& chunk) {
    const Shipment shipment = shipment_of({chunk});
    const Result<Receipt> receipt = sink->store(shipment, wall_time_from_ns(0));
    CHECK(receipt.ok());
    printer->stored(shipment, *receipt);
  }
  std::string printed() {
    std::string text(4'096, '\0');
    std::rewind(out);
    text.resize(std::fread(text.data(), 1, text.size(), out));
    return text;
  }
};

TEST(Printer, prints_readings_and_alerts_as_they_are_stored) {
  ChannelDeclared channel;
  channel.channel = ChannelId{3};
  channel.name = "t1";
  channel.unit = "Cel";
  AlertDeclared alert;
  alert.alert = AlertId{5};
  alert.name = "hot";
  AlertEvent raised;
  raised.alert = AlertId{5};
  raised.channel = ChannelId{3};
  raised.value = 90.0;
  raised.count = 1;
  store(event_chunk(1, {channel, alert, raised}));
  store(raw_chunk(1, 1));
  STRCMP_EQUAL(
      "boot+0.000000000s  gw  ALERT hot raised (warning)  t1 = 90, held 1 times\n"
      "boot+100.000000000s  gw  t1  1 Cel  good\n",
      printed().c_str());
}

TEST(Printer, prints_nothing_twice) {
  store(raw_chunk(1, 1));
  const std::string once = printed();
  store(raw_chunk(1, 1));
  STRCMP_EQUAL(once.c_str(), printed().c_str());
}

TEST(Printer, tells_live_alerts_from_stored_ones) {
  uplink::LiveAlert alert;
  alert.name = "hot";
  printer->live("gw", {kRun, {alert}, {}});
  CHECK(printed().ends_with("live\n"));
}

TEST(Printer, stops_printing_when_nobody_reads) {
  std::fclose(out);
  out = std::fopen("/dev/full", "w");
  printer.emplace(std::move(*open_for_reading(path)), Format::kLines, out);
  store(raw_chunk(1, 1));
  store(raw_chunk(2, 1));
  LONGS_EQUAL(2, sink->acknowledgement("gw", kRun, Stream::kRaw)->held.at(0).last);
}

}  // namespace sluice::collector
