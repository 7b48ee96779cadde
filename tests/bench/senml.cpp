#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string>

#include <zlib.h>
#include <nlohmann/json.hpp>

#include "core/check.hpp"
#include "tests/bench/format.hpp"

// RFC 8428: an array of records {"n" name, "t" seconds, "v" value}, names and times counted from a
// base in the first. What its numbers cannot say stands as text in "vs"; a quality other than good
// is an own member "q".

namespace sluice::bench {
namespace {

constexpr std::string_view kNan = "nan:";

void append_number(std::string& out, double value, std::chars_format format) {
  std::array<char, 32> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, format);
  CHECK(error == std::errc{});
  out.append(text.data(), end);
}

void append_value(std::string& out, double value) {
  if (std::isnan(value)) {
    std::array<char, 16> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                            std::bit_cast<std::uint64_t>(value), 16);
    CHECK(error == std::errc{});
    out.append(R"("vs":")").append(kNan).append(digits.data(), end).append("\"");
  } else if (std::isinf(value)) {
    out.append(value > 0 ? R"("vs":"inf")" : R"("vs":"-inf")");
  } else if (value == 0.0 && std::signbit(value)) {
    out.append(R"("v":-0.0)");  // "-0" would be read as an integer
  } else {
    out.append(R"("v":)");
    append_number(out, value, std::chars_format::general);
  }
}

double text_value(const std::string& text) {
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  std::uint64_t bits = 0;
  std::from_chars(text.data() + kNan.size(), text.data() + text.size(), bits, 16);
  return std::bit_cast<double>(bits);
}

std::int64_t to_us(Instant time) {
  return to_ns(time) / 1'000;
}

std::string to_json(const Group& group) {
  constexpr double kUsPerSecond = 1e6;
  const std::int64_t base_us = to_us(group.arrived.front().time) / 1'000'000 * 1'000'000;
  std::string json = R"([{"bn":")" + std::string(kGatewayId) + "/" + to_hex(kRun) + R"(/","bt":)" +
                     std::to_string(base_us / 1'000'000);
  for (const Reading& reading : group.arrived) {
    json.append(&reading == &group.arrived.front() ? "," : "},{");
    json.append(R"("n":")")
        .append(group.declared[index_of(reading.channel)].name)
        .append(R"(","t":)");
    append_number(json, static_cast<double>(to_us(reading.time) - base_us) / kUsPerSecond,
                  std::chars_format::fixed);
    json.append(",");
    append_value(json, reading.value);
    if (reading.quality != Quality::kGood) {
      json.append(R"(,"q":)").append(std::to_string(static_cast<int>(reading.quality)));
    }
  }
  return json.append("}]");
}

// zlib's windows of 32 KiB, and 16 more to ask for gzip's header.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;  // zlib's default

Bytes encode(const Group& group) {
  std::string json = to_json(group);
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, json.size()));
  stream.next_in = reinterpret_cast<Bytef*>(json.data());
  stream.avail_in = static_cast<uInt>(json.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  CHECK(deflateEnd(&stream) == Z_OK);
  return out;
}

std::string inflated(std::span<const std::byte> payload) {
  // The length stands in the last four bytes, little-endian as this machine.
  std::uint32_t size = 0;
  std::memcpy(&size, payload.data() + payload.size() - sizeof(size), sizeof(size));
  std::string json(size, '\0');
  std::vector<std::byte> input(payload.begin(), payload.end());
  z_stream stream{};
  CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(json.data());
  stream.avail_out = static_cast<uInt>(json.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  CHECK(inflateEnd(&stream) == Z_OK);
  return json;
}

std::vector<Reading> decode(std::span<const std::byte> payload,
                            std::span<const DeclaredChannel> declared) {
  std::map<std::string_view, ChannelId> numbers;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    numbers[declared[i].name] = static_cast<ChannelId>(i);
  }
  const auto pack = nlohmann::json::parse(inflated(payload));
  const auto base_us = pack.front()["bt"].get<std::int64_t>() * 1'000'000;
  std::vector<Reading> readings;
  readings.reserve(pack.size());
  for (const nlohmann::json& record : pack) {
    Reading reading;
    reading.channel = numbers.at(record["n"].get_ref<const std::string&>());
    const std::int64_t us = base_us + std::llround(record["t"].get<double>() * 1e6);
    reading.time = Instant(std::chrono::microseconds(us));
    reading.value = record.contains("v") ? record["v"].get<double>()
                                         : text_value(record["vs"].get_ref<const std::string&>());
    reading.quality = static_cast<Quality>(record.value("q", 0));
    readings.push_back(reading);
  }
  return readings;
}

}  // namespace

Format senml() {
  return {"SenML + gzip", Order::kArrival, encode, decode};
}

}  // namespace sluice::bench
