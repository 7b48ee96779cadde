#pragma once
// The buffer of one IIO device: the kernel samples by a trigger and keeps what it has sampled until
// it is read here. Shared by the channels of the device; owned by the worker thread of its bus.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/file_handle.hpp"
#include "hal/iio_scan.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal {

class IioBuffer final : public SharedBus {
 public:
  struct Options {
    std::string device{};     // its name or label
    std::string trigger{};    // name of the trigger that it samples by; empty: as it is set
    std::int64_t length = 0;  // scans that the kernel keeps
    std::string sysfs{};
    std::string dev{};
  };
  // Without a sample for so long something is wrong.
  static constexpr Duration kSilenceMax = std::chrono::seconds(2);
  // How often it is looked whether the device has still the order of channels that we know.
  static constexpr Duration kLookEvery = std::chrono::seconds(1);
  // A channel that nobody has asked for in so long is left out of the scans.
  static constexpr Duration kUnasked = std::chrono::minutes(2);

  explicit IioBuffer(Options options) : options_(std::move(options)) {}
  ~IioBuffer() override;
  IioBuffer(const IioBuffer&) = delete;
  IioBuffer& operator=(const IioBuffer&) = delete;

  // What the samples of a channel since its last take() were, in raw counts.
  struct Summary {
    double last = 0.0;
    double low = 0.0;
    double high = 0.0;
    double sum = 0.0;
    std::uint64_t count = 0;  // 0: none
  };
  // Reads what has come, and hands over what is of `channel` ("in_voltage0"). The first call for a
  // channel puts it into the scans, which begins the buffer anew. kNotFound while the device or the
  // channel is not there; kUnavailable while somebody else has the buffer, and once after an
  // overrun or a change of the order of channels: the buffer was begun anew then, and samples are
  // missing. kTimeout without samples for kSilenceMax; kInvalid for a layout that is not
  // understood.
  Result<Summary> take(const std::string& channel, Instant now);

  // Takes what has come out of the kernel's buffer, between two calls of take(), so that it need
  // not hold all of a long period. Begins nothing.
  void listen(const std::string& channel, Instant now);

  // Folder of the device in sysfs; empty while it is not found.
  const std::string& folder() const { return folder_; }

 private:
  struct Channel {
    Summary summary{};
    Instant asked{};
    std::string trouble{};  // why samples are missing; empty: none are
  };

  Result<> serve(Instant now);
  Result<> start(Instant now);
  Result<> find();
  Result<std::vector<IioElement>> elements() const;
  Result<> drain(Instant now);
  void count(const std::vector<std::uint8_t>& bytes, std::size_t size);
  void stop();
  void miss(const std::string& why);

  const Options options_;
  std::string folder_;
  std::string node_;  // "iio:device0"
  std::unique_ptr<FileHandle> file_;
  std::vector<IioElement> layout_;
  std::size_t scan_bytes_ = 0;
  std::size_t rest_ = 0;  // bytes of a scan that has not come whole, at the front of bytes_
  std::vector<std::uint8_t> bytes_;
  std::map<std::string, Channel, std::less<>> channels_;
  bool stale_layout_ = true;  // a channel has come or gone
  Instant looked_{};
  Instant sampled_{};
};

}  // namespace sluice::hal
