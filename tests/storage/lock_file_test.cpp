#include "storage/lock_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(LockFile) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.lock");
};

TEST(LockFile, turns_a_second_one_away) {
  const Result<LockFile> first = LockFile::take(path);
  const Result<LockFile> second = LockFile::take(path);
  CHECK_TRUE(first.ok());
  CHECK_FALSE(second.ok());
  CHECK_TRUE(second.error().code == ErrorCode::kRefused);
  const std::string owner = "process " + std::to_string(::getpid()) + " uses";
  CHECK_TRUE(second.error().message.find(owner) != std::string::npos);
}

TEST(LockFile, does_not_believe_a_file_that_names_no_process) {
  const Result<LockFile> first = LockFile::take(path);
  folder.write("test.lock", "rubbish");
  const Result<LockFile> second = LockFile::take(path);
  CHECK_FALSE(second.ok());
  CHECK_TRUE(second.error().message.find("another process uses") != std::string::npos);
}

TEST(LockFile, is_free_again_when_its_owner_is_gone) {
  { const Result<LockFile> first = LockFile::take(path); }
  CHECK_TRUE(LockFile::take(path).ok());
}

TEST(LockFile, moves_with_its_owner) {
  std::optional<LockFile> second;
  {
    Result<LockFile> first = LockFile::take(path);
    CHECK_TRUE(first.ok());
    second.emplace(std::move(*first));
  }
  CHECK_FALSE(LockFile::take(path).ok());
}

TEST(LockFile, needs_its_folder) {
  CHECK_FALSE(LockFile::take(folder.path_of("none/x.lock")).ok());
}

TEST(LockFile, refuses_a_link) {
  std::filesystem::create_symlink(folder.path_of("elsewhere"), path);
  CHECK_FALSE(LockFile::take(path).ok());
}
