#pragma once
// The outcome of something that can fail for a reason outside the program: a device, a disk, a
// link, an input. Programmer errors are CHECK()ed instead (core/check.hpp).

#include <string>
#include <utility>
#include <variant>

#include "core/check.hpp"

namespace sluice {

enum class ErrorCode {
  kInvalid,      // the input breaks a rule; the same call fails again
  kNotFound,     // what was named does not exist
  kUnavailable,  // not now: device, disk or link does not answer; a later call may work
  kTimeout,      // no answer within the deadline
  kCorrupt,      // bytes that fail their own checks
  kUnreadable,   // the medium does not give back what it was given
  kFull,         // a bound is reached
  kRefused,      // understood, and denied
};

struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;  // one sentence for the operator: what, where, and what to do
};

// Success without a value.
struct Ok {};

template <typename T = Ok>
class [[nodiscard]] Result {
 public:
  Result(T value) : outcome_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : outcome_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return outcome_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    CHECK(ok());
    return std::get<0>(outcome_);
  }
  const T& value() const& {
    CHECK(ok());
    return std::get<0>(outcome_);
  }
  T&& value() && {
    CHECK(ok());
    return std::get<0>(std::move(outcome_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const Error& error() const {
    CHECK(!ok());
    return std::get<1>(outcome_);
  }

 private:
  std::variant<T, Error> outcome_;
};

}  // namespace sluice
