#include "hal/process/process_io.hpp"

#include <string_view>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(ProcessIo) {
  TemporaryFolder procfs;

  Result<std::uint64_t> written(std::string_view io) {
    procfs.write("self/io", io);
    return bytes_written_by_process(procfs.path());
  }
};

TEST(ProcessIo, is_what_went_to_devices) {
  const Result<std::uint64_t> bytes = written(
      "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 4096\n"
      "cancelled_write_bytes: 7\n");
  CHECK_TRUE(bytes.ok());
  CHECK_EQUAL(4096U, *bytes);
}

TEST(ProcessIo, a_kernel_that_does_not_count_has_no_such_file) {
  CHECK_TRUE(bytes_written_by_process(procfs.path()).error().code == ErrorCode::kNotFound);
}

TEST(ProcessIo, what_cannot_be_read_is_not_guessed_at) {
  for (const std::string_view io : {"", "wchar: 2\n", "write_bytes:\n", "write_bytes: many\n"}) {
    CHECK_TRUE(written(io).error().code == ErrorCode::kCorrupt);
  }
}
