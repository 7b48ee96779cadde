#include <cstdio>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "collector/commands.hpp"
#include "collector/database.hpp"
#include "collector/export.hpp"

namespace sluice::collector {
namespace {

int fail(const Error& error, int status) {
  std::fprintf(stderr, "sluice-collector: %s\n", error.message.c_str());
  return status;
}

}  // namespace

ExportCommand::ExportCommand(CLI::App& program)
    : command_(program.add_subcommand("export", "Write readings to standard output")) {
  command_->add_option("--database", database_, "The collector's SQLite file")->required();
  command_->add_option("--gateway", gateway_, "Of this gateway only");
  command_->add_option("--channel", channel_, "Of this channel only");
  command_->add_option("--from", from_, "Not before, such as 2026-01-31T12:30 (UTC)");
  command_->add_option("--to", to_, "Not after");
  const std::map<std::string, Format> formats = {
      {"csv", Format::kCsv}, {"json", Format::kJson}, {"lines", Format::kLines}};
  command_->add_option("--format", format_, "csv, json (one object per line) or lines")
      ->transform(CLI::CheckedTransformer(formats))
      ->default_str("csv");
}

bool ExportCommand::chosen() const {
  return command_->parsed();
}

int ExportCommand::run() {
  ExportQuery query{gateway_, channel_, {}, {}, format_};
  for (const auto& [text, time] : {std::pair{&from_, &query.from}, {&to_, &query.to}}) {
    if (text->empty()) continue;
    const Result<WallTime> parsed = parse_time(*text);
    if (!parsed) return fail(parsed.error(), kWrongUse);
    *time = *parsed;
  }
  Result<storage::Connection> connection = open_for_reading(database_);
  if (!connection) return fail(connection.error(), kWrongUse);
  bool written = true;
  const Result<ExportTotals> totals =
      export_readings(*connection, query, [&written](std::string_view lines) {
        written = std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size();
        return written;
      });
  if (!totals) return fail(totals.error(), kFailed);
  if (totals->unreadable_chunks > 0) {
    std::fprintf(stderr, "sluice-collector: left out %llu chunks that this version cannot read\n",
                 static_cast<unsigned long long>(totals->unreadable_chunks));
  }
  return written && std::fflush(stdout) == 0 ? kDone : kFailed;
}

}  // namespace sluice::collector
