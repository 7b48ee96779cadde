#pragma once
// Takes the place of ioctl() in this program: the calls are answered by the test instead of a
// kernel.

#include <functional>

namespace sluice {

// What a call is answered with: 0 or more, or -1 with errno.
struct AnsweringKernel {
  static inline std::function<int(unsigned long request, void* argument)> answer;
};

}  // namespace sluice
