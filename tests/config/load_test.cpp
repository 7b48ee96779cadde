#include <sys/stat.h>

#include <string>
#include <variant>

#include "config/parse.hpp"
#include "tests/config/parsing.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Load) {
  TemporaryFolder folder;

  void expect_problem(const std::string& path, const std::string& expected) const {
    const auto outcome = load(path);
    CHECK_TRUE(std::holds_alternative<Problems>(outcome));
    const Problems& problems = std::get<Problems>(outcome);
    LONGS_EQUAL(1, problems.size());
    STRCMP_EQUAL((path + expected).c_str(), problems.front().text().c_str());
  }
};

TEST(Load, reads_a_file) {
  const auto outcome = load(folder.write("a.toml", in_channel("")));
  CHECK_TRUE(std::holds_alternative<Config>(outcome));
  LONGS_EQUAL(1, std::get<Config>(outcome).channels.size());
}

TEST(Load, names_the_gateway_after_the_machine) {
  const auto outcome = load(folder.write("a.toml", in_channel("")));
  CHECK_FALSE(std::get<Config>(outcome).gateway.id.empty());
}

TEST(Load, reports_problems_with_the_name_of_the_file) {
  expect_problem(folder.write("a.toml", "a = \n" + in_channel("")),
                 ":1:5: not TOML: key-value pair: expected value, saw '\\n'");
}

TEST(Load, reports_a_file_that_is_not_there) {
  expect_problem(folder.path_of("none.toml"), ": cannot be read: No such file or directory");
}

TEST(Load, reads_no_folder) {
  expect_problem(folder.path(), ": not a regular file");
}

TEST(Load, does_not_wait_for_a_pipe) {
  const std::string path = folder.path_of("pipe");
  CHECK_EQUAL(0, mkfifo(path.c_str(), 0600));
  expect_problem(path, ": not a regular file");
}

TEST(Load, reads_a_file_of_the_greatest_length) {
  const std::string channel = in_channel("");
  const auto outcome =
      load(folder.write("a.toml", std::string(kFileBytesMax - channel.size(), '\n') + channel));
  CHECK_TRUE(std::holds_alternative<Config>(outcome));
}

TEST(Load, reads_no_longer_file) {
  expect_problem(folder.write("a.toml", std::string(kFileBytesMax + 1, '\n')),
                 ":1:1: longer than 1 MiB");
}

}  // namespace sluice::config
