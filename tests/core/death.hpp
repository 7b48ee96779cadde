#pragma once
// Runs work that must end in a failed CHECK, in a process of its own.

#include <functional>
#include <string>

namespace sluice {

// What `work` wrote to standard error before it aborted; empty if it did not abort.
std::string last_words(const std::function<void()>& work);

}  // namespace sluice
