#pragma once
// What a board offers to read, as `sluice probe` lists it: plain values. The surveys that fill them
// look, and at most ask a device whether it is there; they take nothing from it, change nothing and
// keep nothing open. One thread, and not the real-time one: a bus that is stuck makes them wait.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::hal {

// Where the kernel's folders are mounted.
struct Places {
  std::string sysfs = "/sys";
  std::string dev = "/dev";
};

// A [[channel]] that would read something.
struct Draft {
  std::string name{};  // a wish: not unique yet, and in any letters
  std::string unit{};
  std::string period = "1s";
  std::string driver{};
  // The driver's keys.
  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> keys{};
  // Nobody asked the device what it is; the operator has to know.
  bool guessed = false;
};

struct Finding {
  std::string text{};  // one line, such as "0x48 answers"
  std::vector<Draft> drafts{};
};

struct Survey {
  std::string_view title{};
  std::vector<Finding> findings{};
  std::string_view hint{};  // what to do when there is none
};

// Findings of one survey that are kept; the rest is left out, and the last one says so.
inline constexpr std::size_t kFindingsMax = 128;
void add_finding(Survey& survey, Finding finding);

}  // namespace sluice::hal
