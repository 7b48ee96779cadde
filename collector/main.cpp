// sluice-collector: where gateways deliver. Reads the command line and runs the chosen command.

#include <string>

#include <CLI/CLI.hpp>

#include "collector/commands.hpp"
#include "collector/version.hpp"

int main(int argc, char** argv) {
  CLI::App program("Receives what Sluice gateways send, keeps it in SQLite and acknowledges it.",
                   "sluice-collector");
  program.set_version_flag("--version",
                           std::string("sluice-collector ") + sluice::collector::kVersion);
  program.require_subcommand(1);
  program.footer(
      "Exit status: 0 done, 1 failed, 2 wrong command line or a file that cannot be opened.");

  sluice::collector::RunCommand run(program);
  sluice::collector::StatusCommand status(program);
  sluice::collector::ExportCommand export_command(program);
  sluice::collector::RequestCommand request(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? sluice::collector::kDone : sluice::collector::kWrongUse;
  }
  if (run.chosen()) return run.run();
  if (status.chosen()) return status.run();
  if (request.chosen()) return request.run();
  return export_command.run();
}
