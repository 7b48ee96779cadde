#include "uplink/topics.hpp"

#include <algorithm>
#include <array>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

constexpr std::string_view kRoot = "sluice/v1/";

// Last levels but the stream, in the order of TopicKind.
constexpr std::array<std::string_view, 8> kKindNames = {"up",     "ack", "live",       "hello",
                                                        "status", "cmd", "cmd/result", "ask"};

constexpr bool has_stream(TopicKind kind) {
  return kind == TopicKind::kUp || kind == TopicKind::kAck;
}

// Cuts the text before the next slash off `rest`, and the slash.
std::string_view take_level(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view level = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return level;
}

}  // namespace

bool is_id(std::string_view text) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !text.empty() && text.size() <= kIdBytesMax &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string topic_name(const Topic& topic) {
  CHECK(is_id(topic.gateway));
  std::string name(kRoot);
  name += topic.gateway;
  name += '/';
  name += kKindNames[static_cast<std::size_t>(topic.kind)];
  if (has_stream(topic.kind)) {
    name += '/';
    name += name_of(topic.stream);
  }
  return name;
}

Result<Topic> parse_topic(std::string_view name) {
  const Error not_ours{ErrorCode::kInvalid, "the topic is not of the form sluice/v1/<gateway>/..."};
  if (!name.starts_with(kRoot)) return not_ours;
  std::string_view rest = name.substr(kRoot.size());
  Topic topic;
  topic.gateway = take_level(rest);
  std::string_view kind = rest;
  if (std::find(kKindNames.begin(), kKindNames.end(), kind) == kKindNames.end()) {
    kind = take_level(rest);
  }
  const auto* const found = std::find(kKindNames.begin(), kKindNames.end(), kind);
  if (!is_id(topic.gateway) || found == kKindNames.end()) return not_ours;
  topic.kind = static_cast<TopicKind>(found - kKindNames.begin());
  if (has_stream(topic.kind)) {
    const Result<Stream> stream = parse_stream(rest);
    if (!stream) return stream.error();
    topic.stream = *stream;
  }
  // Also refuses a trailing slash or further levels, which the steps above would overlook.
  if (topic_name(topic) != name) return not_ours;
  return topic;
}

std::string ack_filter(std::string_view gateway) {
  CHECK(is_id(gateway));
  return std::string(kRoot).append(gateway).append("/ack/+");
}

}  // namespace sluice::uplink
