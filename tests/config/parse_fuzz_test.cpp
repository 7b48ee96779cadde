// Whatever a file holds, parsing ends with a configuration or with problems that can be shown. The
// files that come with the program are changed at random places; the seed is fixed, so that a
// failure comes again.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "config/parse.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, 24> kTokens{"[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   "\"",
                                                   "'",
                                                   "\"\"\"",
                                                   "'''",
                                                   "=",
                                                   ".",
                                                   ",",
                                                   "#",
                                                   "\n",
                                                   "\r\n",
                                                   "\\",
                                                   "nan",
                                                   "-inf",
                                                   "1e9",
                                                   "[[channel]]\n",
                                                   "a.b.c = 1\n",
                                                   "true",
                                                   "\xFF",
                                                   "\xEF\xBB\xBF",
                                                   "1979-05-27"};

class Mutation {
 public:
  explicit Mutation(std::uint64_t seed) : random_(seed) {}

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(40), text.size() - at);
    switch (below(5)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(below(text.size() + 1), text.substr(at, length));
        break;
      case 2:
        text.insert(at, kTokens[below(kTokens.size())]);
        break;
      case 3:
        text.resize(at);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
    }
  }
  // Below `bound`, or 0.
  std::size_t below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound);
  }

 private:
  std::mt19937_64 random_;
};

bool is_presentable(const Problems& problems) {
  const auto place = [](const Problem& p) { return std::pair(p.line, p.column); };
  return !problems.empty() && problems.size() <= kProblemsMax &&
         std::ranges::is_sorted(problems, {}, place) &&
         std::ranges::all_of(problems, [](const Problem& problem) {
           const std::string text = problem.text();
           return problem.line >= 1 && problem.column >= 1 && !problem.message.empty() &&
                  text.size() < 2'000 && std::ranges::none_of(text, [](char c) {
                    return static_cast<unsigned char>(c) < 0x20U || c == '\x7F';
                  });
         });
}

}  // namespace

TEST_GROUP(ParseFuzz){std::string read(const std::string& name) const {
    std::ifstream file(SLUICE_SOURCE_DIR "/config/" + name, std::ios::binary);
return {std::istreambuf_iterator<char>(file), {}};
}  // namespace sluice::config
// Returns how many of the changed texts were right after all.
int mutate(const std::string& original, int rounds, std::uint64_t seed) const {
  Mutation mutation(seed);
  int right = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text = original;
    for (std::size_t changes = 1 + mutation.below(4); changes > 0; --changes) {
      mutation.change(text);
    }
    const auto outcome = parse(text, "t.toml", "host");
    if (const auto* problems = std::get_if<Problems>(&outcome)) {
      CHECK_TRUE_TEXT(is_presentable(*problems), text.c_str());
    } else {
      ++right;
    }
  }
  return right;
}
}
;

TEST(ParseFuzz, of_the_installed_file_ends_well) {
  const int right = mutate(read("sluice.toml"), 300, 1);
  CHECK_TRUE(right > 0 && right < 300);
}

TEST(ParseFuzz, of_the_demo_ends_well) {
  const int right = mutate(read("demo.toml"), 300, 2);
  CHECK_TRUE(right > 0 && right < 300);
}

TEST(ParseFuzz, of_random_bytes_ends_well) {
  Mutation mutation(3);
  for (int round = 0; round < 500; ++round) {
    std::string text(mutation.below(200), '\0');
    for (char& c : text) c = static_cast<char>(mutation.below(256));
    const auto outcome = parse(text, "t.toml", "host");
    CHECK_TRUE(is_presentable(std::get<Problems>(outcome)));
  }
}

}  // namespace sluice::config
