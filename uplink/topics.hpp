#pragma once
// The topic tree of docs/protocol.md. Topics are built from validated ids only, so that no gateway
// can name a level, a wildcard or another gateway. Pure functions, any thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/chunk.hpp"
#include "core/result.hpp"

namespace sluice::uplink {

inline constexpr std::size_t kIdBytesMax = 64;
// True for [A-Za-z0-9_-]{1,64}.
bool is_id(std::string_view text);

enum class TopicKind { kUp, kAck, kLive, kHello, kStatus, kCommand, kAnswer, kAsk };

struct Topic {
  TopicKind kind = TopicKind::kUp;
  std::string gateway;
  Stream stream = Stream::kRaw;  // of kUp and kAck; means nothing for the others
};

// "sluice/v1/<gateway>/up/<stream>" and so on. REQUIRES: is_id(topic.gateway).
std::string topic_name(const Topic& topic);
// kInvalid for anything that topic_name() does not make.
Result<Topic> parse_topic(std::string_view name);

// What a gateway subscribes to: its acknowledgements of all streams. REQUIRES: is_id(gateway).
std::string ack_filter(std::string_view gateway);
// What a collector subscribes to: everything that gateways send, of all gateways.
inline constexpr std::string_view kUpFilter = "sluice/v1/+/up/+";
inline constexpr std::string_view kLiveFilter = "sluice/v1/+/live";
inline constexpr std::string_view kHelloFilter = "sluice/v1/+/hello";
inline constexpr std::string_view kStatusFilter = "sluice/v1/+/status";
inline constexpr std::string_view kAskFilter = "sluice/v1/+/ask";

}  // namespace sluice::uplink
