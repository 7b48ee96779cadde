#include "collector/asker.hpp"

#include <utility>
#include <variant>

#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::collector {

using uplink::TopicKind;

Asker::Asker(uplink::RawCommand command, const std::string& gateway, Patience patience,
             uplink::Link& link)
    : command_(std::move(command)), gateway_(gateway), patience_(patience), link_(link) {}

std::vector<std::string> Asker::subscriptions(const std::string& gateway) {
  return {uplink::topic_name({TopicKind::kAnswer, gateway}),
          uplink::topic_name({TopicKind::kStatus, gateway})};
}

Asker::Outcome Asker::step(Instant now) {
  while (const std::optional<uplink::LinkEvent> event = link_.poll(now)) {
    const Outcome outcome =
        std::visit([this](const auto& happened) { return handle(happened); }, *event);
    if (outcome != Outcome::kUnderWay) return outcome;
  }
  if (!up_ || now < ask_at_) return Outcome::kUnderWay;
  const Result<std::uint32_t> token = link_.publish(
      uplink::topic_name({TopicKind::kCommand, gateway_}), encode(command_), uplink::Retain::kNo);
  if (token) ask_at_ = now + kAskAgainAfter;
  return Outcome::kUnderWay;
}

Asker::Outcome Asker::handle(const uplink::LinkUp&) {
  up_ = true;
  ask_at_ = Instant::min();
  return Outcome::kUnderWay;
}

// Somebody waits for this at a terminal: what is wrong now is said now.
Asker::Outcome Asker::handle(const uplink::LinkDown& down) {
  why_ = down.why;
  return Outcome::kNoLink;
}

Asker::Outcome Asker::handle(const uplink::Message& message) {
  const Result<uplink::Topic> topic = uplink::parse_topic(message.topic);
  if (!topic || topic->gateway != gateway_) return Outcome::kUnderWay;
  if (topic->kind == TopicKind::kStatus) {
    const Result<uplink::Status> status = uplink::decode_status(message.payload);
    if (status) online_ = status->online;
    return Outcome::kUnderWay;
  }
  const Result<uplink::CommandAnswer> answer = uplink::decode_answer(message.payload);
  if (topic->kind != TopicKind::kAnswer || !answer || answer->id != command_.id) {
    return Outcome::kUnderWay;
  }
  answer_ = *answer;
  const bool done = answer->state != uplink::CommandState::kExecuting;
  return done && patience_ == Patience::kUntilDone ? Outcome::kDone : Outcome::kUnderWay;
}

Asker::Outcome Asker::handle(const uplink::Taken& taken) {
  if (taken.refused) {
    why_ = "it refuses the command, reason " + std::to_string(taken.reason);
    return Outcome::kRefused;
  }
  return patience_ == Patience::kUntilTaken ? Outcome::kTaken : Outcome::kUnderWay;
}

}  // namespace sluice::collector
