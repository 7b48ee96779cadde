#include "app/local_api.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

namespace sluice::app {
namespace {

// A client has this long for its one line, and to take the answer: the main thread has nothing
// more urgent, and the loop does not wait for it.
constexpr timeval kClientTimeout{.tv_sec = 0, .tv_usec = 200'000};
constexpr timeval kServerTimeout{.tv_sec = 5, .tv_usec = 0};
constexpr std::size_t kRequestMax = 256;
// A line comes in one. The timeout is per piece, so their number is what bounds a client that
// trickles.
constexpr int kLinePiecesMax = 4;
constexpr std::size_t kAnswerMax = 4 * 1024 * 1024;
constexpr int kClientsPerServe = 8;

Error system_error(ErrorCode code, const std::string& what) {
  return Error{code, what + ": " + std::strerror(errno)};
}

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Error{ErrorCode::kInvalid, "the socket path \"" + path + "\" is too long; choose a " +
                                          "shorter gateway.run_directory"};
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

void set_timeouts(int descriptor, const timeval& timeout) {
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
}

bool send_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(descriptor, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// A client's one line; nothing when it is too slow, or says too much, or in too many pieces.
std::optional<std::string> receive_line(int descriptor) {
  std::string text;
  for (int piece = 0; piece < kLinePiecesMax && text.size() <= kRequestMax; ++piece) {
    std::array<char, kRequestMax + 1> block;
    const ssize_t count = recv(descriptor, block.data(), block.size(), 0);
    if (count < 0) return std::nullopt;
    text.append(block.data(), static_cast<std::size_t>(count));
    const std::size_t end = text.find('\n');
    if (count > 0 && end == std::string::npos) continue;
    if (end != std::string::npos) text.resize(end);
    return text.size() <= kRequestMax ? std::optional(text) : std::nullopt;
  }
  return std::nullopt;
}

// All until the gateway closes; nothing when it is too slow or says too much.
std::optional<std::string> receive_answer(int descriptor) {
  std::string text;
  while (text.size() <= kAnswerMax) {
    std::array<char, 4096> block;
    const ssize_t count = recv(descriptor, block.data(), block.size(), 0);
    if (count < 0) return std::nullopt;
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  return std::nullopt;
}

// An open connection to whoever listens at `path`.
Result<int> connect_to(const std::string& path) {
  const Result<sockaddr_un> address = address_of(path);
  if (!address.ok()) return address.error();
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_error(ErrorCode::kUnavailable, "socket");
  set_timeouts(descriptor, kServerTimeout);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&*address), sizeof(sockaddr_un)) != 0) {
    Error error = system_error(ErrorCode::kNotFound, "no gateway answers at " + path);
    close(descriptor);
    return error;
  }
  return descriptor;
}

}  // namespace

Result<LocalApi> LocalApi::listen(const std::string& path, Answer answer) {
  if (Result<int> living = connect_to(path); living.ok()) {
    close(*living);
    return Error{ErrorCode::kRefused, "a gateway is running already and listens at " + path};
  }
  const Result<sockaddr_un> address = address_of(path);
  if (!address.ok()) return address.error();
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return system_error(ErrorCode::kUnavailable, "socket");
  unlink(path.c_str());
  const mode_t before = umask(0117);
  const bool bound =
      bind(descriptor, reinterpret_cast<const sockaddr*>(&*address), sizeof(sockaddr_un)) == 0;
  umask(before);
  if (!bound || ::listen(descriptor, kClientsPerServe) != 0) {
    Error error = system_error(ErrorCode::kUnavailable, "cannot listen at " + path);
    close(descriptor);
    return error;
  }
  return LocalApi(descriptor, path, std::move(answer));
}

LocalApi::LocalApi(int descriptor, std::string path, Answer answer)
    : descriptor_(descriptor), path_(std::move(path)), answer_(std::move(answer)) {}

LocalApi::LocalApi(LocalApi&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      answer_(std::move(other.answer_)) {}

LocalApi::~LocalApi() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(path_.c_str());
}

void LocalApi::serve() {
  for (int i = 0; i < kClientsPerServe; ++i) {
    const int client = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    set_timeouts(client, kClientTimeout);
    if (const std::optional<std::string> request = receive_line(client)) {
      // A client that went away meanwhile asked for nothing.
      static_cast<void>(send_all(client, answer_(*request)));
    }
    close(client);
  }
}

Result<std::string> ask_gateway(const std::string& path, std::string_view request) {
  const Result<int> connected = connect_to(path);
  if (!connected.ok()) return connected.error();
  std::optional<std::string> answer;
  if (send_all(*connected, std::string(request) + "\n")) {
    answer = receive_answer(*connected);
  }
  close(*connected);
  // A gateway that closes without a word did not want this request.
  if (!answer || answer->empty()) {
    return Error{ErrorCode::kTimeout, "the gateway at " + path + " does not answer"};
  }
  return *answer;
}

}  // namespace sluice::app
