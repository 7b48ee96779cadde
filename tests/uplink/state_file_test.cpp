#include "uplink/state_file.hpp"

#include <filesystem>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

namespace fs = std::filesystem;

TEST_GROUP(StateFile) {
  TemporaryFolder folder;
  const std::string path = folder.path_of("state");
};

TEST(StateFile, gives_back_what_was_written_last) {
  CHECK(write_state_file(path, "one\n"));
  CHECK(write_state_file(path, "two\n"));
  CHECK(read_state_file(path) == "two\n");
  CHECK_FALSE(fs::exists(path + ".new"));
}

TEST(StateFile, is_none_where_there_is_no_file) {
  CHECK(!read_state_file(path));
  CHECK(!read_state_file(""));
}

TEST(StateFile, does_not_read_what_cannot_be_one) {
  folder.write("state", std::string(64 * 1024, 'a'));
  CHECK(read_state_file(path)->size() == 64U * 1024);
  folder.write("state", std::string(64 * 1024 + 1, 'a'));
  CHECK(!read_state_file(path));
  CHECK(!read_state_file(folder.path()));
}

TEST(StateFile, says_that_it_cannot_be_written) {
  CHECK_FALSE(write_state_file(folder.path_of("none/state"), "one"));
  CHECK_FALSE(write_state_file(folder.path(), "one"));
}

}  // namespace sluice::uplink
