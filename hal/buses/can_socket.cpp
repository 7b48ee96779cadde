#include "hal/buses/can_socket.hpp"

#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "hal/small_file.hpp"

namespace sluice::hal::can {
namespace {

// The kernel takes so many filters for a socket (CAN_RAW_FILTER_MAX).
constexpr std::size_t kFiltersMax = 512;

}  // namespace

int Socket::open_raw(const std::string& interface) {
  const unsigned index = if_nametoindex(interface.c_str());
  if (index == 0) return -1;
  // The sandbox of a service may refuse the family (docs/drivers.md).
  const int file = socket(PF_CAN, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, CAN_RAW);
  if (file < 0) return -1;
  const can_err_mask_t all_errors = CAN_ERR_MASK;
  sockaddr_can address{};
  address.can_family = AF_CAN;
  address.can_ifindex = static_cast<int>(index);
  if (setsockopt(file, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, &all_errors, sizeof all_errors) == 0 &&
      bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return file;
  }
  const int number = errno;
  close(file);
  errno = number;
  return -1;
}

void Socket::want(std::vector<std::uint32_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids == ids_) return;
  ids_ = std::move(ids);
  filter();
}

// Only spares work: whoever hears the frames looks at their ids, too.
void Socket::filter() const {
  if (file_ == nullptr || ids_.size() > kFiltersMax) return;
  std::vector<can_filter> filters;
  for (const std::uint32_t id : ids_) {
    const std::uint32_t bits = (id & CAN_EFF_FLAG) != 0 ? CAN_EFF_MASK : CAN_SFF_MASK;
    filters.push_back({id, bits | CAN_EFF_FLAG | CAN_RTR_FLAG});
  }
  const int done = setsockopt(file_->number(), SOL_CAN_RAW, CAN_RAW_FILTER, filters.data(),
                              static_cast<socklen_t>(filters.size() * sizeof(can_filter)));
  static_cast<void>(done);
}

Result<> Socket::drain(const std::function<void(const can_frame&)>& heard) {
  const std::string what = "CAN interface " + interface_;
  if (file_ == nullptr) {
    auto file = std::make_unique<FileHandle>(open_(interface_));
    if (!file->valid()) {
      const int number = errno;
      Error error = system_error(what, number);
      if (number == EAFNOSUPPORT) error.message += "; a service needs AF_CAN, see docs/drivers.md";
      return error;
    }
    file_ = std::move(file);
    filter();
  }
  for (int count = 0; count < kFramesMax; ++count) {
    can_frame frame{};
    const ssize_t size = recv(file_->number(), &frame, sizeof frame, MSG_DONTWAIT);
    if (size == sizeof frame) {
      heard(frame);
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return Ok{};
    // Down, or gone: the socket would stay silent when it is back under another number.
    const int number = size < 0 ? errno : ENETDOWN;
    file_.reset();
    return system_error(what, number);
  }
  return Ok{};
}

}  // namespace sluice::hal::can
