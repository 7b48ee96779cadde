// Acknowledgements, questions and answers, as messages.

#include <optional>
#include <utility>
#include <vector>

#include "core/check.hpp"
#include "core/interval_set.hpp"
#include "uplink/json_fields.hpp"
#include "uplink/messages.hpp"

namespace sluice::uplink {
namespace {

using uplink::read;

// [first, last, "check"] of a held interval.
struct Held : Interval {};
// [first, last] of a resolved one.
struct Resolved : Interval {};
struct Refused : Refusal {};
// [number, last], and only in answers: others are as gateways before 0.2 know them.
struct Answering : Answer {};

bool read_ends(const Json& json, std::size_t size, Interval& out) {
  return json.is_array() && json.size() == size && read(json[0], out.first) &&
         read(json[1], out.last) && out.first >= 1 && out.first <= out.last;
}

bool read(const Json& json, Held& out) {
  return read_ends(json, 3, out) && read_hex(json[2], out.check);
}

bool read(const Json& json, Resolved& out) {
  return read_ends(json, 2, out);
}

// [seq, "crc", "crc"], or null instead of the second.
bool read(const Json& json, Refused& out) {
  if (!json.is_array() || json.size() != 3) return false;
  if (!read(json[0], out.seq) || out.seq < 1 || !read_hex(json[1], out.crc)) return false;
  return json[2].is_null() || read_hex(json[2], out.standing.emplace());
}

bool read(const Json& json, Answering& out) {
  return json.is_array() && json.size() == 2 && read(json[0], out.number) &&
         read(json[1], out.last);
}

// Both kinds together must be one sorted set: an Ack that says a thing twice was not made by us.
template <typename T>
bool move_sorted(const std::vector<T>& from, IntervalSet& seen, std::vector<Interval>& to) {
  for (const T& interval : from) {
    if (!to.empty() && interval.first <= to.back().last) return false;
    if (!seen.insert(interval)) return false;
    to.push_back(interval);
  }
  return true;
}

}  // namespace

Bytes encode(const Ack& ack) {
  CHECK(ack.held.size() <= kAckIntervalsMax && ack.resolved.size() <= kAckIntervalsMax);
  CHECK(ack.refusals.size() <= kAckIntervalsMax);
  Json held = Json::array();
  for (const Interval& interval : ack.held) {
    held.push_back(Json::array({interval.first, interval.last, hex(interval.check)}));
  }
  Json resolved = Json::array();
  for (const Interval& interval : ack.resolved) {
    resolved.push_back(Json::array({interval.first, interval.last}));
  }
  Json refused = Json::array();
  for (const Refusal& refusal : ack.refusals) {
    const Json standing = refusal.standing ? Json(hex(*refusal.standing)) : Json();
    refused.push_back(Json::array({refusal.seq, hex(refusal.crc), standing}));
  }
  Json json{{"run", to_hex(ack.run)},
            {"stream", name_of(ack.stream)},
            {"held", std::move(held)},
            {"resolved", std::move(resolved)},
            {"refused", std::move(refused)}};
  if (ack.answer) json["answer"] = Json::array({ack.answer->number, ack.answer->last});
  return written(json);
}

Bytes encode(const Question& question) {
  CHECK(question.unsettled.size() <= kQuestionRangesMax);
  Json unsettled = Json::array();
  for (const Interval& range : question.unsettled) {
    unsettled.push_back(Json::array({range.first, range.last}));
  }
  return written(Json{{"number", question.number},
                      {"run", to_hex(question.run)},
                      {"stream", name_of(question.stream)},
                      {"first", question.first},
                      {"last", question.last},
                      {"unsettled", std::move(unsettled)}});
}

Result<Ack> decode_ack(std::span<const std::byte> payload) {
  Ack ack;
  std::vector<Held> held;
  std::vector<Resolved> resolved;
  std::vector<Refused> refused;
  Bounded<kAckIntervalsMax, Held> bounded_held{held};
  Bounded<kAckIntervalsMax, Resolved> bounded_resolved{resolved};
  Bounded<kAckIntervalsMax, Refused> bounded_refused{refused};
  IntervalSet seen;
  Json json = parse(payload);
  Answering answer;
  const bool answers = json.is_object() && json.contains("answer");
  const bool answer_reads = !answers || read(json["answer"], answer);
  if (answers) json.erase("answer");
  if (answers) ack.answer = answer;
  if (!answer_reads ||
      !read_object(json, field("run", ack.run), field("stream", ack.stream),
                   field("held", bounded_held), field("resolved", bounded_resolved),
                   field("refused", bounded_refused)) ||
      !move_sorted(held, seen, ack.held) || !move_sorted(resolved, seen, ack.resolved)) {
    return not_a("acknowledgement");
  }
  ack.refusals.assign(refused.begin(), refused.end());
  return ack;
}

Result<Question> decode_question(std::span<const std::byte> payload) {
  Question question;
  std::vector<Resolved> ranges;
  Bounded<kQuestionRangesMax, Resolved> bounded_ranges{ranges};
  IntervalSet seen;
  if (!read_object(parse(payload), field("number", question.number), field("run", question.run),
                   field("stream", question.stream), field("first", question.first),
                   field("last", question.last), field("unsettled", bounded_ranges)) ||
      question.first < 1 || question.first > question.last || question.last > kSeqMax ||
      !move_sorted(ranges, seen, question.unsettled) ||
      (!ranges.empty() &&
       (ranges.front().first < question.first || ranges.back().last > question.last))) {
    return not_a("question");
  }
  return question;
}

}  // namespace sluice::uplink
