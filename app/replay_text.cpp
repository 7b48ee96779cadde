#include "app/replay_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "config/units.hpp"
#include "core/time_text.hpp"

namespace sluice::app {
namespace {

using Json = nlohmann::ordered_json;

std::string number(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t place = text.size(); place > 3;) {
    place -= 3;
    text.insert(place, 1, ',');
  }
  return text;
}

std::string short_text_of(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::general, 6);
  return error == std::errc{} ? std::string(buffer.data(), end) : "nan";
}

// To the millisecond.
std::string time_text(WallTime time) {
  return to_iso8601(time).substr(0, 23) + "Z";
}

Duration to_milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

// Columns: what happened, what it is compared with if that is something else, and the replay.
class Table {
 public:
  explicit Table(const std::vector<std::string>& head) { add(head); }
  void add(const std::vector<std::string>& cells) { rows_.push_back(cells); }
  std::string text() const {
    std::vector<std::size_t> widths;
    for (const std::vector<std::string>& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const std::vector<std::string>& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string blank(widths[i] - row[i].size(), ' ');
        text += i == 0 ? row[i] + blank : "  " + blank + row[i];
      }
      text += '\n';
    }
    return text;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::vector<std::vector<AlertSpan>> recorded_alerts(const ReplayAnswer& answer) {
  std::vector<std::vector<AlertSpan>> alerts;
  for (const RecordedRun& run : answer.runs.runs) alerts.push_back(run.alerts);
  return alerts;
}

std::map<std::string, AlertDifference> differences_of(const ReplayAnswer& answer) {
  return differences(answer.against ? answer.against->outcome.alerts : recorded_alerts(answer),
                     answer.replayed.outcome.alerts);
}

// What happened, of each alert, where it is not what the replay is compared with.
std::map<std::string, std::uint64_t> recorded_counts(const ReplayAnswer& answer) {
  std::map<std::string, std::uint64_t> counts;
  for (const RecordedRun& run : answer.runs.runs) {
    for (const AlertSpan& span : run.alerts) ++counts[span.alert];
  }
  return counts;
}

void append_spans(std::string& text, std::string_view sign, const std::vector<AlertSpan>& spans) {
  for (const AlertSpan& span : std::span(spans).first(std::min(spans.size(), kSpansShownMax))) {
    text += std::string(sign) + " " + time_text(span.raised) + "  " + span.alert + "  " +
            std::string(name_of(span.severity)) + ", value " + short_text_of(span.value) + ", " +
            (span.cleared
                 ? "for " + config::text_of_duration(to_milliseconds(*span.cleared - span.raised))
                 : "not cleared") +
            "\n";
  }
  if (spans.size() > kSpansShownMax) {
    text += std::string(sign) + " and " + number(spans.size() - kSpansShownMax) + " more\n";
  }
}

std::string alerts_text(const ReplayAnswer& answer) {
  const std::map<std::string, AlertDifference> found = differences_of(answer);
  const std::map<std::string, std::uint64_t> recorded = recorded_counts(answer);
  std::vector<std::string> head{"alert", "recorded"};
  if (answer.against) head.push_back(answer.against->file);
  head.insert(head.end(), {answer.replayed.file, "both", "gone", "new"});
  Table table(head);
  std::string spans;
  for (const auto& [alert, difference] : found) {
    const auto count = recorded.find(alert);
    std::vector<std::string> row{alert, number(count == recorded.end() ? 0 : count->second)};
    if (answer.against) row.push_back(number(difference.before));
    row.insert(row.end(),
               {number(difference.after), number(difference.both),
                number(difference.only_before.size()), number(difference.only_after.size())});
    table.add(row);
    append_spans(spans, "-", difference.only_before);
    append_spans(spans, "+", difference.only_after);
  }
  if (found.empty()) return "No alert was raised, and none would have been.\n";
  return table.text() + (spans.empty() ? "\nThe same alerts.\n" : "\n" + spans);
}

std::string volumes_text(const ReplayAnswer& answer) {
  std::vector<std::string> head{"bytes", "recorded"};
  if (answer.against) head.push_back(answer.against->file);
  head.push_back(answer.replayed.file);
  Table table(head);
  for (const Stream stream : {Stream::kEvent, Stream::kRollup, Stream::kRaw, Stream::kRejected}) {
    const auto place = static_cast<std::size_t>(stream);
    const Volume& volume = answer.replayed.outcome.volumes[place];
    const Volume before = answer.against ? answer.against->outcome.volumes[place] : Volume{};
    if (volume.records + before.records == 0) continue;
    const std::string name = stream == Stream::kEvent ? "alerts" : std::string(name_of(stream));
    std::vector<std::string> stored{
        name + ", chunks", stream == Stream::kRaw ? number(answer.recorded.chunk_bytes) : "-"};
    std::vector<std::string> sent{name + ", messages", "-"};
    if (answer.against) {
      stored.push_back(number(before.chunk_bytes));
      sent.push_back(number(before.batch_bytes));
    }
    stored.push_back(number(volume.chunk_bytes));
    sent.push_back(number(volume.batch_bytes));
    table.add(stored);
    table.add(sent);
  }
  return table.text();
}

std::string readings_text(const ReplayAnswer& answer) {
  std::vector<std::string> head{"readings", "recorded"};
  if (answer.against) head.push_back(answer.against->file);
  head.push_back(answer.replayed.file);
  Table table(head);
  for (std::size_t i = 0; i < kQualityCount; ++i) {
    const std::uint64_t before = answer.against ? answer.against->outcome.readings[i] : 0;
    if (answer.recorded.readings[i] + before + answer.replayed.outcome.readings[i] == 0) continue;
    std::vector<std::string> row{std::string(name_of(static_cast<Quality>(i))),
                                 number(answer.recorded.readings[i])};
    if (answer.against) row.push_back(number(before));
    row.push_back(number(answer.replayed.outcome.readings[i]));
    table.add(row);
  }
  return table.text();
}

Json json_of(const std::vector<AlertSpan>& spans) {
  Json list = Json::array();
  for (const AlertSpan& span : std::span(spans).first(std::min(spans.size(), kSpansInJsonMax))) {
    list.push_back({{"raised", to_iso8601(span.raised)},
                    {"cleared", span.cleared ? Json(to_iso8601(*span.cleared)) : Json()},
                    {"severity", name_of(span.severity)},
                    {"value", span.value}});
  }
  return list;
}

Json json_of(const ReplayOutcome& outcome, bool volumes) {
  Json readings;
  for (std::size_t i = 0; i < kQualityCount; ++i) {
    readings[std::string(name_of(static_cast<Quality>(i)))] = outcome.readings[i];
  }
  Json object{{"readings", readings}, {"alert_steps", outcome.alert_steps}};
  if (!volumes) return object;
  Json streams;
  for (std::size_t i = 0; i < kStreamCount; ++i) {
    const Volume& volume = outcome.volumes[i];
    if (volume.records == 0) continue;
    streams[std::string(name_of(static_cast<Stream>(i)))] = {{"records", volume.records},
                                                             {"chunks", volume.chunks},
                                                             {"chunk_bytes", volume.chunk_bytes},
                                                             {"message_bytes", volume.batch_bytes}};
  }
  object["streams"] = streams.is_null() ? Json::object() : streams;
  return object;
}

}  // namespace

