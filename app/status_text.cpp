#include "app/status_text.hpp"

#include <array>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace sluice::app {
namespace {

using Json = nlohmann::json;

// printf into a string; a line of the status is never longer than this.
[[gnu::format(printf, 2, 3)]] void append(std::string& text, const char* format, ...) {
  std::array<char, 256> line;
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line.data(), line.size(), format, arguments);
  va_end(arguments);
  text += line.data();
}

std::string words(const Json& object, const char* key) {
  return object.at(key).get<std::string>();
}

unsigned long long count(const Json& object, const char* key) {
  return object.at(key).get<std::uint64_t>();
}

double number(const Json& object, const char* key) {
  return object.at(key).get<double>();
}

// Of what lasts from seconds to years, two digits that count.
std::string spoken(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  constexpr std::array kUnits{Unit{86'400.0, "days"}, Unit{3'600.0, "h"}, Unit{60.0, "min"}};
  std::string text;
  for (const Unit& unit : kUnits) {
    if (seconds < 2.0 * unit.seconds) continue;
    append(text, "%.0f %s", seconds / unit.seconds, unit.name);
    return text;
  }
  append(text, "%.0f s", seconds);
  return text;
}

void append_channels(std::string& text, const Json& channels) {
  append(text, "\n%-26s %14s %-6s %s\n", "CHANNEL", "VALUE", "UNIT", "QUALITY");
  for (const Json& channel : channels) {
    std::array<char, 32> value{"-"};
    if (channel.at("value").is_number()) {
      std::snprintf(value.data(), value.size(), "%.6g", number(channel, "value"));
    }
    append(text, "%-26s %14s %-6s %s\n", words(channel, "name").c_str(), value.data(),
           words(channel, "unit").c_str(), words(channel, "quality").c_str());
  }
}

// Only those that are not up: with many sensors the others would hide them.
void append_drivers(std::string& text, const Json& drivers) {
  if (drivers.empty()) return;
  std::size_t up = 0;
  for (const Json& driver : drivers) up += words(driver, "state") == "up" ? 1 : 0;
  append(text, "\ndrivers %zu of %zu up\n", up, drivers.size());
  for (const Json& driver : drivers) {
    const std::string state = words(driver, "state");
    if (state == "up") continue;
    append(text, "%-26s %-9s", words(driver, "channel").c_str(), state.c_str());
    if (!driver.at("since_s").is_null()) {
      append(text, " for %s", spoken(number(driver, "since_s")).c_str());
    }
    const std::string reason = words(driver, "reason");
    text += (reason.empty() ? "" : ": " + reason) + "\n";
  }
}

void append_outputs(std::string& text, const Json& outputs) {
  if (outputs.empty()) return;
  append(text, "\n%-26s %-9s %s\n", "OUTPUT", "STATE", "IS");
  for (const Json& output : outputs) {
    append(text, "%-26s %-9s %s", words(output, "actuator").c_str(), words(output, "state").c_str(),
           output.at("on").get<bool>() ? "on" : "off");
    const std::string reason = words(output, "reason");
    text += (words(output, "state") == "down" ? ": " + reason : "") + "\n";
  }
}

void append_alerts(std::string& text, const Json& alerts) {
  if (alerts.empty()) return;
  append(text, "\n%-26s %-14s %-10s %s\n", "ALERT", "STATE", "SEVERITY", "COUNT");
  for (const Json& alert : alerts) {
    append(text, "%-26s %-14s %-10s %llu\n", words(alert, "name").c_str(),
           words(alert, "state").c_str(), words(alert, "severity").c_str(), count(alert, "count"));
  }
}

void append_spread(std::string& text, const char* what, const Json& spread) {
  append(text, "  %-16s p50 %.1f us, p99 %.1f us, max %.1f us\n", what, number(spread, "p50"),
         number(spread, "p99"), number(spread, "max"));
}

void append_flash(std::string& text, const Json& flash) {
  if (flash.at("device_bytes").is_null()) {
    append(text, "flash   the kernel does not count what is written\n");
    return;
  }
  append(text, "flash   %llu KiB written", count(flash, "device_bytes") / 1024);
  if (!flash.at("device_bytes_per_day").is_null()) {
    append(text, ", %.1f MB a day", number(flash, "device_bytes_per_day") / 1e6);
  }
  if (!flash.at("card_life_years").is_null()) {
    append(text, "; a new card would last %.1f years", number(flash, "card_life_years"));
  }
  append(text, "\n");
}

void append_link(std::string& text, const Json& uplink) {
  const Json& fault = uplink.at("fault");
  const std::string why = fault.is_null() ? "" : " (" + fault.get<std::string>() + ")";
  append(text, "uplink  %s%s for %.0f s", uplink.at("up").get<bool>() ? "up" : "down", why.c_str(),
         number(uplink, "since_s"));
  if (!uplink.at("next_try_s").is_null()) {
    append(text, ", next try in %s", spoken(number(uplink, "next_try_s")).c_str());
  }
  append(text, ", %llu batches (%llu again), %llu bytes, %llu under way\n",
         count(uplink, "batches_sent"), count(uplink, "batches_resent"),
         count(uplink, "bytes_sent"), count(uplink, "in_flight"));
}

