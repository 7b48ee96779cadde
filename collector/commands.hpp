#pragma once
// The commands of the program. Each adds itself to the command line when it is made; main() runs
// the chosen one and exits with what it returns.

#include <string>

#include "collector/asker.hpp"
#include "collector/broker_options.hpp"
#include "collector/line.hpp"
#include "core/result.hpp"
#include "uplink/command.hpp"

namespace CLI {
class App;
}

namespace sluice::collector {

// Exit statuses, the same for every command.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;    // it did not work out
inline constexpr int kWrongUse = 2;  // wrong command line, or a file that cannot be opened

class RunCommand {
 public:
  explicit RunCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  CLI::App* command_;
  BrokerOptions broker_;
  std::string database_;
  std::string share_;
  std::string ack_key_file_;
  std::string print_;  // "", "lines" or "json"
  bool live_ = false;
};

class StatusCommand {
 public:
  explicit StatusCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  CLI::App* command_;
  std::string database_;
  bool json_ = false;
};

class RequestCommand {
 public:
  explicit RequestCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  Result<uplink::RawCommand> command() const;
  int report(const Asker& asker, Asker::Outcome outcome, const uplink::RawCommand& command) const;

  CLI::App* command_;
  BrokerOptions broker_;
  std::string gateway_;
  std::string channel_;
  std::string from_;
  std::string to_;
  std::string run_;
  std::string id_;
  bool wait_ = false;
  double timeout_s_ = 60;
  bool json_ = false;
};

class ExportCommand {
 public:
  explicit ExportCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  CLI::App* command_;
  std::string database_;
  std::string gateway_;
  std::string channel_;
  std::string from_;
  std::string to_;
  Format format_ = Format::kCsv;
};

}  // namespace sluice::collector
