#include "uplink/command.hpp"

#include <array>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/check.hpp"
#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {
namespace {

using Json = nlohmann::ordered_json;

// Spans inside their list inside the message.
constexpr int kDepthMax = 3;
constexpr std::size_t kAnswerBytesMax = 4 * 1'024;
constexpr const char* kRaw = "raw";

constexpr std::array<std::string_view, kCommandStateCount> kStates{"executing", "successful",
                                                                   "failed"};
constexpr std::array<std::string_view, kCommandFaultCount> kFaults{
    "none", "malformed", "unknown_channel", "unknown_run", "unknown_clock", "busy"};

Json parse(std::span<const std::byte> payload, std::size_t bytes_max) {
  if (payload.size() > bytes_max) return Json::value_t::discarded;
  const auto* const begin = reinterpret_cast<const char*>(payload.data());
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kDepthMax; };
  return Json::parse(begin, begin + payload.size(), shallow, false);
}

// The fields of one object, each to be taken once. Whatever is not as it should be sticks.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json), ok_(json.is_object()) {}

  std::string text(const char* name) {
    const Json* const value = take(name);
    if (value == nullptr || !value->is_string()) return fail<std::string>();
    const auto& text = value->get_ref<const std::string&>();
    return text.size() <= kTextBytesMax ? text : fail<std::string>();
  }
  std::int64_t nanoseconds(const char* name) { return nanoseconds(take(name)); }
  std::uint64_t count(const char* name) {
    const Json* const value = take(name);
    if (value == nullptr || !value->is_number_unsigned()) return fail<std::uint64_t>();
    return value->get<std::uint64_t>();
  }
  template <typename Enum, std::size_t Count>
  Enum word(const char* name, const std::array<std::string_view, Count>& words) {
    const std::string word = text(name);
    for (std::size_t i = 0; i < Count; ++i) {
      if (words[i] == word) return static_cast<Enum>(i);
    }
    return fail<Enum>();
  }
  TimeSpan span(const char* from, const char* to) {
    const TimeSpan span{nanoseconds(from), nanoseconds(to)};
    return span.from_ns <= span.to_ns ? span : fail<TimeSpan>();
  }
  std::vector<TimeSpan> spans(const char* name) {
    std::vector<TimeSpan> spans;
    const Json* const list = take(name);
    if (list == nullptr || !list->is_array() || list->size() > kAbsentMax) return fail(spans);
    for (const Json& one : *list) {
      if (!one.is_array() || one.size() != 2) return fail(spans);
      spans.push_back({nanoseconds(&one[0]), nanoseconds(&one[1])});
    }
    return spans;
  }
  bool has(const char* name) const { return ok_ && json_.contains(name); }
  // Nothing was wrong, and nothing is left.
  bool done() const { return ok_ && taken_ == json_.size(); }

 private:
  const Json* take(const char* name) {
    if (!ok_ || !json_.contains(name)) return nullptr;
    ++taken_;
    return &json_[name];
  }
  std::int64_t nanoseconds(const Json* value) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value == nullptr || !value->is_number_integer()) return fail<std::int64_t>();
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > kMax)
      return fail<std::int64_t>();
    return value->get<std::int64_t>();
  }
  template <typename T>
  T fail(T nothing = {}) {
    ok_ = false;
    return nothing;
  }

  const Json& json_;
  std::size_t taken_ = 0;
  bool ok_;
};

Bytes written(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace

std::string_view name_of(CommandState state) {
  return kStates[static_cast<std::size_t>(state)];
}
std::string_view name_of(CommandFault fault) {
  return kFaults[static_cast<std::size_t>(fault)];
}

Bytes encode(const RawCommand& command) {
  CHECK(is_id(command.id));
  Json json{{"id", command.id}, {"command", kRaw}, {"channel", command.channel}};
  if (command.run) json["run"] = to_hex(*command.run);
  json[command.run ? "from_boot_ns" : "from_wall_ns"] = command.span.from_ns;
  json[command.run ? "to_boot_ns" : "to_wall_ns"] = command.span.to_ns;
  return written(json);
}

Bytes encode(const CommandAnswer& answer) {
  CHECK(is_id(answer.id) && answer.absent.size() <= kAbsentMax);
  Json json{{"id", answer.id}, {"state", name_of(answer.state)}};
  if (answer.state == CommandState::kFailed) json["reason"] = name_of(answer.fault);
  if (answer.state == CommandState::kSuccessful) {
    Json absent = Json::array();
    for (const TimeSpan& span : answer.absent) {
      absent.push_back(Json::array({span.from_ns, span.to_ns}));
    }
    json["chunks"] = answer.chunks;
    json["readings"] = answer.readings;
    json["absent"] = std::move(absent);
    json["boots_without_clock"] = answer.boots_without_clock;
  }
  return written(json);
}

Result<RawCommand> decode_command(std::span<const std::byte> payload) {
  const Json json = parse(payload, kCommandBytesMax);
  Fields fields(json);
  RawCommand command;
  command.id = fields.text("id");
  const bool raw = fields.text("command") == kRaw;
  command.channel = fields.text("channel");
  bool run_reads = true;
  if (fields.has("run")) {
    const Result<RunId> run = parse_run_id(fields.text("run"));
    run_reads = run.ok();
    command.run = run.ok() ? *run : RunId{};
    command.span = fields.span("from_boot_ns", "to_boot_ns");
  } else {
    command.span = fields.span("from_wall_ns", "to_wall_ns");
  }
  if (!fields.done() || !raw || !run_reads || !is_id(command.id) || command.channel.empty()) {
    return Error{ErrorCode::kInvalid, "the message is not a well-formed command"};
  }
  return command;
}

Result<CommandAnswer> decode_answer(std::span<const std::byte> payload) {
  const Json json = parse(payload, kAnswerBytesMax);
  Fields fields(json);
  CommandAnswer answer;
  answer.id = fields.text("id");
  answer.state = fields.word<CommandState>("state", kStates);
  if (answer.state == CommandState::kFailed) {
    answer.fault = fields.word<CommandFault>("reason", kFaults);
  }
  if (answer.state == CommandState::kSuccessful) {
    answer.chunks = fields.count("chunks");
    answer.readings = fields.count("readings");
    answer.absent = fields.spans("absent");
    answer.boots_without_clock = fields.count("boots_without_clock");
  }
  if (!fields.done() || !is_id(answer.id)) {
    return Error{ErrorCode::kInvalid, "the message is not a well-formed answer to a command"};
  }
  return answer;
}

std::string id_in(std::span<const std::byte> payload) {
  const Json json = parse(payload, kCommandBytesMax);
  std::string id = Fields(json).text("id");
  return is_id(id) ? id : std::string();
}

}  // namespace sluice::uplink
