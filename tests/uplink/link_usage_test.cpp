#include "uplink/link_usage.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::seconds;

TEST_GROUP(LinkUsage) {
  TemporaryFolder folder;
  const std::string path = folder.path_of("link_usage");
  Instant now{seconds(1000)};

  static std::vector<ProfileSpent> spent(std::uint64_t bytes) {
    return {{"cellular", {20'000, 24'000, bytes, 10 * bytes}}, {"office", {19'999, 24'000, 1, 2}}};
  }
  std::vector<ProfileSpent> after_a_restart() const {
    return LinkUsage(path).kept();
  }
};

TEST(LinkUsage, is_nothing_at_first) {
  CHECK(after_a_restart().empty());
}

TEST(LinkUsage, survives_a_restart) {
  LinkUsage(path).save(spent(500));
  CHECK(after_a_restart() == spent(500));
}

TEST(LinkUsage, is_saved_now_and_then) {
  LinkUsage usage(path);
  usage.note(spent(1), now);
  usage.note(spent(2), now + LinkUsage::kSavedEvery - seconds(1));
  CHECK(after_a_restart() == spent(1));
  usage.note(spent(3), now + LinkUsage::kSavedEvery);
  CHECK(after_a_restart() == spent(3));
}

TEST(LinkUsage, is_saved_again_once_that_works) {
  LinkUsage usage(folder.path_of("later/link_usage"));
  usage.save(spent(1));
  CHECK(usage.kept().empty());
  std::filesystem::create_directory(folder.path_of("later"));
  usage.save(spent(1));
  CHECK(LinkUsage(folder.path_of("later/link_usage")).kept() == spent(1));
}

TEST(LinkUsage, that_is_damaged_counts_as_none) {
  for (const char* const text : {"cellular", "cellular 1 2 3\n", "cellular 1 2 3 x\n",
                                 "cell/ular 1 2 3 4\n", "cellular 1 2 3 4\noffice"}) {
    folder.write("link_usage", text);
    CHECK(after_a_restart().empty());
  }
  folder.write("link_usage", "cellular 1 2 3 4\n");
  LONGS_EQUAL(1, after_a_restart().size());
}

TEST(LinkUsage, is_not_kept_without_a_file) {
  LinkUsage usage("");
  usage.save(spent(1));
  CHECK(usage.kept().empty());
}

}  // namespace sluice::uplink
