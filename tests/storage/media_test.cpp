#include "tests/storage/media.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "core/check.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Media) {
  TemporaryFolder folder;
  sim::Random random{1};

  Inode file(const std::string& name, const std::string& content = "") {
    folder.write(name, content);
    struct stat status = {};
    CHECK(::stat(folder.path_of(name).c_str(), &status) == 0);
    return status.st_ino;
  }
  Bytes bytes(std::size_t size, int value = 1) {
    return Bytes(size, static_cast<std::byte>(value));
  }
  Bytes after(Media & media, Remains remains, bool powersafe = true) {
    return media.after_cut(remains, powersafe, random)["a"];
  }
  // What is left of `name` after each of many cuts.
  std::vector<Bytes> after_many(Media & media, Remains remains, bool powersafe = true) {
    std::vector<Bytes> left;
    for (int i = 0; i < 200; ++i) left.push_back(after(media, remains, powersafe));
    return left;
  }
  bool any(const std::vector<Bytes>& left, auto&& holds) {
    return std::any_of(left.begin(), left.end(), holds);
  }
  bool all(const std::vector<Bytes>& left, auto&& holds) {
    return std::all_of(left.begin(), left.end(), holds);
  }
};

TEST(Media, what_was_there_at_first_is_durable) {
  file("a", "xyz");
  Media media(folder.path());
  CHECK_TRUE(after(media, Remains::kNothing).size() == 3);
}

TEST(Media, what_was_synced_stays) {
  const Inode a = file("a");
  Media media(folder.path());
  media.follow(a);
  media.write(a, 0, bytes(100));
  media.truncate(a, 40);
  media.sync(a);
  media.write(a, 40, bytes(10));
  CHECK_TRUE(after(media, Remains::kNothing) == bytes(40));
}

