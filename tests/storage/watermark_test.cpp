#include "storage/watermark.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/storage/buffer.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(WatermarkFile) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.watermark");
  WatermarkFile file{path};

  Watermark mark(std::uint64_t commit) {
    Watermark mark;
    mark.run = run_number(7);
    mark.commit = commit;
    mark.sealed_commit = commit - 1;
    mark.last_seq = {1, 2, UINT64_MAX, 4};
    mark.readings = 5;
    mark.last_durable = instant_from_ns(-6);
    mark.position = 7;
    return mark;
  }
  void damage(std::streamoff at) {
    std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(at);
    bytes.put('!');
  }
};

TEST(WatermarkFile, is_empty_before_the_first_write) {
  CHECK_TRUE(file.read().empty());
}

TEST(WatermarkFile, gives_back_what_was_written) {
  CHECK_TRUE(file.write(mark(9)).ok());
  CHECK_TRUE(WatermarkFile(path).read() == std::vector{mark(9)});
}

TEST(WatermarkFile, keeps_the_one_before) {
  for (std::uint64_t commit = 1; commit <= 5; ++commit) CHECK_TRUE(file.write(mark(commit)).ok());
  CHECK_TRUE(file.read() == (std::vector{mark(5), mark(4)}));
}

TEST(WatermarkFile, goes_on_where_another_process_ended) {
  CHECK_TRUE(file.write(mark(1)).ok());
  WatermarkFile next(path);
  CHECK_TRUE(next.read().size() == 1);
  CHECK_TRUE(next.write(mark(2)).ok());
  CHECK_TRUE(next.read() == (std::vector{mark(2), mark(1)}));
}

TEST(WatermarkFile, believes_no_damaged_slot) {
  for (std::uint64_t commit = 1; commit <= 2; ++commit) CHECK_TRUE(file.write(mark(commit)).ok());
  for (const std::streamoff at : {0, 8, 20, 150, 160, 300}) {
    folder.write("test.watermark", "");
    WatermarkFile fresh(path);
    CHECK_TRUE(fresh.write(mark(1)).ok() && fresh.write(mark(2)).ok());
    damage(at);  // the first slot is the newer one
    CHECK_TRUE(fresh.read() == (at < 272 ? std::vector{mark(1)} : std::vector{mark(2), mark(1)}));
  }
}

TEST(WatermarkFile, believes_no_cut_file) {
  CHECK_TRUE(file.write(mark(1)).ok());
  std::filesystem::resize_file(path, 4096 + 100);
  CHECK_TRUE(file.read().empty());
}

TEST(WatermarkFile, says_when_it_cannot_be_written) {
  WatermarkFile none(folder.path_of("none/test.watermark"));
  CHECK_TRUE(failed_with(none.write(mark(1)), ErrorCode::kUnavailable));
}
