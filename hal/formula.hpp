#pragma once
// A formula over channels, such as "supply - return" or "[boiler-1.flow] * 4.19": the text of a
// derived channel, translated once and calculated as often as wanted. The one file that knows the
// library which does it (muParser).

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sluice::hal {

class Formula {
 public:
  // Most channels that one formula names, and most bytes of its text.
  static constexpr std::size_t kInputsMax = 32;
  static constexpr std::size_t kBytesMax = 1'000;

  // Main thread; allocates. kInvalid, with the character where it goes wrong, when the text is no
  // formula of one value, or names no channel. Whether the channels exist is the caller's to see.
  static Result<Formula> compile(std::string_view text);

  Formula(Formula&&) noexcept;
  Formula& operator=(Formula&&) noexcept;
  ~Formula();

  // The channels it names, each once, in the order of their first place in the text.
  const std::vector<std::string>& inputs() const { return inputs_; }

  // Not a number when it divided by zero on its way, left what a function is defined for, or went
  // beyond the largest number, also where a comparison would hide that; the side of `?:` that is
  // not taken is not calculated. Any thread, one at a time. Does not allocate, lock or throw.
  // REQUIRES: values.size() == inputs().size(), in their order.
  double evaluate(std::span<const double> values) noexcept;

 private:
  struct Program;
  Formula(std::vector<std::string> inputs, std::unique_ptr<Program> program);

  std::vector<std::string> inputs_;
  std::unique_ptr<Program> program_;
};

}  // namespace sluice::hal
