#include "uplink/command_desk.hpp"

#include <utility>

namespace sluice::uplink {

CommandDesk::CommandDesk(std::string answer_topic, Link& link)
    : topic_(std::move(answer_topic)), link_(link) {}

void CommandDesk::received(const Message& message, Instant now) {
  if (!rate_.allows(now)) {
    ++counters_.too_many;
    return;
  }
  rate_.spent(1, now);
  Result<RawCommand> command = decode_command(message.payload);
  if (!command) {
    ++counters_.refused;
    const std::string id = id_in(message.payload);
    if (!id.empty()) answer({id, CommandState::kFailed, CommandFault::kMalformed});
    return;
  }
  ++counters_.heard;
  if (commands_.size() == kCommandsWaitingMax) {
    return answer({command->id, CommandState::kFailed, CommandFault::kBusy});
  }
  commands_.push_back(std::move(*command));
}

std::optional<RawCommand> CommandDesk::take() {
  if (commands_.empty()) return std::nullopt;
  RawCommand command = std::move(commands_.front());
  commands_.pop_front();
  return command;
}

void CommandDesk::answer(CommandAnswer answer) {
  if (answers_.size() == kAnswersWaitingMax) {
    answers_.pop_front();
    ++counters_.answers_dropped;
  }
  answers_.push_back(std::move(answer));
}

void CommandDesk::step() {
  while (!answers_.empty()) {
    if (!link_.publish(topic_, encode(answers_.front()), Retain::kNo)) return;
    answers_.pop_front();
  }
}

}  // namespace sluice::uplink
