#pragma once
// The other end of a Modbus connection, written by hand from the specification: it answers each
// request with the bytes that the test's script makes of it, right or wrong.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/check.hpp"

namespace sluice::hal::modbus {

using Bytes = std::string;

inline Bytes bytes(std::initializer_list<int> values) {
  Bytes text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

// "MODBUS over Serial Line V1.02", chapter 6.2.2: polynomial 0xA001 backwards, low byte first.
inline Bytes with_crc(Bytes frame) {
  unsigned crc = 0xFFFF;
  for (const char c : frame) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0xA001U : crc >> 1;
  }
  frame += static_cast<char>(crc & 0xFF);
  frame += static_cast<char>(crc >> 8);
  return frame;
}

// One thread that plays the device on `file`, which is read in requests of `request_size` bytes.
class Slave {
 public:
  // What to send for the request with this number, from 0. "close" hangs up.
  using Script = std::function<Bytes(const Bytes& request, std::size_t number)>;
  static constexpr const char* kClose = "close";

  Slave() : stop_(eventfd(0, EFD_CLOEXEC)) { CHECK(stop_ >= 0); }
  ~Slave() {
    const std::uint64_t one = 1;
    CHECK(write(stop_, &one, sizeof one) == sizeof one);
    if (thread_.joinable()) thread_.join();
    if (listener_ >= 0) close(listener_);
    close(stop_);
  }

  // RTU: requests of 8 bytes on a line that is open already.
  void serve_line(int file, Script script) {
    script_ = std::move(script);
    thread_ = std::thread([this, file] { serve(file, 8); });
  }
  // TCP: requests of 12 bytes; returns the port of 127.0.0.1.
  std::uint16_t serve_tcp(Script script) {
    script_ = std::move(script);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    CHECK(listener_ >= 0 && bind(listener_, any, size) == 0 && listen(listener_, 4) == 0);
    CHECK(getsockname(listener_, any, &size) == 0);
    thread_ = std::thread([this] {
      while (wait_for(listener_)) {
        const int file = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        CHECK(file >= 0);
        serve(file, 12);
        close(file);
      }
    });
    return ntohs(address.sin_port);
  }

 private:
  // False once the test ends.
  bool wait_for(int file) const {
    pollfd files[] = {{file, POLLIN, 0}, {stop_, POLLIN, 0}};
    while (poll(files, 2, -1) < 0) {
    }
    return (files[1].revents & POLLIN) == 0;
  }
  void serve(int file, std::size_t request_size) {
    Bytes request;
    while (wait_for(file)) {
      char buffer[512];
      const ssize_t count = ::read(file, buffer, request_size - request.size());
      if (count <= 0) return;
      request.append(buffer, static_cast<std::size_t>(count));
      if (request.size() < request_size) continue;
      const Bytes answer = script_(request, number_++);
      request.clear();
      if (answer == kClose) return;
      CHECK(write(file, answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
    }
  }

  const int stop_;
  int listener_ = -1;
  Script script_;
  std::size_t number_ = 0;
  std::thread thread_;
};

}  // namespace sluice::hal::modbus
