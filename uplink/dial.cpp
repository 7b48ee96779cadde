#include "uplink/dial.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace sluice::uplink {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

// strerror() may be shared between threads; this is not.
std::string describe(int error) {
  return std::generic_category().message(error);
}

}  // namespace

Result<Dial> Dial::start(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  Dial dial;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    if (dial.addresses_.size() == kAddressesMax) break;
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0) {
      continue;
    }
    const auto* const bytes = reinterpret_cast<const std::byte*>(entry->ai_addr);
    dial.addresses_.push_back({text.data(), entry->ai_family, {bytes, bytes + entry->ai_addrlen}});
  }
  if (dial.addresses_.empty()) {
    return Error{
        ErrorCode::kNotFound,
        "no address for " + host + (error == 0 ? "" : std::string(": ") + gai_strerror(error))};
  }
  return dial;
}

Dial::Dial(Dial&& other) noexcept
    : addresses_(std::move(other.addresses_)),
      next_(other.next_),
      socket_(std::exchange(other.socket_, -1)),
      deadline_(other.deadline_),
      why_(std::move(other.why_)) {}

Dial& Dial::operator=(Dial&& other) noexcept {
  std::swap(addresses_, other.addresses_);
  std::swap(next_, other.next_);
  std::swap(socket_, other.socket_);
  std::swap(deadline_, other.deadline_);
  std::swap(why_, other.why_);
  return *this;
}

Dial::~Dial() {
  hang_up();
}

std::optional<Result<std::string>> Dial::poll(Instant now) {
  for (;;) {
    while (socket_ < 0) {
      if (next_ == addresses_.size()) return Error{ErrorCode::kUnavailable, why_};
      static_cast<void>(try_address(addresses_[next_++], now));  // the next one, then
    }
    const std::string& numeric = addresses_[next_ - 1].numeric;
    pollfd waiting{socket_, POLLOUT, 0};
    if (::poll(&waiting, 1, 0) > 0) {
      int error = 0;
      socklen_t size = sizeof(error);
      if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
      hang_up();
      if (error == 0) return numeric;
      why_ = numeric + ": " + describe(error);
    } else if (now >= deadline_) {
      hang_up();
      why_ = numeric + " does not answer";
    } else {
      return std::nullopt;
    }
  }
}

bool Dial::try_address(const Address& address, Instant now) {
  socket_ = ::socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  deadline_ = now + kAddressTimeout;
  const auto* const target = reinterpret_cast<const sockaddr*>(address.bytes.data());
  if (socket_ >= 0 &&
      (::connect(socket_, target, static_cast<socklen_t>(address.bytes.size())) == 0 ||
       errno == EINPROGRESS)) {
    return true;
  }
  why_ = address.numeric + ": " + describe(errno);
  hang_up();
  return false;
}

void Dial::hang_up() {
  if (socket_ >= 0) static_cast<void>(::close(socket_));
  socket_ = -1;
}

}  // namespace sluice::uplink
