#include "hal/buses/modbus_blocks.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice::hal::modbus;

TEST_GROUP(ModbusBlocks){static Stretch at(std::uint16_t first, std::uint16_t count = 1,
                                           Table table = Table::kHolding, std::uint8_t unit = 1){
    return {.unit = unit, .table = table, .first = first, .count = count};
}
}
;

TEST(ModbusBlocks, are_one_for_neighbours) {
  std::vector<Stretch> stretches;
  for (std::uint16_t i = 0; i < 62; ++i)
    stretches.push_back(at(static_cast<std::uint16_t>(100 + 2 * i), 2));
  const std::vector<Block> blocks = blocks_of(stretches, {});
  CHECK_EQUAL(1U, blocks.size());
  CHECK_TRUE(blocks[0].whole == at(100, 124));
  CHECK_EQUAL(62U, blocks[0].parts.size());
}

TEST(ModbusBlocks, bridge_small_gaps_only) {
  CHECK_EQUAL(1U, blocks_of({at(0), at(17)}, {}).size());
  CHECK_EQUAL(2U, blocks_of({at(0), at(18)}, {}).size());
  CHECK_EQUAL(1U, blocks_of({at(0, 1, Table::kCoil), at(257, 1, Table::kCoil)}, {}).size());
  CHECK_EQUAL(2U, blocks_of({at(0, 1, Table::kCoil), at(258, 1, Table::kCoil)}, {}).size());
}

TEST(ModbusBlocks, are_no_longer_than_a_request_may_be) {
  std::vector<Stretch> stretches;
  for (std::uint16_t i = 0; i < 126; ++i) stretches.push_back(at(i));
  const std::vector<Block> blocks = blocks_of(stretches, {});
  CHECK_EQUAL(2U, blocks.size());
  CHECK_EQUAL(125, blocks[0].whole.count);
  CHECK_EQUAL(1, blocks[1].whole.count);
}

TEST(ModbusBlocks, mix_neither_units_nor_tables) {
  CHECK_EQUAL(3U,
              blocks_of({at(0), at(1, 1, Table::kInput), at(2, 1, Table::kInput, 2)}, {}).size());
}

TEST(ModbusBlocks, hold_stretches_that_overlap) {
  const std::vector<Block> blocks = blocks_of({at(0, 4), at(1, 2), at(3, 1)}, {});
  CHECK_EQUAL(1U, blocks.size());
  CHECK_TRUE(blocks[0].whole == at(0, 4));
}

TEST(ModbusBlocks, reach_to_the_last_register) {
  const std::vector<Block> blocks = blocks_of({at(65'530), at(65'535)}, {});
  CHECK_EQUAL(1U, blocks.size());
  CHECK_EQUAL(6, blocks[0].whole.count);
}

TEST(ModbusBlocks, are_cut_behind_gaps_first_and_then_in_the_middle) {
  const Block gappy = blocks_of({at(0), at(1), at(5), at(6), at(9)}, {})[0];
  CHECK_TRUE(cuts_of(gappy) == (std::vector<Stretch>{at(5), at(9)}));
  CHECK_EQUAL(3U, blocks_of(gappy.parts, cuts_of(gappy)).size());
  const Block whole = blocks_of({at(0), at(1), at(2), at(3)}, {})[0];
  CHECK_TRUE(cuts_of(whole) == (std::vector<Stretch>{at(2)}));
  CHECK_TRUE(cuts_of(blocks_of({at(7)}, {})[0]).empty());
}

// Whatever is wanted: each stretch once, whole, within the bounds.
TEST(ModbusBlocks, hold_every_stretch_once) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<Stretch> stretches;
    for (int i = 0; i < 60; ++i) {
      stretches.push_back(at(
          static_cast<std::uint16_t>(random() % 400), static_cast<std::uint16_t>(1 + random() % 4),
          static_cast<Table>(random() % 4), static_cast<std::uint8_t>(1 + random() % 2)));
    }
    std::sort(stretches.begin(), stretches.end());
    stretches.erase(std::unique(stretches.begin(), stretches.end()), stretches.end());
    std::vector<Stretch> held;
    for (const Block& block : blocks_of(stretches, {stretches[3], stretches[9]})) {
      CHECK_TRUE(block.whole.count <= most_of(block.whole.table));
      for (const Stretch& part : block.parts) CHECK_TRUE(block.whole.holds(part));
      held.insert(held.end(), block.parts.begin(), block.parts.end());
    }
    CHECK_TRUE(held == stretches);
  }
}
