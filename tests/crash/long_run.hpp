#pragma once
// Whether there is time: the long form of the tests looks at everything, the short one at samples.

#include <cstdlib>

namespace sluice::crash {

inline bool in_long_run() {
  return std::getenv("SLUICE_LONG") != nullptr;
}

}  // namespace sluice::crash