std::string replay_text(const ReplayAnswer& answer) {
  std::string text = time_text(answer.span.from) + " to " + time_text(answer.span.to) + ", " +
                     std::to_string(answer.replayed.outcome.runs) +
                     (answer.replayed.outcome.runs == 1 ? " run" : " runs") +
                     " of the gateway\n\n" + alerts_text(answer);
  if (answer.span.volumes) text += "\n" + volumes_text(answer);
  text += "\n" + readings_text(answer);
  if (!answer.notes.empty()) text += "\n";
  for (const std::string& note : answer.notes) text += "note: " + note + "\n";
  return text;
}

std::string replay_json(const ReplayAnswer& answer) {
  Json alerts = Json::array();
  const std::map<std::string, std::uint64_t> recorded = recorded_counts(answer);
  for (const auto& [alert, difference] : differences_of(answer)) {
    const auto count = recorded.find(alert);
    alerts.push_back({{"alert", alert},
                      {"recorded", count == recorded.end() ? 0 : count->second},
                      {"before", difference.before},
                      {"after", difference.after},
                      {"both", difference.both},
                      {"gone", difference.only_before.size()},
                      {"new", difference.only_after.size()},
                      {"gone_spans", json_of(difference.only_before)},
                      {"new_spans", json_of(difference.only_after)}});
  }
  Json readings;
  for (std::size_t i = 0; i < kQualityCount; ++i) {
    readings[std::string(name_of(static_cast<Quality>(i)))] = answer.recorded.readings[i];
  }
  Json object{{"from", to_iso8601(answer.span.from)},
              {"to", to_iso8601(answer.span.to)},
              {"runs", answer.replayed.outcome.runs},
              {"runs_without_clock", answer.runs.without_clock},
              {"before", answer.against ? answer.against->file : "recorded"},
              {"after", answer.replayed.file},
              {"alerts", alerts},
              {"recorded",
               {{"readings", readings},
                {"chunk_bytes", answer.recorded.chunk_bytes},
                {"in_hot_tail", answer.recorded.in_hot_tail}}}};
  if (answer.against) {
    object["against"] = json_of(answer.against->outcome, answer.span.volumes);
  }
  object["replayed"] = json_of(answer.replayed.outcome, answer.span.volumes);
  object["records_read"] = answer.replayed.outcome.records;
  object["unreadable"] = answer.replayed.outcome.unreadable + answer.runs.unreadable;
  object["notes"] = answer.notes;
  return object.dump() + "\n";
}

}  // namespace sluice::app
