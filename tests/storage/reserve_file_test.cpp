#include "storage/reserve_file.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(ReserveFile) {
  static constexpr std::uint64_t kBytes = 200'000;
  TemporaryFolder folder;
  const std::string path = folder.path_of("reserve");

  std::uint64_t bytes_on_disk() const {
    struct stat file = {};
    return ::stat(path.c_str(), &file) == 0 ? static_cast<std::uint64_t>(file.st_blocks) * 512 : 0;
  }
};

TEST(ReserveFile, is_not_held_until_it_is_taken) {
  CHECK_FALSE(ReserveFile(path, kBytes).is_held());
  CHECK_TRUE(bytes_on_disk() == 0);
}

TEST(ReserveFile, takes_room_on_the_disk_and_gives_it_back) {
  ReserveFile reserve(path, kBytes);
  CHECK_TRUE(reserve.take().ok());
  CHECK_TRUE(reserve.is_held());
  CHECK_TRUE(bytes_on_disk() >= kBytes);
  CHECK_TRUE(std::filesystem::file_size(path) == kBytes);
  CHECK_TRUE(reserve.take().ok());  // no more of it
  CHECK_TRUE(std::filesystem::file_size(path) == kBytes);
  reserve.release();
  CHECK_FALSE(reserve.is_held());
  CHECK_FALSE(std::filesystem::exists(path));
  reserve.release();
}

TEST(ReserveFile, is_there_after_a_restart) {
  CHECK_TRUE(ReserveFile(path, kBytes).take().ok());
  CHECK_TRUE(ReserveFile(path, kBytes).is_held());
}

TEST(ReserveFile, of_another_size_is_made_anew) {
  CHECK_TRUE(ReserveFile(path, kBytes).take().ok());
  ReserveFile other(path, 2 * kBytes);
  CHECK_FALSE(other.is_held());
  CHECK_TRUE(other.take().ok());
  CHECK_TRUE(std::filesystem::file_size(path) == 2 * kBytes);
}

TEST(ReserveFile, without_its_blocks_is_none) {
  folder.write("reserve", "");
  std::filesystem::resize_file(path, kBytes);
  CHECK_FALSE(ReserveFile(path, kBytes).is_held());
}

TEST(ReserveFile, is_not_taken_through_a_link) {
  folder.write("other", "precious");
  std::filesystem::create_symlink(folder.path_of("other"), path);
  ReserveFile reserve(path, kBytes);
  CHECK_FALSE(reserve.is_held());
  CHECK_TRUE(reserve.take().ok());  // in the link's place
  CHECK_FALSE(std::filesystem::is_symlink(path));
  CHECK_TRUE(std::filesystem::file_size(folder.path_of("other")) == 8);
}

TEST(ReserveFile, larger_than_the_disk_leaves_nothing_behind) {
  ReserveFile reserve(path, std::uint64_t{1} << 60);
  const Result<> taken = reserve.take();
  CHECK_TRUE(failed_with(taken, ErrorCode::kFull));
  CHECK_FALSE(reserve.is_held());
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST(ReserveFile, cannot_be_taken_where_nothing_can_be_written) {
  CHECK_TRUE(failed_with(ReserveFile("/proc/reserve", kBytes).take(), ErrorCode::kUnavailable));
}
