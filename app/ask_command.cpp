#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/local_api.hpp"
#include "app/requests.hpp"
#include "app/status_text.hpp"

namespace sluice::app {

AskCommand::AskCommand(CLI::App& program, Question question)
    : question_(question),
      command_(question == Question::kStatus
                   ? program.add_subcommand("status", "Show what the running gateway is doing")
                   : program.add_subcommand("acknowledge",
                                            "Acknowledge an active alert, so that "
                                            "it does not escalate")),
      run_directory_("/run/sluice") {
  command_->add_option("--run-directory", run_directory_, "Where the gateway's socket is")
      ->capture_default_str();
  if (question == Question::kStatus) {
    command_->add_flag("--json", json_, "As one JSON object");
  } else {
    command_->add_option("ALERT", alert_, "Name of the alert")->required();
  }
}

bool AskCommand::chosen() const {
  return command_->parsed();
}

int AskCommand::run() {
  const std::string request =
      question_ == Question::kStatus ? kStatusRequest : kAcknowledgeRequest + (" " + alert_);
  const Result<std::string> answer = ask_gateway(socket_path(run_directory_), request);
  if (!answer.ok()) {
    std::fprintf(stderr, "sluice: %s\n", answer.error().message.c_str());
    return kFailed;
  }
  if (question_ == Question::kAcknowledge) {
    if (*answer == kAcceptedAnswer) return kDone;
    std::fprintf(stderr, "sluice: %s\n", answer->c_str());
    return kFailed;
  }
  if (json_) {
    std::printf("%s\n", answer->c_str());
    return kDone;
  }
  const Result<std::string> text = status_text(*answer);
  if (!text.ok()) {
    std::fprintf(stderr, "sluice: %s\n", text.error().message.c_str());
    return kFailed;
  }
  std::fputs(text->c_str(), stdout);
  return kDone;
}

}  // namespace sluice::app
