// Lets one seed happen again, or runs one for long: what the simulator's tests do, without a test
// framework around it.
//
//   simulate [--seed N] [--hours H] [--weather day|storm]
//
// Exit status: 0 when every invariant held, 1 when one was violated, 2 for a wrong command line.

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>

#include "tests/sim/report.hpp"
#include "tests/sim/world.hpp"

namespace sluice::sim {
namespace {

struct Arguments {
  std::uint64_t seed = 1;
  double hours = 1.0;
  Weather weather = Weather::kDay;
};

template <typename Number>
bool read(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<Arguments> read_arguments(int argc, char** argv) {
  constexpr double kHoursMax = 24.0 * 366;
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    const std::optional<Weather> weather = parse_weather(value);
    if (name == "--weather" && weather) {
      arguments.weather = *weather;
    } else if (!(name == "--seed" && read(value, arguments.seed)) &&
               !(name == "--hours" && read(value, arguments.hours))) {
      return std::nullopt;
    }
  }
  const bool possible = arguments.hours > 0.0 && arguments.hours <= kHoursMax;
  return argc % 2 == 1 && possible ? std::optional(arguments) : std::nullopt;
}

int simulate(const Arguments& arguments) {
  const auto length =
      std::chrono::round<Duration>(std::chrono::duration<double>(arguments.hours * 3600.0));
  const Scenario scenario = draw_scenario(arguments.seed, arguments.weather, length);
  return run_and_report(scenario).violation ? 1 : 0;
}

}  // namespace
}  // namespace sluice::sim

int main(int argc, char** argv) {
  const auto arguments = sluice::sim::read_arguments(argc, argv);
  if (!arguments) {
    std::fputs("usage: simulate [--seed N] [--hours H] [--weather day|storm]\n", stderr);
    return 2;
  }
  return sluice::sim::simulate(*arguments);
}