TEST(Media, a_file_that_is_gone_keeps_its_number_until_no_cut_can_bring_it_back) {
  // File systems on disks give the number to the next file, which was then taken for the old one;
  // those in memory do not, so that it is the hold on the number that is looked at.
  const auto held = [] {
    const auto all = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  file("a");
  Media media(folder.path());
  const auto before = held();
  std::filesystem::remove(folder.path_of("a"));
  media.look();
  CHECK_TRUE(held() == before);
  media.sync_folder();
  CHECK_TRUE(held() == before - 1);
}

TEST(Media, a_prefix_ends_at_a_change) {
  const Inode a = file("a");
  Media media(folder.path());
  media.follow(a);
  for (std::size_t i = 0; i < 3; ++i) media.write(a, i * 10, bytes(10));
  const std::vector<Bytes> left = after_many(media, Remains::kPrefix);
  for (const std::size_t size : {0, 10, 20, 30}) {
    CHECK_TRUE(any(left, [&](const Bytes& image) { return image.size() == size; }));
  }
  CHECK_TRUE(all(left, [](const Bytes& image) { return image.size() % 10 == 0; }));
}

TEST(Media, a_subset_is_of_whole_sectors_in_any_order) {
  const Inode a = file("a", std::string(2048, '\0'));
  Media media(folder.path());
  media.follow(a);
  media.write(a, 100, bytes(1500));
  const std::vector<Bytes> left = after_many(media, Remains::kSubset);
  // The sectors begin at 100, 512, 1024 and 1536.
  for (const std::size_t at : {100U, 511U, 512U, 1023U, 1024U, 1535U, 1536U, 1599U}) {
    CHECK_TRUE(any(left, [&](const Bytes& image) { return image[at] == std::byte{1}; }));
    CHECK_TRUE(any(left, [&](const Bytes& image) { return image[at] == std::byte{0}; }));
  }
  CHECK_TRUE(all(left, [](const Bytes& image) { return image[512] == image[1023]; }));
  CHECK_TRUE(any(left, [](const Bytes& image) { return image[512] < image[1024]; }));
}

TEST(Media, a_torn_write_leaves_a_part) {
  const Inode a = file("a", std::string(1024, '\0'));
  Media media(folder.path());
  media.follow(a);
  media.write(a, 0, bytes(1024));
  const std::vector<Bytes> left = after_many(media, Remains::kTorn);
  CHECK_TRUE(any(left, [](const Bytes& image) { return image[9] > image[500]; }));
  CHECK_TRUE(all(left, [](const Bytes& image) {
    return std::is_sorted(image.begin(), image.end(), std::greater<>());
  }));
}

TEST(Media, without_powersafe_overwrite_a_tear_spoils_its_sector) {
  const Inode a = file("a", std::string(4096, '\0'));
  Media media(folder.path());
  media.follow(a);
  media.write(a, 1100, bytes(10));
  const auto spoilt = [](const Bytes& image) { return image[1090] != std::byte{0}; };
  CHECK_FALSE(any(after_many(media, Remains::kTorn), spoilt));
  const std::vector<Bytes> left = after_many(media, Remains::kTorn, false);
  CHECK_TRUE(any(left, spoilt));
  CHECK_TRUE(all(left, [](const Bytes& image) { return image[1000] == std::byte{0}; }));
}

TEST(Media, a_smear_spoils_an_erase_block_and_makes_no_file_longer) {
  const Inode a = file("a", std::string(40'000, '\0'));
  Media media(folder.path());
  media.follow(a);
  media.write(a, 20'000, bytes(10));
  const std::vector<Bytes> left = after_many(media, Remains::kSmear);
  CHECK_TRUE(any(left, [](const Bytes& image) { return image[16'384] != std::byte{0}; }));
  CHECK_TRUE(all(left, [](const Bytes& image) {
    return image.size() == 40'000 && image[16'383] == std::byte{0} && image[32'768] == std::byte{0};
  }));
}

TEST(Media, after_a_failed_sync_the_next_one_brings_nothing) {
  const Inode a = file("a", std::string(10, '\0'));
  Media media(folder.path());
  media.follow(a);
  int lost = 0;
  for (int i = 0; i < 20; ++i) {
    media.write(a, 0, bytes(10, i));
    media.sync_failed(a, random);
    media.sync(a);
    lost += after(media, Remains::kPrefix)[0] == static_cast<std::byte>(i) ? 0 : 1;
  }
  CHECK_TRUE(lost > 2 && lost < 18);
}

TEST(Media, a_new_name_lasts_once_the_folder_is_synced) {
  Media media(folder.path());
  const Inode a = file("a");
  media.look();
  media.follow(a);
  media.write(a, 0, bytes(3));
  media.sync(a);
  CHECK_TRUE(media.after_cut(Remains::kNothing, true, random).empty());
  media.sync_folder();
  CHECK_TRUE(after(media, Remains::kNothing) == bytes(3));
}

TEST(Media, a_rename_is_done_or_not) {
  file("a", "old");
  file("b", "longer");
  Media media(folder.path());
  std::filesystem::rename(folder.path_of("b"), folder.path_of("a"));
  bool done = false;
  bool undone = false;
  for (int i = 0; i < 50; ++i) {
    const Files left = media.after_cut(Remains::kPrefix, true, random);
    const bool is_done = left.size() == 1 && left.at("a").size() == 6;
    const bool is_undone = left.size() == 2 && left.at("a").size() == 3;
    CHECK_TRUE(is_done || is_undone);
    done = done || is_done;
    undone = undone || is_undone;
  }
  CHECK_TRUE(done && undone);
  media.sync_folder();
  CHECK_TRUE(media.after_cut(Remains::kNothing, true, random).size() == 1);
}

TEST(Media, a_file_whose_writes_are_not_told_is_old_or_new_or_between) {
  const Inode a = file("a", std::string(4, '\0'));
  Media media(folder.path());
  folder.write("a", "\1\1\1\1");
  const std::vector<Bytes> left = after_many(media, Remains::kTorn);
  CHECK_TRUE(any(left, [](const Bytes& image) { return image[0] == std::byte{0}; }));
  CHECK_TRUE(any(left, [](const Bytes& image) { return image[3] == std::byte{1}; }));
  CHECK_TRUE(any(left, [](const Bytes& image) { return image[0] > image[3]; }));
  media.look();
  media.sync(a);
  CHECK_TRUE(after(media, Remains::kNothing) == bytes(4));
}

TEST(Media, becomes_what_a_cut_left) {
  const Inode a = file("a");
  file("b", "kept");
  Media media(folder.path());
  media.follow(a);
  file("c", "never synced");
  media.become(media.after_cut(Remains::kNothing, true, random));
  CHECK_TRUE(std::filesystem::exists(folder.path_of("b")));
  CHECK_FALSE(std::filesystem::exists(folder.path_of("c")));
  CHECK_TRUE(media.after_cut(Remains::kNothing, true, random).size() == 2);
}
