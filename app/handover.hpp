#pragma once
// Replaces what another thread works with, between two of its steps and without a lock: one side
// offers the new object, the other takes it and gives the old one back, so that memory is taken and
// freed on the offering side only.

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "core/check.hpp"
#include "core/ring.hpp"

namespace sluice::app {

template <typename T>
class Handover {
 public:
  Handover() = default;
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;
  ~Handover() { static_cast<void>(withdraw()); }

  // Offering thread. REQUIRES: idle().
  void offer(std::unique_ptr<T> replacement) {
    CHECK(idle_);
    idle_ = false;
    offered_.store(replacement.release(), std::memory_order_release);
  }
  // Offering thread. True unless an offer has not been answered yet.
  bool idle() const { return idle_; }
  // Offering thread. What is on offer, if it has not been taken: then there is none any more.
  std::unique_ptr<T> withdraw() {
    std::unique_ptr<T> untaken(offered_.exchange(nullptr, std::memory_order_acq_rel));
    if (untaken) idle_ = true;
    return untaken;
  }
  // Offering thread. The replaced object, once the other side has let go of it.
  std::unique_ptr<T> collect() {
    std::optional<std::unique_ptr<T>> replaced = replaced_.try_pop();
    if (!replaced) return nullptr;
    idle_ = true;
    return std::move(*replaced);
  }

  // Working thread. The offered object, if there is one: the caller owes give_back() its old one.
  std::unique_ptr<T> take() {
    if (offered_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return std::unique_ptr<T>(offered_.exchange(nullptr, std::memory_order_acq_rel));
  }
  // Working thread, after take() gave one.
  void give_back(std::unique_ptr<T> old) { CHECK(replaced_.try_push(std::move(old))); }

 private:
  std::atomic<T*> offered_{nullptr};  // owned, until it is taken
  Ring<std::unique_ptr<T>> replaced_{1};
  bool idle_ = true;
};

}  // namespace sluice::app
