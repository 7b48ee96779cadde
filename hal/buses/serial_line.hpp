#pragma once
// A serial line on which a device talks by itself, a line of text at a time, shared by the channels
// that are read from it. It is opened when it is first drained, and again after it was gone.
//
// What counts is a whole line between two ends of line: the first one after opening, or after bytes
// were lost, may be half of one and is dropped. A line that is too long, or has bytes that no text
// has, is dropped and counted; such bytes are also how the kernel marks a wrong parity.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/buses/serial_settings.hpp"
#include "hal/file_handle.hpp"

namespace sluice::hal {

class SerialLine {
 public:
  // Longest line, in bytes: NMEA 0183 has 82, an electricity meter's telegram lines up to 1,000.
  static constexpr std::size_t kLineMax = 1'024;
  // Most that is taken out of the kernel at once. It keeps 64 KiB for a line, so that this much
  // means that some was lost.
  static constexpr std::size_t kBytesMax = 60'000;

  explicit SerialLine(SerialSettings settings) : settings_(std::move(settings)) {}

  // Takes out what has come, opening the line first if need be, and calls `heard` for each whole
  // line, without its end, valid within the call. Does not wait. kNotFound without the device;
  // kUnavailable when it cannot be opened or has gone, so that the next call looks for it anew.
  Result<> drain(const std::function<void(std::string_view)>& heard);
  // Until there is something to drain, or `most` has passed. REQUIRES: open.
  void wait(Duration most) const;

  bool is_open() const { return file_ != nullptr; }
  // Lines dropped since it was made: too long, or no text.
  std::uint64_t dropped() const { return dropped_; }

 private:
  Result<> open();
  void take(char byte, const std::function<void(std::string_view)>& heard);

  const SerialSettings settings_;
  std::unique_ptr<FileHandle> file_;
  std::string line_;      // what has come of the next one
  bool skipping_ = true;  // to the next end of line
  bool text_ = true;      // what has come of it is text
  std::uint64_t dropped_ = 0;
};

}  // namespace sluice::hal
