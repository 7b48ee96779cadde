#pragma once
// A wire, and lines of it that behave like the kernel's: what a request says, a fifo of 16 edges
// that drops the newest without a word, and failures.

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/check.hpp"
#include "hal/buses/gpio_line.hpp"

namespace sluice::hal {

struct Wire {
  bool level = false;
  Duration now = std::chrono::seconds(100);
  std::optional<GpioRequest> request;  // of who has it
  std::deque<GpioEdge> fifo;
  std::size_t dropped = 0;
  std::optional<Error> failure;  // of everything
  bool stuck = false;            // an output does not follow
  int requests = 0;
  int reads = 0;
  std::vector<bool> levels;  // that it was driven to

  bool taken() const { return request.has_value(); }
  // From somebody outside, `after` the last one.
  void turn(bool to, Duration after = Duration::zero()) {
    now += after;
    if (to == level) return;
    level = to;
    if (!request) return;
    using Use = GpioRequest::Use;
    const bool seen = request->use == Use::kBothEdges ||
                      (to && request->use == Use::kRisingEdges) ||
                      (!to && request->use == Use::kFallingEdges);
    if (!seen) return;
    if (fifo.size() < GpioLine::kEdgesMax) {
      fifo.push_back({to, now});
    } else {
      ++dropped;
    }
  }
  // A pulse up and down, both halves of this length.
  void pulse(Duration half) {
    turn(true, half);
    turn(false, half);
  }
  void pulses(int count, Duration half) {
    for (int i = 0; i < count; ++i) pulse(half);
  }
  // Driven by the program.
  void drive(bool to) {
    levels.push_back(to);
    if (!stuck) level = to;
  }
};

class FakeGpioLine final : public GpioLine {
 public:
  static constexpr int kDescriptor = 4711;

  // `wire` outlives it.
  explicit FakeGpioLine(Wire& wire) : wire_(wire) {}
  ~FakeGpioLine() override { release(); }

  Result<> request(const GpioRequest& request) override {
    release();
    ++wire_.requests;
    if (wire_.failure) return *wire_.failure;
    if (wire_.taken()) return Error{ErrorCode::kUnavailable, "used by somebody else"};
    wire_.request = request;
    mine_ = true;
    if (request.use == GpioRequest::Use::kOutput) wire_.drive(request.initial);
    return Ok{};
  }
  void release() override {
    if (!mine_) return;
    wire_.request.reset();
    wire_.fifo.clear();
    mine_ = false;
  }
  Result<bool> level() override {
    CHECK(mine_);
    if (wire_.failure) return *wire_.failure;
    return wire_.level;
  }
  Result<> set(bool on) override {
    CHECK(mine_ && wire_.request->use == GpioRequest::Use::kOutput);
    if (wire_.failure) return *wire_.failure;
    wire_.drive(on);
    return Ok{};
  }
  Result<std::size_t> take_edges(std::span<GpioEdge, kEdgesMax> into) override {
    CHECK(mine_);
    ++wire_.reads;
    if (wire_.failure) return *wire_.failure;
    const std::size_t count = wire_.fifo.size();
    std::copy(wire_.fifo.begin(), wire_.fifo.end(), into.begin());
    wire_.fifo.clear();
    return count;
  }
  int descriptor() const override { return mine_ ? kDescriptor : -1; }
  Duration now() const override { return wire_.now; }

 private:
  Wire& wire_;
  bool mine_ = false;
};

}  // namespace sluice::hal
