#include "core/log.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Log) {
  // A sink is a plain function: it finds the test through this.
  static inline std::string* seen = nullptr;
  std::string lines;

  void setup() override {
    seen = &lines;
  }
  void teardown() override {
    set_log_sink(nullptr);
  }
  static void keep(LogLevel level, std::string_view line) {
    seen->append(level == LogLevel::kWarning ? "warning: " : "other: ").append(line).append("\n");
  }
};

TEST(Log, drops_lines_without_a_sink) {
  log(LogLevel::kError, "unheard");
  STRCMP_EQUAL("", lines.c_str());
}

TEST(Log, hands_level_and_line_to_the_sink) {
  set_log_sink(keep);
  log(LogLevel::kWarning, "disk is slow");
  log(LogLevel::kInfo, "disk is well");
  STRCMP_EQUAL("warning: disk is slow\nother: disk is well\n", lines.c_str());
}

}  // namespace sluice
