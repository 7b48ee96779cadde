#pragma once
// Replaces what another thread works with, between two of its steps and without a lock: one side
// offers the new object, the other takes it and gives the old one back, so that memory is taken and
// freed on the offering side only.

#include <memory>
#include <optional>
#include <utility>

#include "core/ring.hpp"

namespace sluice::app {

template <typename T>
class Handover {
 public:
  // Offering thread. REQUIRES: idle().
  void offer(std::unique_ptr<T> replacement) {
    CHECK(idle_);
    CHECK(offered_.try_push(std::move(replacement)));
    idle_ = false;
  }
  // Offering thread. True unless an offer has not been answered yet.
  bool idle() const { return idle_; }
  // Offering thread. The replaced object, once the other side has let go of it.
  std::unique_ptr<T> collect() {
    std::optional<std::unique_ptr<T>> replaced = replaced_.try_pop();
    if (!replaced) return nullptr;
    idle_ = true;
    return std::move(*replaced);
  }

  // Working thread. The offered object, if there is one: the caller owes give_back() its old one.
  std::unique_ptr<T> take() {
    std::optional<std::unique_ptr<T>> offered = offered_.try_pop();
    return offered ? std::move(*offered) : nullptr;
  }
  // Working thread, after take() gave one.
  void give_back(std::unique_ptr<T> old) { CHECK(replaced_.try_push(std::move(old))); }

 private:
  Ring<std::unique_ptr<T>> offered_{1};
  Ring<std::unique_ptr<T>> replaced_{1};
  bool idle_ = true;
};

}  // namespace sluice::app
