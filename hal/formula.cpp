#include "hal/formula.hpp"

#include <algorithm>
#include <array>
#include <cfenv>
#include <cmath>
#include <limits>
#include <utility>

#include <muParser.h>

namespace sluice::hal {
namespace {

// The library's own functions throw at some arguments; these say "not a number" instead.
double sign(double x) {
  return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
}
double negated(double x) {
  return x == 0.0 ? 1.0 : 0.0;
}
double clamp(double x, double low, double high) {
  return std::min(std::max(x, low), high);
}
double smallest(const double* values, int count) {
  return *std::min_element(values, values + count);
}
double largest(const double* values, int count) {
  return *std::max_element(values, values + count);
}
double sum(const double* values, int count) {
  double total = 0.0;
  for (int i = 0; i < count; ++i) total += values[i];
  return total;
}
double mean(const double* values, int count) {
  return sum(values, count) / count;
}

struct Unary {
  std::string_view name;
  double (*function)(double);
};
constexpr std::array kUnary{
    Unary{"abs", [](double x) { return std::fabs(x); }},
    Unary{"sign", sign},
    Unary{"sqrt", [](double x) { return std::sqrt(x); }},
    Unary{"cbrt", [](double x) { return std::cbrt(x); }},
    Unary{"exp", [](double x) { return std::exp(x); }},
    Unary{"ln", [](double x) { return std::log(x); }},
    Unary{"log10", [](double x) { return std::log10(x); }},
    Unary{"log2", [](double x) { return std::log2(x); }},
    Unary{"sin", [](double x) { return std::sin(x); }},
    Unary{"cos", [](double x) { return std::cos(x); }},
    Unary{"tan", [](double x) { return std::tan(x); }},
    Unary{"asin", [](double x) { return std::asin(x); }},
    Unary{"acos", [](double x) { return std::acos(x); }},
    Unary{"atan", [](double x) { return std::atan(x); }},
    Unary{"sinh", [](double x) { return std::sinh(x); }},
    Unary{"cosh", [](double x) { return std::cosh(x); }},
    Unary{"tanh", [](double x) { return std::tanh(x); }},
    Unary{"floor", [](double x) { return std::floor(x); }},
    Unary{"ceil", [](double x) { return std::ceil(x); }},
    Unary{"round", [](double x) { return std::round(x); }},
    Unary{"trunc", [](double x) { return std::trunc(x); }},
};
struct Binary {
  std::string_view name;
  double (*function)(double, double);
};
constexpr std::array kBinary{
    Binary{"atan2", [](double y, double x) { return std::atan2(y, x); }},
    Binary{"hypot", [](double x, double y) { return std::hypot(x, y); }},
    Binary{"pow", [](double x, double y) { return std::pow(x, y); }},
    Binary{"mod", [](double x, double y) { return std::fmod(x, y); }},
};
struct Ternary {
  std::string_view name;
  double (*function)(double, double, double);
};
constexpr std::array kTernary{Ternary{"clamp", clamp}};
struct OfMany {
  std::string_view name;
  double (*function)(const double*, int);
};
constexpr std::array kOfMany{
    OfMany{"min", smallest},
    OfMany{"max", largest},
    OfMany{"sum", sum},
    OfMany{"avg", mean},
};
constexpr std::string_view kPi = "pi";
constexpr double kPiValue = 3.14159265358979323846;

// Calls visit(function) for each.
template <typename Visit>
void for_each_function(Visit visit) {
  for (const Unary& one : kUnary) visit(one);
  for (const Binary& one : kBinary) visit(one);
  for (const Ternary& one : kTernary) visit(one);
  for (const OfMany& one : kOfMany) visit(one);
}

bool is_function(std::string_view name) {
  bool found = false;
  for_each_function([&](const auto& one) { found = found || one.name == name; });
  return found;
}

std::string all_functions() {
  std::string all;
  for_each_function([&](const auto& one) {
    if (!all.empty()) all += ", ";
    all += one.name;
  });
  return all;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool continues_name(char c) {
  return begins_name(c) || is_digit(c) || c == '.';
}

Error error_at(std::size_t offset, const std::string& what) {
  return Error{ErrorCode::kInvalid, "at character " + std::to_string(offset + 1) + ": " + what};
}

// The text in the library's words: a channel of any name becomes v0, v1..., and what the library
// would take for more than a formula (an assignment, a text) is refused.
class Translation {
 public:
  explicit Translation(std::string_view text) : text_(text) {}

  Result<> run() {
    while (at_ < text_.size()) {
      const Result<> taken = take();
      if (!taken) return taken.error();
    }
    return Ok{};
  }

  const std::string& result() const { return result_; }
  std::vector<std::string>& inputs() { return inputs_; }
  // Where in the text stands what begins at `position` of the result, or before.
  std::size_t offset_of(std::size_t position) const {
    std::size_t offset = 0;
    for (const auto& [in_result, in_text] : places_) {
      if (in_result <= position) offset = in_text;
    }
    return offset;
  }

 private:
  Result<> take() {
    const char c = text_[at_];
    if (c == ' ') {
      ++at_;
      return Ok{};
    }
    if (c == '[') return take_bracket();
    if (begins_name(c)) return take_name();
    if (is_digit(c) || c == '.') {
      emit(at_, std::string(number()));
      return Ok{};
    }
    return take_operator();
  }

  Result<> take_bracket() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find(']', begin);
    if (end == std::string_view::npos) return error_at(begin, "the \"[\" has no \"]\"");
    const std::string_view name = text_.substr(begin + 1, end - begin - 1);
    if (name.empty()) return error_at(begin, "expected a channel's name between \"[\" and \"]\"");
    at_ = end + 1;
    return take_channel(begin, name);
  }

  Result<> take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    std::size_t next = at_;
    while (next < text_.size() && text_[next] == ' ') ++next;
    if (next < text_.size() && text_[next] == '(') {
      if (!is_function(name)) {
        return error_at(begin, "there is no function \"" + std::string(name) + "\"; there are " +
                                   all_functions());
      }
      // The library wants a function's bracket right behind it.
      at_ = next + 1;
      emit(begin, std::string(name) + "(");
      return Ok{};
    }
    if (name == kPi) {
      emit(begin, std::string(name));
      return Ok{};
    }
    return take_channel(begin, name);
  }

