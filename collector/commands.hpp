#pragma once
// The commands of the program. Each adds itself to the command line when it is made; main() runs
// the chosen one and exits with what it returns.

#include <string>

#include "collector/line.hpp"
#include "uplink/options.hpp"

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
  std::string broker_ = "localhost:1883";
  std::string database_;
  std::string credentials_file_;
  uplink::TlsOptions tls_;
  std::string client_id_;
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
