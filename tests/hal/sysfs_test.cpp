#include "hal/sysfs.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(Sysfs) {
  TemporaryFolder folder;
};

TEST(Sysfs, lists_numbers_in_rising_order) {
  for (const char* name : {"hwmon10/x", "hwmon2/x", "hwmon/x", "hwmonx/x", "other3/x"}) {
    folder.write(name, "");
  }
  CHECK_TRUE(numbered(folder.path(), "hwmon", "") == (std::vector<std::uint64_t>{2, 10}));
  CHECK_TRUE(numbered(folder.path_of("absent"), "hwmon", "").empty());
}

TEST(Sysfs, lists_entries_by_name) {
  for (const char* name : {"b", "c", "a"}) folder.write(name, "");
  CHECK_TRUE(entries_of(folder.path()) == (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Sysfs, lists_no_more_entries_than_its_bound) {
  for (int i = 0; i < 300; ++i) folder.write("f" + std::to_string(i), "");
  CHECK_EQUAL(kEntriesMax, entries_of(folder.path()).size());
}

TEST(Sysfs, reads_attributes_without_their_line_end) {
  folder.write("name", "nvme\n");
  STRCMP_EQUAL("nvme", attribute(folder.path_of("name")).c_str());
  STRCMP_EQUAL("", attribute(folder.path_of("absent")).c_str());
}

TEST(Sysfs, reads_numbers_and_nothing_else) {
  const std::string path = folder.write("temp1_input", "-1250\n");
  LONGS_EQUAL(-1250, integer_attribute(path).value());
  DOUBLES_EQUAL(-1250.0, number_attribute(path).value(), 0.0);
  for (const char* text : {"", "\n", "12 34\n", "12x\n", "0x12\n", "nan\n"}) {
    folder.write("temp1_input", text);
    CHECK_TRUE(integer_attribute(path).error().code == ErrorCode::kCorrupt);
    CHECK_TRUE(number_attribute(path).error().code == ErrorCode::kCorrupt);
  }
  CHECK_TRUE(integer_attribute(folder.path_of("absent")).error().code == ErrorCode::kNotFound);
}

TEST(Sysfs, reads_where_a_link_leads) {
  std::filesystem::create_directory_symlink("../../devices/1-0048", folder.path_of("device"));
  STRCMP_EQUAL("1-0048", link_end(folder.path_of("device")).c_str());
  STRCMP_EQUAL("", link_end(folder.path_of("absent")).c_str());
}

TEST(Sysfs, writes_attributes_that_are_there) {
  const std::string path = folder.write("duty_cycle", "1000000\n");
  CHECK_TRUE(write_attribute(path, "500").ok());
  STRCMP_EQUAL("500", attribute(path).c_str());
  CHECK_TRUE(write_attribute(folder.path_of("absent"), "1").error().code == ErrorCode::kNotFound);
  CHECK_FALSE(std::filesystem::exists(folder.path_of("absent")));
}
