// sluice: the gateway's program. Reads the command line and runs the chosen command.

#include <string>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/version.hpp"

int main(int argc, char** argv) {
  CLI::App program("Sluice: an edge gateway that reads sensors, raises alerts and loses nothing.",
                   "sluice");
  program.set_version_flag("--version", std::string("sluice ") + sluice::app::kVersion);
  program.require_subcommand(1);
  program.footer(
      "Exit status: 0 done, 1 failed or mistakes found, 2 wrong command line or a file that cannot "
      "be read, 3 a gateway is running already.");

  sluice::app::RunCommand run(program);
  sluice::app::CheckCommand check(program);
  sluice::app::AskCommand status(program, sluice::app::AskCommand::Question::kStatus);
  sluice::app::AskCommand acknowledge(program, sluice::app::AskCommand::Question::kAcknowledge);
  sluice::app::OutputsCommand outputs(program);
  sluice::app::SurveyCommand probe(program, sluice::app::SurveyCommand::Purpose::kProbe);
  sluice::app::SurveyCommand init(program, sluice::app::SurveyCommand::Purpose::kInit);
  sluice::app::QueryCommand query(program);
  sluice::app::ExplainCommand explain(program);
  sluice::app::ReplayCommand replay(program);
  sluice::app::PlanCommand plan(program);
  sluice::app::DecodeCommand decode(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? sluice::app::kDone : sluice::app::kWrongUse;
  }
  if (run.chosen()) return run.run();
  if (check.chosen()) return check.run();
  if (status.chosen()) return status.run();
  if (acknowledge.chosen()) return acknowledge.run();
  if (outputs.chosen()) return outputs.run();
  if (probe.chosen()) return probe.run();
  if (init.chosen()) return init.run();
  if (query.chosen()) return query.run();
  if (explain.chosen()) return explain.run();
  if (replay.chosen()) return replay.run();
  if (plan.chosen()) return plan.run();
  return decode.run();
}
