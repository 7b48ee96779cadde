#pragma once
// The service manager's end of the socket: keeps what a program says to it.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "core/check.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::hal {

class NotifyListener {
 public:
  // Without a name, at a path of its own.
  explicit NotifyListener(const std::string& name = "")
      : name_(name.empty() ? folder_.path_of("notify") : name),
        descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    CHECK(name_.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, name_.data(), name_.size());
    if (name_.front() == '@') address.sun_path[0] = '\0';
    const std::size_t size = offsetof(sockaddr_un, sun_path) + name_.size();
    CHECK(descriptor_ >= 0 && bind(descriptor_, reinterpret_cast<const sockaddr*>(&address),
                                   static_cast<socklen_t>(size)) == 0);
  }
  NotifyListener(const NotifyListener&) = delete;
  NotifyListener& operator=(const NotifyListener&) = delete;
  ~NotifyListener() { close(descriptor_); }

  const std::string& name() const { return name_; }
  // What has come since the last call, a message each.
  std::vector<std::string> heard() {
    std::vector<std::string> messages;
    std::array<char, 4096> bytes{};
    for (;;) {
      const ssize_t size = recv(descriptor_, bytes.data(), bytes.size(), 0);
      if (size < 0) return messages;
      messages.emplace_back(bytes.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  TemporaryFolder folder_;
  std::string name_;
  int descriptor_;
};

}  // namespace sluice::hal
