#pragma once
// A CAN interface of Linux (SocketCAN, Documentation/networking/can.rst) and the frames that come
// in over it. It is opened at the first use, and again after the interface was down or gone.

#include <linux/can.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "hal/file_handle.hpp"

namespace sluice::hal::can {

class Socket {
 public:
  // Most frames taken at once; the kernel keeps fewer for a socket and drops what is beyond.
  static constexpr int kFramesMax = 4'096;

  // Opens a socket that is bound to the interface; -1 and errno if it cannot.
  using Open = std::function<int(const std::string& interface)>;
  static int open_raw(const std::string& interface);

  explicit Socket(std::string interface, Open open = open_raw)
      : interface_(std::move(interface)), open_(std::move(open)) {}

  // Frames with other ids are not wanted: the kernel leaves them out where it can. Ids with their
  // flags, as in can_frame.
  void want(std::vector<std::uint32_t> ids);
  // Takes what has come, error frames too, without waiting. kNotFound without the interface;
  // kUnavailable while it is down.
  Result<> drain(const std::function<void(const can_frame&)>& heard);

 private:
  void filter() const;

  const std::string interface_;
  const Open open_;
  std::vector<std::uint32_t> ids_;
  std::unique_ptr<FileHandle> file_;
};

}  // namespace sluice::hal::can
