#include "tests/config/parsing.hpp"

#include <utility>
#include <variant>

#include "config/parse.hpp"
#include "core/check.hpp"

namespace sluice::config {

std::string problems_in(std::string_view toml) {
  const std::variant<Config, Problems> outcome = parse(toml, "t.toml", "host");
  std::string text;
  if (const auto* problems = std::get_if<Problems>(&outcome)) {
    for (const Problem& problem : *problems) text += (text.empty() ? "" : "\n") + problem.text();
  }
  return text;
}

Config config_of(std::string_view toml) {
  std::variant<Config, Problems> outcome = parse(toml, "t.toml", "host");
  CHECK(std::holds_alternative<Config>(outcome));
  return std::get<Config>(std::move(outcome));
}

std::string in_channel_of(std::string_view driver, std::string_view lines) {
  return "[[channel]]\nname = \"a\"\nunit = \"Cel\"\ndriver = \"" + std::string(driver) + "\"\n" +
         std::string(lines);
}

std::string in_channel(std::string_view lines) {
  return in_channel_of("simulated", lines);
}

std::string in_alert(std::string_view lines) {
  return in_channel("[[channel.alert]]\nname = \"x\"\n" + std::string(lines));
}

std::string before_channel(std::string_view lines) {
  return std::string(lines) + "\n" + in_channel("");
}

}  // namespace sluice::config
