#include "storage/salvaged_rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(SalvagedRows) {
  const std::array<std::byte, 16> id{std::byte{1}};
  const std::array<std::byte, 3> bytes{};

  PageRow numbered(std::vector<Value> columns) {
    return {true, 5, std::move(columns)};
  }
  PageRow keyed(std::vector<Value> columns) {
    return {false, 0, std::move(columns)};
  }
  static Value number(std::int64_t value) {
    return value;
  }
};

// What the tables of a real database look like.
TEST(SalvagedRows, are_those_of_the_schema) {
  Buffer buffer;
  CHECK_TRUE(buffer.start(1).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  CHECK_TRUE(buffer.commit_frame(3).ok());
  PageFile file(buffer.options.path);
  std::array<int, 4> found{};
  for (std::uint32_t page = 2; page <= file.page_count(); ++page) {
    for_each_row(file, Layer::kNewest, page, [&](const PageRow& row) {
      found[0] += run_row(row) ? 1 : 0;
      found[1] += stream_row(row) ? 1 : 0;
      found[2] += chunk_row(row) ? 1 : 0;
      found[3] += frame_row(row) ? 1 : 0;
    });
  }
  CHECK_TRUE((found == std::array<int, 4>{1, 1, 1, 1}));
}

TEST(SalvagedRows, a_run_is_told_by_its_id) {
  const std::vector<Value> row = {nullptr, std::span<const std::byte>(id), std::string_view("boot"),
                                  number(2), number(7)};
  const std::optional<RunRow> run = run_row(numbered(row));
  CHECK_TRUE(run && run->row == 5 && run->state == 2 && run->boot == "boot");
  CHECK_TRUE(run->last_commit == 0);
  std::vector<Value> short_id = row;
  short_id[1] = std::span<const std::byte>(bytes);
  CHECK_FALSE(run_row(numbered(short_id)).has_value());
  std::vector<Value> other_state = row;
  other_state[3] = number(3);
  CHECK_FALSE(run_row(numbered(other_state)).has_value());
  CHECK_FALSE(run_row(keyed(row)).has_value());
}

TEST(SalvagedRows, books_are_believed_when_they_balance) {
  const auto books = [&](std::int64_t stored) {
    return keyed({number(1), number(2), number(9), number(4), number(stored), number(3), number(2),
                  number(1)});
  };
  CHECK_TRUE(stream_row(books(6)).has_value());
  CHECK_FALSE(stream_row(books(7)).has_value());
}

TEST(SalvagedRows, a_row_with_a_column_too_many_or_too_few_is_none_of_ours) {
  std::vector<Value> row = {nullptr, number(1), number(1), number(1)};
  CHECK_FALSE(frame_row(numbered(row)).has_value());
  row.emplace_back(std::span<const std::byte>(bytes));
  CHECK_TRUE(frame_row(numbered(row)).has_value());
  row.push_back(number(1));
  CHECK_TRUE(frame_row(numbered(row))->commit == 1);
  row.push_back(number(1));
  CHECK_FALSE(frame_row(numbered(row)).has_value());
}

TEST(SalvagedRows, a_chunk_keeps_within_the_bounds_of_its_header) {
  const auto chunk = [&](std::int64_t channel, std::int64_t first, std::int64_t last) {
    return chunk_row(numbered({nullptr, number(1), number(2), number(1), number(channel), number(1),
                               number(first), number(last), number(1), number(0),
                               std::span<const std::byte>(bytes)}));
  };
  CHECK_TRUE(chunk(65'535, -5, 5).has_value());
  CHECK_FALSE(chunk(65'536, -5, 5).has_value());
  CHECK_FALSE(chunk(1, 5, 4).has_value());
}