  Result<> take_channel(std::size_t begin, std::string_view name) {
    auto known = std::find(inputs_.begin(), inputs_.end(), name);
    if (known == inputs_.end()) {
      if (inputs_.size() == Formula::kInputsMax) {
        return error_at(begin, "more than " + std::to_string(Formula::kInputsMax) +
                                   " channels; derive "
                                   "it in steps");
      }
      inputs_.emplace_back(name);
      known = inputs_.end() - 1;
    }
    emit(begin, "v" + std::to_string(known - inputs_.begin()));
    return Ok{};
  }

  std::string_view number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      std::size_t digits = at_ + 1;
      if (digits < text_.size() && (text_[digits] == '+' || text_[digits] == '-')) ++digits;
      if (digits < text_.size() && is_digit(text_[digits])) {
        while (digits < text_.size() && is_digit(text_[digits])) ++digits;
        at_ = digits;
      }
    }
    return text_.substr(begin, at_ - begin);
  }

  Result<> take_operator() {
    constexpr std::array<std::string_view, 6> kTwo{"==", "!=", "<=", ">=", "&&", "||"};
    for (const std::string_view two : kTwo) {
      if (!text_.substr(at_).starts_with(two)) continue;
      emit(at_, std::string(two));
      at_ += two.size();
      return Ok{};
    }
    const char c = text_[at_];
    if (c == '=') return error_at(at_, "nothing can be assigned here; \"==\" compares");
    constexpr std::string_view kOne = "+-*/^()<>!?:,";
    if (kOne.find(c) == std::string_view::npos) {
      return error_at(at_, "unexpected \"" + std::string(1, c) +
                               "\"; a channel of such a name is written [name]");
    }
    emit(at_, std::string(1, c));
    ++at_;
    return Ok{};
  }

  void emit(std::size_t offset, const std::string& piece) {
    places_.emplace_back(result_.size(), offset);
    result_ += piece + (piece.ends_with('(') ? "" : " ");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string result_;
  std::vector<std::string> inputs_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;
};

