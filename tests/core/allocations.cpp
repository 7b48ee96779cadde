#include "tests/core/allocations.hpp"

#include <CppUTest/TestHarness.h>
#include <CppUTest/TestMemoryAllocator.h>

namespace sluice {
namespace {

// CppUTest has every operator new go through an allocator that a test may replace. It checks by
// name that what one allocator gave goes back to its like.
class CountingAllocator : public TestMemoryAllocator {
 public:
  explicit CountingAllocator(TestMemoryAllocator* original)
      : TestMemoryAllocator(original->name(), original->alloc_name(), original->free_name()),
        original_(original) {}

  char* alloc_memory(std::size_t size, const char* file, std::size_t line) override {
    ++count_;
    return original_->alloc_memory(size, file, line);
  }
  void free_memory(char* memory, std::size_t size, const char* file, std::size_t line) override {
    original_->free_memory(memory, size, file, line);
  }
  TestMemoryAllocator* actualAllocator() override { return original_->actualAllocator(); }

  void reset() { count_ = 0; }
  std::size_t count() const { return count_; }

 private:
  TestMemoryAllocator* original_;
  std::size_t count_ = 0;
};

}  // namespace

std::size_t allocations_during(const std::function<void()>& work) {
  // For ever: CppUTest remembers with each block which allocator it came from.
  static CountingAllocator single(getCurrentNewAllocator());
  static CountingAllocator array(getCurrentNewArrayAllocator());
  single.reset();
  array.reset();
  GlobalMemoryAllocatorStash stash;
  stash.save();
  setCurrentNewAllocator(&single);
  setCurrentNewArrayAllocator(&array);
  work();
  stash.restore();
  return single.count() + array.count();
}

}  // namespace sluice
