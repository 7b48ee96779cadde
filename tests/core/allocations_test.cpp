#include "tests/core/allocations.hpp"

#include <memory>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {

// The counter that other tests rely on must be able to count.
TEST_GROUP(Allocations){};

TEST(Allocations, counts_what_is_freed_at_once) {
  CHECK_EQUAL(1U, allocations_during([] { static_cast<void>(std::make_unique<int>(1)); }));
}

TEST(Allocations, counts_arrays) {
  CHECK_EQUAL(1U, allocations_during([] { static_cast<void>(std::make_unique<int[]>(8)); }));
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
