#include "storage/durable_file.hpp"

#include <filesystem>
#include <optional>
#include <string>

#include "tests/storage/faulty_vfs.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(DurableFile) {
  TemporaryFolder folder;
  std::optional<FaultyVfs> disk;
  std::string path = folder.path_of("a");

  void setup() override {
    folder.write("old", "old");
    disk.emplace(folder.path());
    folder.write("a", "content");
  }
  // Power is cut before the next change.
  void lose_power() {
    disk->cut({1});
    CHECK_FALSE(sync_file(folder.path_of("old")).ok());
    disk->restart();
  }
  bool unavailable(const Result<>& result) {
    return !result.ok() && result.error().code == ErrorCode::kUnavailable;
  }
};

TEST(DurableFile, content_lasts_once_it_is_synced_with_its_name) {
  CHECK_TRUE(sync_file(path).ok());
  CHECK_TRUE(sync_folder_of(path).ok());
  lose_power();
  CHECK_TRUE(std::filesystem::file_size(path) == 7);
}

TEST(DurableFile, a_name_alone_keeps_no_content) {
  CHECK_TRUE(sync_folder_of(path).ok());
  lose_power();
  CHECK_TRUE(std::filesystem::file_size(path) == 0);
}

TEST(DurableFile, a_new_name_lasts) {
  CHECK_TRUE(sync_file(path).ok());
  CHECK_TRUE(rename_durably(path, folder.path_of("old")).ok());
  lose_power();
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_TRUE(std::filesystem::file_size(folder.path_of("old")) == 7);
}

TEST(DurableFile, an_error_of_the_disk_is_told) {
  disk->fail({Operation::kSync, 1, kForEver});
  CHECK_TRUE(unavailable(sync_file(path)));
  CHECK_TRUE(unavailable(sync_folder_of(path)));
  CHECK_TRUE(unavailable(rename_durably(path, folder.path_of("b"))));
}

TEST(DurableFile, what_is_not_there_cannot_last) {
  CHECK_TRUE(unavailable(sync_file(folder.path_of("none"))));
  CHECK_TRUE(unavailable(sync_folder_of(folder.path_of("none/b"))));
  CHECK_TRUE(unavailable(rename_durably(folder.path_of("none"), path)));
}

TEST(DurableFile, follows_no_link) {
  std::filesystem::create_symlink(path, folder.path_of("link"));
  CHECK_TRUE(unavailable(sync_file(folder.path_of("link"))));
}