void append_profile(std::string& text, const Json& profile) {
  if (profile.at("name").is_null()) return;
  append(text, "        profile %s on %s%s", words(profile, "name").c_str(),
         words(profile, "interface").c_str(),
         profile.at("in_hours").get<bool>() ? "" : ", outside its hours");
  if (!profile.at("budget_left_bytes").is_null()) {
    append(text, ", %llu KiB left", count(profile, "budget_left_bytes") / 1024);
  }
  append(text, "\n");
}

void append_lanes(std::string& text, const Json& uplink) {
  if (uplink.at("lanes").is_null()) return;
  for (const Json& lane : uplink.at("lanes")) {
    if (count(lane, "chunks") == 0) continue;
    append(text, "        %-9s %llu chunks, %llu KiB wait", words(lane, "lane").c_str(),
           count(lane, "chunks"), (count(lane, "bytes") + 1023) / 1024);
    if (!lane.at("oldest_age_s").is_null()) {
      append(text, ", the oldest for %s", spoken(number(lane, "oldest_age_s")).c_str());
    }
    append(text, "\n");
  }
  if (!uplink.at("drained_in_s").is_null() && number(uplink, "drained_in_s") > 0.0) {
    append(text, "        all sent in %s\n", spoken(number(uplink, "drained_in_s")).c_str());
  }
}

void append_promotion(std::string& text, const Json& promotion) {
  if (count(promotion, "chunks") + count(promotion, "recordings_skipped") == 0) return;
  append(text, "        %llu chunks sent ahead: for %llu alerts and %llu requests",
         count(promotion, "chunks"), count(promotion, "recordings"), count(promotion, "requests"));
  if (count(promotion, "recordings_skipped") > 0) {
    append(text, "; not for %llu alerts that came too often",
           count(promotion, "recordings_skipped"));
  }
  append(text, "\n");
}

std::string render(const Json& status) {
  std::string text;
  append(text, "gateway %s, version %s, up %.0f s\n", words(status, "gateway").c_str(),
         words(status, "version").c_str(), number(status, "uptime_s"));
  append(text, "run     %s, config %s\n", words(status, "run").c_str(),
         words(status, "config_hash").c_str());
  if (!status.at("safe_mode").is_null()) {
    append(text, "SAFE MODE: %s\n", words(status, "safe_mode").c_str());
  }

  const Json& loop = status.at("realtime");
  append(text, "\nloop    rt=%s, %llu ticks, %llu missed\n", words(loop, "rt").c_str(),
         count(loop, "ticks"), count(loop, "ticks_missed"));
  append_spread(text, "wake-up lateness", loop.at("lateness_us"));
  append_spread(text, "body", loop.at("body_us"));
  append_spread(text, "sample to alert", loop.at("sample_to_alert_us"));

  const Json& storage = status.at("storage");
  append(text, "buffer  %s, %llu of %llu KiB, %llu chunks pending", words(storage, "state").c_str(),
         count(storage, "bytes") / 1024, count(storage, "quota_bytes") / 1024,
         count(storage, "pending_chunks"));
  if (!storage.at("full_in_s").is_null()) {
    append(text, ", full in %s without a link", spoken(number(storage, "full_in_s")).c_str());
  }
  append(text, "\n");
  const Json& readings = status.at("readings");
  append(text,
         "        readings: %llu stored, %llu delivered, %llu pending, %llu dropped with a gap; "
         "this run %llu produced, %llu lost to a full ring\n",
         count(readings, "stored"), count(readings, "delivered"), count(readings, "pending"),
         count(readings, "dropped"), count(readings, "produced"),
         count(readings, "lost_ring_full"));
  append_flash(text, status.at("flash"));
  const Json& uplink = status.at("uplink");
  if (uplink.is_null()) {
    append(text, "uplink  off\n");
  } else {
    append_link(text, uplink);
    append_profile(text, uplink.at("profile"));
    append_lanes(text, uplink);
    append_promotion(text, status.at("promotion"));
  }
  append_channels(text, status.at("channels"));
  append_drivers(text, status.at("drivers"));
  append_outputs(text, status.at("outputs"));
  append_alerts(text, status.at("alerts"));
  return text;
}

}  // namespace

Result<std::string> status_text(std::string_view json) {
  // The library's accessors report a wrong shape by exception; it ends here.
  try {
    return render(Json::parse(json));
  } catch (const Json::exception& exception) {
    return Error{ErrorCode::kCorrupt,
                 std::string("the answer is not a status this program knows: ") + exception.what()};
  }
}

}  // namespace sluice::app
