#include "hal/buses/serial_line.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/check.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

struct Rate {
  int baud;
  speed_t speed;
};
// Those of check_serial().
constexpr std::array kRates{
    Rate{300, B300},           Rate{600, B600},           Rate{1'200, B1200},
    Rate{2'400, B2400},        Rate{4'800, B4800},        Rate{9'600, B9600},
    Rate{19'200, B19200},      Rate{38'400, B38400},      Rate{57'600, B57600},
    Rate{115'200, B115200},    Rate{230'400, B230400},    Rate{460'800, B460800},
    Rate{500'000, B500000},    Rate{576'000, B576000},    Rate{921'600, B921600},
    Rate{1'000'000, B1000000}, Rate{1'152'000, B1152000}, Rate{1'500'000, B1500000},
    Rate{2'500'000, B2500000}, Rate{3'000'000, B3000000}, Rate{3'500'000, B3500000},
    Rate{4'000'000, B4000000}};

speed_t speed_of(int baud) {
  for (const Rate& rate : kRates) {
    if (rate.baud == baud) return rate.speed;
  }
  CHECK(false);
}

// Bytes as they come; one with a wrong parity is marked by 255 and 0 before it (termios(3),
// PARMRK), which no text has.
termios mode_of(const SerialSettings& settings, termios mode) {
  cfmakeraw(&mode);
  mode.c_cflag |= CLOCAL | CREAD;
  mode.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | PARENB | PARODD | CRTSCTS);
  if (settings.stop_bits == 2) mode.c_cflag |= CSTOPB;
  if (settings.parity != 'N') {
    mode.c_cflag |= PARENB;
    mode.c_iflag |= INPCK | PARMRK;
    mode.c_iflag &= ~static_cast<tcflag_t>(IGNPAR);
  }
  if (settings.parity == 'O') mode.c_cflag |= PARODD;
  mode.c_cc[VMIN] = 0;
  mode.c_cc[VTIME] = 0;
  cfsetspeed(&mode, speed_of(settings.baud));
  return mode;
}

bool is_text(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return byte == '\t' || (value >= 0x20 && value != 0x7F && value != 0xFF);
}

}  // namespace

Result<> SerialLine::open() {
  const std::string& path = settings_.device;
  // Not blocking: without it a line that waits for a modem would not open.
  auto file = std::make_unique<FileHandle>(
      ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!file->valid()) {
    Error error = system_error(path, errno);
    if (errno == EACCES) error.message += "; the gateway's user belongs into the group dialout";
    return error;
  }
  termios mode{};
  if (tcgetattr(file->number(), &mode) != 0) {
    return Error{ErrorCode::kInvalid, path + " is no serial line"};
  }
  mode = mode_of(settings_, mode);
  if (tcsetattr(file->number(), TCSANOW, &mode) != 0) return system_error(path, errno);
  // What came before may have come at another rate.
  tcflush(file->number(), TCIFLUSH);
  file_ = std::move(file);
  line_.clear();
  skipping_ = true;
  text_ = true;
  return Ok{};
}

void SerialLine::take(char byte, const std::function<void(std::string_view)>& heard) {
  if (byte == '\n' || byte == '\r') {
    const bool whole = !skipping_ && text_;
    if (!skipping_ && !text_) ++dropped_;
    if (whole && !line_.empty()) heard(line_);
    line_.clear();
    skipping_ = false;
    text_ = true;
    return;
  }
  if (skipping_) return;
  if (!is_text(byte)) text_ = false;
  if (line_.size() == kLineMax) {
    ++dropped_;
    skipping_ = true;
    line_.clear();
    return;
  }
  line_ += byte;
}

Result<> SerialLine::drain(const std::function<void(std::string_view)>& heard) {
  if (file_ == nullptr) {
    if (const Result<> opened = open(); !opened) return opened;
  }
  std::size_t bytes = 0;
  while (bytes < kBytesMax) {
    std::array<char, 4'096> buffer;
    const ssize_t count = ::read(file_->number(), buffer.data(), buffer.size());
    if (count > 0) {
      for (ssize_t i = 0; i < count; ++i) take(buffer[static_cast<std::size_t>(i)], heard);
      bytes += static_cast<std::size_t>(count);
      continue;
    }
    // Of a line that has nothing to say also 0; one that was unplugged is told apart by poll().
    if (count < 0 && errno == EINTR) continue;
    pollfd file{file_->number(), POLLIN, 0};
    const bool gone = (count < 0 && errno != EAGAIN) ||
                      (poll(&file, 1, 0) > 0 && (file.revents & (POLLHUP | POLLERR)) != 0);
    if (!gone) return Ok{};
    file_.reset();
    return Error{ErrorCode::kUnavailable, settings_.device + " has gone"};
  }
  // Some was lost: what comes next may be the end of another line.
  tcflush(file_->number(), TCIFLUSH);
  line_.clear();
  skipping_ = true;
  ++dropped_;
  return Ok{};
}

void SerialLine::wait(Duration most) const {
  CHECK(file_ != nullptr);
  pollfd file{file_->number(), POLLIN, 0};
  poll(&file, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(most).count()));
}

}  // namespace sluice::hal
