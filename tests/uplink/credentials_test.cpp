#include "uplink/credentials.hpp"

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(Credentials) {
  TemporaryFolder folder;
  std::string path = folder.path_of("credentials");

  void write(std::string_view text, mode_t mode = 0600) {
    folder.write("credentials", text);
    CHECK(::chmod(path.c_str(), mode) == 0);
  }
  void expect_error(ErrorCode code) {
    const Result<Credentials> read = read_credentials(path);
    CHECK_FALSE(read.ok());
    CHECK(read.error().code == code);
  }
};

TEST(Credentials, are_two_lines) {
  write("gateway-7\nopen sesame\n");
  const Result<Credentials> read = read_credentials(path);
  CHECK(read.ok());
  STRCMP_EQUAL("gateway-7", read->user.c_str());
  STRCMP_EQUAL("open sesame", read->password.c_str());
}

TEST(Credentials, may_lack_the_last_line_end_or_come_from_windows) {
  write("user\r\nsecret");
  CHECK(read_credentials(path).ok());
  STRCMP_EQUAL("user", read_credentials(path)->user.c_str());
}

TEST(Credentials, are_refused_when_others_may_read_them) {
  for (const mode_t mode : {0640U, 0604U, 0644U, 0620U}) {
    write("user\nsecret\n", mode);
    expect_error(ErrorCode::kRefused);
  }
}

TEST(Credentials, are_refused_when_not_a_regular_file) {
  path = "/dev/null";
  expect_error(ErrorCode::kRefused);
}

TEST(Credentials, say_when_the_file_is_missing) {
  expect_error(ErrorCode::kNotFound);
}

TEST(Credentials, must_be_exactly_two_lines) {
  for (const std::string& text :
       {std::string(), std::string("user"), std::string("user\n"), std::string("\nsecret\n"),
        std::string("user\nsecret\nmore\n"), std::string(5'000, 'x')}) {
    write(text);
    expect_error(ErrorCode::kInvalid);
  }
}

TEST(Credentials, never_quote_the_file_in_an_error) {
  write("user\nsecret\nmore\n");
  const Result<Credentials> read = read_credentials(path);
  CHECK(read.error().message.find("secret") == std::string::npos);
}

}  // namespace sluice::uplink