// What the library's complaint means for the text as it was written.
Error explained(const mu::ParserError& error, const Translation& translation,
                std::string_view text) {
  switch (error.GetCode()) {
    case mu::ecEMPTY_EXPRESSION:
      return error_at(0, "expected a formula");
    case mu::ecUNEXPECTED_EOF:
      return error_at(text.size(), "something is missing at the end");
    case mu::ecMISSING_PARENS:
      return error_at(text.size(), "a \")\" is missing");
    case mu::ecMISSING_ELSE_CLAUSE:
      return error_at(text.size(), "a \"?\" has no \":\"");
    default:
      break;
  }
  if (error.GetPos() < 0) return error_at(0, "it is not understood");
  // The library counts to the end of some pieces and to the beginning of others.
  const auto end = static_cast<std::size_t>(error.GetPos());
  const std::string& token = error.GetToken();
  const std::size_t length = std::min(end, token.size());
  const bool counts_to_end =
      translation.result().substr(end - length, length) == token && length > 0;
  const std::size_t offset = translation.offset_of(counts_to_end ? end - length : end);
  switch (error.GetCode()) {
    case mu::ecTOO_FEW_PARAMS:
      return error_at(offset, "a function has too few arguments");
    case mu::ecTOO_MANY_PARAMS:
      return error_at(offset, "a function has too many arguments");
    default:
      return error_at(offset, "unexpected \"" + std::string(text.substr(offset, 20)) + "\"");
  }
}

}  // namespace

struct Formula::Program {
  mu::Parser parser;
  std::array<double, kInputsMax> values{};
};

Formula::Formula(std::vector<std::string> inputs, std::unique_ptr<Program> program)
    : inputs_(std::move(inputs)), program_(std::move(program)) {}
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;
Formula::~Formula() = default;

Result<Formula> Formula::compile(std::string_view text) {
  if (text.size() > kBytesMax) {
    return error_at(kBytesMax, "longer than " + std::to_string(kBytesMax) + " characters");
  }
  Translation translation(text);
  if (const Result<> translated = translation.run(); !translated) return translated.error();
  // The library throws, allocates and makes its program at the first calculation; no later one
  // does any of it. So the first one is made here.
  try {
    auto program = std::make_unique<Program>();
    mu::Parser& parser = program->parser;
    parser.ClearFun();
    parser.ClearConst();
    // It would calculate 1/0 beforehand, where nobody sees the division.
    parser.EnableOptimizer(false);
    for_each_function(
        [&](const auto& one) { parser.DefineFun(std::string(one.name), one.function); });
    parser.DefineInfixOprt("!", negated);
    parser.DefineConst(std::string(kPi), kPiValue);
    for (std::size_t i = 0; i < translation.inputs().size(); ++i) {
      parser.DefineVar("v" + std::to_string(i), &program->values[i]);
    }
    parser.SetExpr(translation.result());
    static_cast<void>(parser.Eval());
    if (parser.GetNumResults() != 1) {
      return error_at(0, "expected one value, found several with commas between them");
    }
    if (translation.inputs().empty()) return error_at(0, "it names no channel");
    return Formula(std::move(translation.inputs()), std::move(program));
  } catch (const mu::ParserError& error) {
    return explained(error, translation, text);
  }
}

double Formula::evaluate(std::span<const double> values) noexcept {
  CHECK(values.size() == inputs_.size());
  std::copy(values.begin(), values.end(), program_->values.begin());
  constexpr int kNoNumber = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW;
  std::feclearexcept(kNoNumber);
  const double result = program_->parser.Eval();
  return std::fetestexcept(kNoNumber) == 0 ? result : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace sluice::hal
