#pragma once
// A CAN interface of the test's own: a pair of sockets on which frames keep their ends, as on one
// of the kernel's. It cannot filter; that is the kernel's part.

#include <linux/can.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "core/check.hpp"
#include "hal/buses/can_socket.hpp"

namespace sluice::hal::can {

class Pair {
 public:
  ~Pair() { unplug(); }

  // For can::Socket: each opening is a new pair.
  Socket::Open open() {
    return [this](const std::string& interface) {
      opened = interface;
      if (missing) {
        errno = ENODEV;
        return -1;
      }
      unplug();
      int ends[2] = {};
      CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
      end_ = ends[0];
      return ends[1];
    };
  }
  void send(std::uint32_t id, std::initializer_list<int> bytes) const {
    can_frame frame{};
    frame.can_id = id;
    for (const int byte : bytes) frame.data[frame.len++] = static_cast<std::uint8_t>(byte);
    CHECK(::send(end_, &frame, sizeof frame, MSG_NOSIGNAL) == sizeof frame);
  }
  void unplug() {
    if (end_ >= 0) close(end_);
    end_ = -1;
  }

  std::string opened;
  bool missing = false;

 private:
  int end_ = -1;
};

}  // namespace sluice::hal::can
