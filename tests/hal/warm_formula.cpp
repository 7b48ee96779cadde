// The library behind hal/formula keeps some memory from its first formula and its first complaint
// on. Both are had here, before any test, where the framework does not take them for leaks.

#include "hal/formula.hpp"

namespace sluice::hal {
namespace {

const bool kWarm = Formula::compile("a + 1.5").ok() && !Formula::compile("a +").ok();

}  // namespace
}  // namespace sluice::hal
