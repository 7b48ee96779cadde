#pragma once
// The gateway's local door: a unix socket, no TCP port. One request line, one answer, closed. Main
// thread; never blocks longer than a slow client may take for its one line.

#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::app {

class LocalApi {
 public:
  // Answers one request line (without its line break) with the text to send back.
  using Answer = std::function<std::string(std::string_view request)>;

  // Listens at `path`, mode 0660, replacing a dead socket file there. kRefused when a living
  // gateway listens already; kUnavailable when the folder is not writable.
  static Result<LocalApi> listen(const std::string& path, Answer answer);
  LocalApi(LocalApi&& other) noexcept;
  LocalApi& operator=(LocalApi&&) = delete;
  ~LocalApi();  // removes the socket file

  int descriptor() const { return descriptor_; }  // readable when serve() has something to do
  // Serves the clients that wait, a bounded number of them.
  void serve();

 private:
  LocalApi(int descriptor, std::string path, Answer answer);

  int descriptor_;
  std::string path_;
  Answer answer_;
};

// Client side: sends `request` to the gateway that listens at `path` and returns its answer.
// kNotFound when no gateway listens there, kTimeout when it does not answer.
Result<std::string> ask_gateway(const std::string& path, std::string_view request);

}  // namespace sluice::app
