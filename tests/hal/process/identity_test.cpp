#include "hal/process/identity.hpp"

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(Identity) {
  TemporaryFolder folder;

  Result<std::string> boot_id_of(std::string_view text) {
    folder.write("sys/kernel/random/boot_id", text);
    return boot_id(folder.path());
  }
};

TEST(Identity, of_the_boot_is_what_the_kernel_says) {
  const Result<std::string> id = boot_id_of("0aa1b2c3-0000-4def-8123-0123456789ab\n");
  STRCMP_EQUAL("0aa1b2c3-0000-4def-8123-0123456789ab", id.value().c_str());
}

TEST(Identity, of_the_boot_is_not_found_without_the_file) {
  CHECK_TRUE(boot_id(folder.path()).error().code == ErrorCode::kNotFound);
}

TEST(Identity, of_the_boot_is_not_guessed_from_other_text) {
  for (const char* text :
       {"", "\n", "0aa1b2c3-0000-4def-8123-0123456789a\n",
        "0aa1b2c3-0000-4def-8123-0123456789abc\n", "0aa1b2c3-0000-4def-8123-0123456789ag\n",
        "0aa1b2c3-0000-4def 8123-0123456789ab\n"}) {
    const Result<std::string> id = boot_id_of(text);
    CHECK_FALSE_TEXT(id.ok(), text);
    CHECK_TRUE(id.error().code == ErrorCode::kCorrupt);
  }
}

TEST(Identity, of_a_run_is_never_the_same) {
  const RunId first = random_run_id().value();
  const RunId second = random_run_id().value();
  CHECK_TRUE(first != second);
  CHECK_TRUE(first != RunId{});
}
