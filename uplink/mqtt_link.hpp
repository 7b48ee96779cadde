#pragma once
// The real Link: libmosquitto, which no other file sees, under a poll loop of ours. A connection is
// never mended: after any error the handle is destroyed and, after a back-off, a new one made.
//
// Resolving the host name may block for as long as the resolver does; everything else returns
// within the times named here. So give it a thread without deadlines.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/link.hpp"
#include "uplink/options.hpp"

namespace sluice::uplink {

// What the program adds to what the operator says.
struct MqttSession {
  std::optional<Message> last_will;
  std::vector<std::string> subscriptions;  // filters, QoS 1, made anew at every connect
  // Largest packet the broker may send us; announced in v5, and bounds memory there.
  std::size_t packet_bytes_max = 512 * 1024;
  // Publications not yet taken by the broker; more are kFull.
  std::size_t in_flight_max = 16;
  std::uint64_t seed = 0;  // of the back-off: different on every machine
};

class MqttLink final : public Link {
 public:
  // Nothing happens before the first poll(). LinkUp comes once the broker has granted every
  // subscription; LinkDown after each failed try too, with the reason. Publications not taken when
  // the link goes down are forgotten here: no Taken comes for them.
  MqttLink(const LinkOptions& options, MqttSession session);
  ~MqttLink() override;

  std::optional<LinkEvent> poll(Instant now) override;
  // kRefused when the broker has announced that it takes no packet of this size.
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                Retain retain) override;
  void wait(Duration longest) override;
  // Sends what is under way and the goodbye, for 1 s at most. Stays closed.
  void close() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::uplink
