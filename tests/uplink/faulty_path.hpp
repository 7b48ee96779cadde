#pragma once
// A path over the loopback between a client and a broker, in the test's own thread: it passes bytes
// on, and does harm at one byte that the test names. After that it is a good path again.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::uplink {

class FaultyPath {
 public:
  enum class Way : std::uint8_t { kToBroker, kFromBroker };
  enum class Harm : std::uint8_t {
    kNone,
    kEnd,      // both sides see an orderly end
    kReset,    // both sides see a reset
    kSilence,  // stays open and passes nothing on any more, either way
    kChange,   // the byte arrives with all its bits turned over
  };
  // Once `after` bytes have gone that way on one connection and another one comes.
  struct Fault {
    Harm harm = Harm::kNone;
    Way way = Way::kToBroker;
    std::size_t after = 0;
  };

  explicit FaultyPath(std::uint16_t broker_port);
  FaultyPath(const FaultyPath&) = delete;
  FaultyPath& operator=(const FaultyPath&) = delete;
  ~FaultyPath();

  std::uint16_t port() const { return port_; }
  void plan(const Fault& fault) { fault_ = fault; }
  // At most so many bytes each way at each step.
  void narrow(std::size_t bytes) { width_ = bytes; }

  // Accepts, passes on, ends. False when nothing was to be done.
  bool step();

  bool has_struck() const { return struck_; }
  int connections() const { return connections_; }
  // On the latest connection.
  std::size_t passed(Way way) const { return passed_[static_cast<std::size_t>(way)]; }

 private:
  bool accept();
  bool pass(Way way);
  // Does the harm if it is due within these bytes. False when they are not to be passed on.
  bool bears(Way way, std::span<std::uint8_t> bytes);
  void end(bool reset);

  const std::uint16_t broker_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::array<int, 2> sockets_{-1, -1};  // where bytes of that way come from
  std::array<std::size_t, 2> passed_{};
  std::size_t width_ = 4'096;
  Fault fault_;
  bool struck_ = false;
  bool silent_ = false;
  int connections_ = 0;
};

}  // namespace sluice::uplink
