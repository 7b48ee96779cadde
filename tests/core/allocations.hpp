#pragma once
// Counts what a piece of work allocates.

#include <cstddef>
#include <functional>

namespace sluice {

// How often `work` calls operator new, in any form, on this thread or another.
std::size_t allocations_during(const std::function<void()>& work);

}  // namespace sluice
