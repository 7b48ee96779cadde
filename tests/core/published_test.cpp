#include "core/published.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

struct Odd {
  std::array<char, 5> letters{};
};
// Every word is the same number, so that a torn copy shows.
struct Wide {
  std::array<std::uint64_t, 32> words{};
};
Wide wide_of(std::uint64_t number) {
  Wide wide;
  wide.words.fill(number);
  return wide;
}

}  // namespace

TEST_GROUP(Published){};

TEST(Published, is_a_default_value_at_first) {
  const Published<int> number;
  CHECK_EQUAL(0, number.read());
}

TEST(Published, gives_the_last_value) {
  Published<double> number;
  number.publish(1.5);
  number.publish(-2.5);
  DOUBLES_EQUAL(-2.5, number.read(), 0.0);
  DOUBLES_EQUAL(-2.5, number.read(), 0.0);
}

TEST(Published, can_be_tried_when_nobody_writes) {
  Published<double> number;
  number.publish(1.5);
  double copy = 0.0;
  CHECK_TRUE(number.try_read(copy));
  DOUBLES_EQUAL(1.5, copy, 0.0);
}

TEST(Published, carries_a_value_that_is_no_multiple_of_four_bytes) {
  Published<Odd> odd;
  odd.publish({{'a', 'b', 'c', 'd', 'e'}});
  CHECK_EQUAL('e', odd.read().letters[4]);
}

TEST(Published, is_never_torn_and_never_goes_back) {
  Published<Wide> wide;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::uint64_t i = 1; !stop.load(std::memory_order_relaxed); ++i) {
      wide.publish(wide_of(i));
      // Without a pause a reader that tries again would rarely find a whole copy.
      std::this_thread::yield();
    }
  });
  std::size_t torn = 0;
  std::size_t back = 0;
  std::uint64_t last = 0;
  for (int i = 0; i < 2'000; ++i) {
    const Wide copy = wide.read();
    for (const std::uint64_t word : copy.words) torn += word == copy.words[0] ? 0U : 1U;
    if (copy.words[0] < last) ++back;
    last = copy.words[0];
  }
  stop.store(true, std::memory_order_relaxed);
  writer.join();
  CHECK_EQUAL(0U, torn);
  CHECK_EQUAL(0U, back);
}

}  // namespace sluice
