#pragma once
// A Link that a test drives by hand: what is published is kept, what happens is said by the test.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "uplink/link.hpp"

namespace sluice::uplink {

struct Published {
  std::string topic;
  Bytes payload;
  Retain retain = Retain::kNo;
  std::uint32_t token = 0;
};

class FakeLink final : public Link {
 public:
  std::optional<LinkEvent> poll(Instant) override {
    if (events.empty()) return std::nullopt;
    LinkEvent event = std::move(events.front());
    events.pop_front();
    return event;
  }
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                Retain retain) override {
    if (refuses) return Error{ErrorCode::kRefused, "too large"};
    if (room == 0) return Error{ErrorCode::kFull, "full"};
    --room;
    published.push_back(
        {std::string(topic), Bytes(payload.begin(), payload.end()), retain, ++last_token});
    return last_token;
  }
  void wait(Duration) override {}
  void close() override { closed = true; }
  std::optional<Instant> next_try() const override { return retry; }
  Traffic traffic() const override { return wire; }

  // What was published to `topic` and not looked at yet; looks at it.
  std::vector<Published> take(std::string_view topic) {
    std::vector<Published> taken;
    std::erase_if(published, [&](const Published& one) {
      if (one.topic != topic) return false;
      taken.push_back(one);
      return true;
    });
    return taken;
  }

  std::deque<LinkEvent> events;
  std::vector<Published> published;
  std::optional<Instant> retry;
  Traffic wire;
  std::size_t room = std::numeric_limits<std::size_t>::max();
  bool refuses = false;
  bool closed = false;
  std::uint32_t last_token = 0;
};

}  // namespace sluice::uplink
