#include "tests/core/allocations.hpp"

#include <memory>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {

// The counter that other tests rely on must be able to count.
TEST_GROUP(Allocations){};

TEST(Allocations, counts_what_is_freed_again) {
  std::unique_ptr<int> last;
  const volatile int rounds = 3;  // volatile, or the compiler leaves out what nobody uses
  CHECK_EQUAL(3U, allocations_during([&] {
                for (int i = 0; i < rounds; ++i) last = std::make_unique<int>(i);
              }));
}

TEST(Allocations, counts_arrays) {
  std::unique_ptr<int[]> numbers;
  CHECK_EQUAL(1U, allocations_during([&] { numbers = std::make_unique<int[]>(8); }));
}

TEST(Allocations, counts_what_the_library_allocates) {
  std::vector<int> numbers;
  CHECK_EQUAL(1U, allocations_during([&] { numbers.push_back(1); }));
}

TEST(Allocations, counts_nothing_when_nothing_is_allocated) {
  std::string text(100, 'a');
  CHECK_EQUAL(0U, allocations_during([&] { text[0] = 'b'; }));
}

}  // namespace sluice
