#include "hal/drivers/file_driver.hpp"

#include <sys/stat.h>

#include <string>

#include "tests/hal/drivers/configured.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(FileDriver) {
  TemporaryFolder folder;
  Configured channel{"driver = \"file\"\nfile = \"" + folder.path_of("level") + "\"\n"};
};

TEST(FileDriver, reads_the_first_number) {
  folder.write("level", "level: 42.5 cm, pump 3\n");
  DOUBLES_EQUAL(42.5, channel.measure().value(), 0.0);
}

TEST(FileDriver, follows_a_file_that_is_replaced) {
  folder.write("level", "1\n");
  CHECK_TRUE(channel.measure().ok());
  folder.write("next", "2\n");
  std::filesystem::rename(folder.path_of("next"), folder.path_of("level"));
  DOUBLES_EQUAL(2.0, channel.measure().value(), 0.0);
}

TEST(FileDriver, is_absent_without_the_file_and_back_with_it) {
  CHECK_TRUE(channel.failure() == ErrorCode::kNotFound);
  folder.write("level", "1\n");
  CHECK_TRUE(channel.measure().ok());
  folder.remove("level");
  CHECK_TRUE(channel.failure() == ErrorCode::kNotFound);
}

TEST(FileDriver, takes_no_file_without_a_number) {
  for (const std::string& text : {std::string(), std::string("\n"), std::string("none\n"),
                                  std::string(100'000, 'x') + " 1\n", std::string("\0\0", 2)}) {
    folder.write("level", text);
    CHECK_TRUE(channel.failure() == ErrorCode::kCorrupt);
  }
}

TEST(FileDriver, does_not_wait_for_a_pipe) {
  CHECK_EQUAL(0, mkfifo(folder.path_of("level").c_str(), 0600));
  CHECK_TRUE(channel.failure() == ErrorCode::kInvalid);
}

TEST(FileDriver, shares_a_bus_with_other_files) {
  STRCMP_EQUAL("files", channel.open.bus.c_str());
}

TEST(FileDriver, needs_its_file) {
  STRCMP_CONTAINS("file: missing", Configured::problems_of("driver = \"file\"\n").c_str());
}
