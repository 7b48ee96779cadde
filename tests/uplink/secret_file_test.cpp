#include "uplink/secret_file.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(SecretFile) {
  TemporaryFolder folder;
  std::string path;

  void teardown() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
  }
  void write(const std::string& text, mode_t mode) {
    path = folder.write("secret", text);
    CHECK(::chmod(path.c_str(), mode) == 0);
  }
  void expect_error(ErrorCode code) {
    const Result<std::string> read = read_secret_file(path, "key");
    CHECK_FALSE(read.ok());
    CHECK(read.error().code == code);
    CHECK(read.error().message.find("treasure") == std::string::npos);
  }
};

TEST(SecretFile, is_read_whole) {
  write("treasure\n", 0600);
  STRCMP_EQUAL("treasure\n", read_secret_file(path, "key")->c_str());
}

TEST(SecretFile, is_refused_when_others_may_read_it) {
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    write("treasure", mode);
    expect_error(ErrorCode::kRefused);
  }
}

// systemd lets the service in by an access list, whose mask shows in the bits of the group.
TEST(SecretFile, may_have_a_mask_for_its_group_as_a_credential_of_systemd) {
  write("treasure", 0440);
  CHECK(::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1) == 0);
  CHECK(read_secret_file(path, "key").ok());
  write("treasure", 0444);
  expect_error(ErrorCode::kRefused);
}

TEST(SecretFile, is_no_credential_beside_the_folder) {
  write("treasure", 0440);
  CHECK(::setenv("CREDENTIALS_DIRECTORY", folder.path_of("sec").c_str(), 1) == 0);
  expect_error(ErrorCode::kRefused);
}

TEST(SecretFile, is_refused_when_not_a_regular_file) {
  path = "/dev/null";
  expect_error(ErrorCode::kRefused);
}

TEST(SecretFile, says_when_it_is_missing) {
  path = folder.path_of("missing");
  expect_error(ErrorCode::kNotFound);
}

TEST(SecretFile, is_not_read_without_end) {
  write(std::string(64 * 1024 + 1, 'x'), 0600);
  expect_error(ErrorCode::kInvalid);
}

}  // namespace sluice::uplink
