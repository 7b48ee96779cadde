#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/frame.hpp"
#include "chunk/readings.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/made_data.hpp"
#include "tests/fuzz/decode_input.hpp"

#include <CppUTest/TestHarness.h>
#include <CppUTest/TestMemoryAllocator.h>

using namespace sluice;
using namespace sluice::fuzz;

namespace {

// Counts what is allocated while it lives.
class Meter : public TestMemoryAllocator {
 public:
  Meter() { setCurrentNewAllocator(this); }
  ~Meter() override { setCurrentNewAllocatorToDefault(); }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  char* alloc_memory(size_t size, const char* file, size_t line) override {
    now_ += size;
    most_ = std::max(most_, now_);
    return TestMemoryAllocator::alloc_memory(size, file, line);
  }
  void free_memory(char* memory, size_t size, const char* file, size_t line) override {
    now_ -= std::min(size, now_);
    TestMemoryAllocator::free_memory(memory, size, file, line);
  }
  std::size_t most() const { return most_; }

 private:
  std::size_t now_ = 0;
  std::size_t most_ = 0;
};

}  // namespace

TEST_GROUP(DecodeFuzz) {
  std::vector<Bytes> good = good_inputs();
};

TEST(DecodeFuzz, good_inputs_are_in_order) {
  for (const Bytes& input : good) decode_input(input);
}

TEST(DecodeFuzz, nothing_is_in_order) {
  decode_input({});
}

TEST(DecodeFuzz, mutated_inputs_are_in_order) {
  const int versions = std::getenv("SLUICE_LONG") == nullptr ? 300 : 20'000;
  std::uint32_t seed = 1;
  for (const Bytes& input : good) {
    chunk::mutate(input, seed++, versions, [](const Bytes& bad) { decode_input(bad); });
  }
}

TEST(DecodeFuzz, beginnings_of_one_input_with_the_end_of_another_are_in_order) {
  chunk::Made made(5);
  const auto any = [&](std::size_t limit) {
    return static_cast<std::ptrdiff_t>(made.below(static_cast<std::int64_t>(limit)));
  };
  for (int round = 0; round < 3'000; ++round) {
    const Bytes& head = good[static_cast<std::size_t>(any(good.size()))];
    const Bytes& tail = good[static_cast<std::size_t>(any(good.size()))];
    Bytes input(head.begin(), head.begin() + any(head.size()));
    input.insert(input.end(), tail.begin() + any(tail.size()), tail.end());
    decode_input(input);
  }
}

TEST(DecodeFuzz, noise_is_in_order) {
  chunk::Made made(6);
  for (int round = 0; round < 3'000; ++round) {
    Bytes input(static_cast<std::size_t>(made.below(300)));
    for (std::byte& byte : input) byte = static_cast<std::byte>(made.bits());
    decode_input(input);
  }
}

// The largest count with columns of every kind behind it.
TEST(DecodeFuzz, chunks_take_no_more_memory_than_is_stated) {
  Meter meter;
  const auto announce_the_most = [](const Bytes& bad) {
    Bytes input = bad;
    constexpr std::size_t kCountAt = 3;
    if (input.size() > kCountAt + 1) {
      input[kCountAt] = std::byte{0};
      input[kCountAt + 1] = std::byte{0x80};
    }
    decode_input(input);
  };
  static_assert(chunk::kReadingsMax == 0x8000);
  for (const Bytes& input : good) {
    if (input.front() == std::byte{1} || input.front() == std::byte{3}) {
      announce_the_most(input);
      chunk::mutate(input, 7, 10, announce_the_most);
    }
  }
  CHECK_TRUE(meter.most() > 1'000'000);
  CHECK_TRUE(meter.most() <= 5'000'000);
}

TEST(DecodeFuzz, events_take_no_more_memory_than_is_stated) {
  const std::string text(chunk::kEventTextMax, 'x');
  const std::vector<Event> events(chunk::kEventsMax, RunStarted{{}, text, text, text});
  const Chunk chunk = chunk::keyed(chunk::encode_events(events));
  Meter meter;
  CHECK_TRUE(chunk::decode_events(chunk).ok());
  CHECK_TRUE(meter.most() > 1'000'000);
  CHECK_TRUE(meter.most() <= 2'000'000);
}

// Readings that take as few bits as there are.
TEST(DecodeFuzz, a_frame_takes_no_more_memory_than_is_stated) {
  std::vector<Reading> readings;
  for (std::uint16_t channel = 0; channel < 50'000; ++channel) {
    readings.push_back({{}, 0.0, ChannelId{channel}, Quality::kGood});
  }
  const Bytes frame = chunk::encode_frame(readings);
  Meter meter;
  CHECK_TRUE(chunk::decode_frame(frame).ok());
  CHECK_TRUE(meter.most() > 17 * frame.size());
  CHECK_TRUE(meter.most() <= 18 * frame.size());
}

TEST(DecodeFuzz, a_batch_takes_no_more_memory_than_is_stated) {
  chunk::Made made(8);
  std::vector<Chunk> chunks;
  for (std::uint64_t seq = 1; seq <= chunk::kChunksPerBatchMax; ++seq) {
    SealedChunk sealed;
    sealed.stream = Stream::kRaw;
    sealed.count = static_cast<std::uint32_t>(1 + made.below(1'000'000));
    for (int i = 0; i < 230; ++i) sealed.bytes.push_back(static_cast<std::byte>(made.bits()));
    chunks.push_back(chunk::keyed(std::move(sealed), made.bits() | 1U));
  }
  const Bytes batch = chunk::encode_batch("fuzz", chunks);
  CHECK_TRUE(batch.size() > chunk::kBatchBytesMax * 9 / 10);
  Meter meter;
  CHECK_TRUE(chunk::decode_batch(batch).ok());
  CHECK_TRUE(meter.most() > chunk::kBatchBytesMax);
  CHECK_TRUE(meter.most() <= 3 * chunk::kBatchBytesMax);
}
