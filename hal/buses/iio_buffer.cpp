#include "hal/buses/iio_buffer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::string_view kEnabled = "_en";

// An attribute takes its text in one write.
Result<> put(const std::string& path, const std::string& text) {
  const FileHandle file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_TRUNC));
  if (!file.valid()) return system_error(path, errno);
  const ssize_t size = ::write(file.number(), text.data(), text.size());
  if (size == static_cast<ssize_t>(text.size())) return Ok{};
  return system_error(path, errno);
}

Error unavailable(std::string message) {
  return Error{ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace

IioBuffer::~IioBuffer() {
  stop();
}

Result<IioBuffer::Summary> IioBuffer::take(const std::string& channel, Instant now) {
  auto found = channels_.find(channel);
  if (found == channels_.end()) {
    found = channels_.emplace(channel, Channel{}).first;
    stale_layout_ = true;
  }
  found->second.asked = now;
  if (const Result<> served = serve(now); !served) return served.error();
  if (!found->second.trouble.empty()) {
    const std::string trouble = std::exchange(found->second.trouble, {});
    found->second.summary = {};
    return unavailable(trouble);
  }
  const Summary summary = std::exchange(found->second.summary, {});
  if (summary.count == 0 && now - sampled_ > kSilenceMax) {
    return Error{ErrorCode::kTimeout, "device \"" + options_.device +
                                          "\" has sampled nothing for " +
                                          "2 s; does its trigger run?"};
  }
  return summary;
}

void IioBuffer::listen(const std::string& channel, Instant now) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return;
  found->second.asked = now;
  // What goes wrong goes wrong again in take(), which says so.
  if (file_ && !drain(now)) stop();
}

Result<> IioBuffer::serve(Instant now) {
  const std::size_t before = channels_.size();
  std::erase_if(channels_, [&](const auto& one) { return now - one.second.asked > kUnasked; });
  if (channels_.size() != before) stale_layout_ = true;
  if (file_ && stale_layout_) stop();
  if (file_ && now - looked_ >= kLookEvery) {
    looked_ = now;
    const Result<std::vector<IioElement>> seen = elements();
    if (!seen || *seen != layout_ || attribute(folder_ + "/buffer/enable") != "1") {
      stop();
      miss("the order of the channels of device \"" + options_.device + "\" has changed");
    }
  }
  if (!file_) {
    if (Result<> started = start(now); !started) {
      stop();
      return started;
    }
  }
  Result<> drained = drain(now);
  if (!drained) stop();
  return drained;
}

Result<> IioBuffer::find() {
  const std::string devices = options_.sysfs + "/bus/iio/devices";
  for (const std::uint64_t number : numbered(devices, "iio:device", "")) {
    node_ = "iio:device" + std::to_string(number);
    folder_ = devices + "/" + node_;
    if (attribute(folder_ + "/label") == options_.device ||
        attribute(folder_ + "/name") == options_.device) {
      return Ok{};
    }
  }
  folder_.clear();
  return Error{ErrorCode::kNotFound, "no device \"" + options_.device + "\" in " + devices};
}

// What is enabled, as it will lie in a scan; asked of the kernel, which may have put more in.
Result<std::vector<IioElement>> IioBuffer::elements() const {
  const std::string scan = folder_ + "/scan_elements";
  std::vector<IioElement> elements;
  for (const std::string& entry : entries_of(scan)) {
    if (!entry.ends_with(kEnabled) || attribute(scan + "/" + entry) != "1") continue;
    const std::string name = entry.substr(0, entry.size() - kEnabled.size());
    const Result<std::int64_t> index = integer_attribute(scan + "/" + name + "_index");
    if (!index) return index.error();
    const std::string type = attribute(scan + "/" + name + "_type");
    const std::optional<IioFormat> format = parse_iio_format(type);
    if (!format || *index < 0) {
      return Error{ErrorCode::kInvalid, scan + "/" + name + "_type: \"" + type +
                                            "\" is of no form " + "that is understood"};
    }
    elements.push_back(
        IioElement{.name = name, .index = static_cast<std::uint64_t>(*index), .format = *format});
  }
  if (const Result<std::size_t> size = lay_out(elements); !size) return size.error();
  return elements;
}

Result<> IioBuffer::start(Instant now) {
  if (const Result<> found = find(); !found) return found;
  const std::string scan = folder_ + "/scan_elements";
  // The kernel lets one process at a time have it open.
  const std::string path = options_.dev + "/" + node_;
  file_ = std::make_unique<FileHandle>(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file_->valid()) {
    if (errno != EBUSY) return system_error(path, errno);
    return unavailable("somebody else has the buffer of device \"" + options_.device + "\"");
  }
  // A process that was killed leaves it running, and then nothing can be set.
  if (const Result<> off = put(folder_ + "/buffer/enable", "0"); !off) return off;
  for (const auto& [name, channel] : channels_) {
    if (attribute(scan + "/" + name + "_index").empty()) {
      return Error{ErrorCode::kNotFound, "device \"" + options_.device + "\" cannot buffer \"" +
                                             name + "\": it is not in " + scan};
    }
  }
  for (const std::string& entry : entries_of(scan)) {
    if (!entry.ends_with(kEnabled)) continue;
    const std::string name = entry.substr(0, entry.size() - kEnabled.size());
    const std::string wanted = channels_.contains(name) ? "1" : "0";
    if (attribute(scan + "/" + entry) == wanted) continue;
    if (const Result<> done = put(scan + "/" + entry, wanted); !done) return done;
  }
  if (!options_.trigger.empty()) {
    const Result<> set = put(folder_ + "/trigger/current_trigger", options_.trigger);
    if (!set) return set;
  }
  const Result<> sized = put(folder_ + "/buffer/length", std::to_string(options_.length));
  if (!sized) return sized;
  Result<std::vector<IioElement>> enabled = elements();
  if (!enabled) return enabled.error();
  layout_ = *std::move(enabled);
  scan_bytes_ = *lay_out(layout_);
  if (const Result<> on = put(folder_ + "/buffer/enable", "1"); !on) return on;
  // One scan more than the kernel keeps: a read that gets as many has found its buffer full.
  bytes_.assign((static_cast<std::size_t>(options_.length) + 1) * scan_bytes_, 0);
  rest_ = 0;
  stale_layout_ = false;
  looked_ = sampled_ = now;
  return Ok{};
}

Result<> IioBuffer::drain(Instant now) {
  std::size_t end = rest_;
  while (end < bytes_.size()) {
    const ssize_t size = ::read(file_->number(), bytes_.data() + end, bytes_.size() - end);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return system_error(options_.dev + "/" + node_, errno);
    if (size <= 0) break;
    end += static_cast<std::size_t>(size);
  }
  const std::size_t whole = end / scan_bytes_ * scan_bytes_;
  if (whole > 0) sampled_ = now;
  if (whole / scan_bytes_ >= static_cast<std::size_t>(options_.length)) {
    // It was full, and the kernel has thrown away what came then; nobody knows how much.
    stop();
    miss("the buffer of device \"" + options_.device + "\" has overrun; make its length longer");
    return start(now);
  }
  count(bytes_, whole);
  rest_ = end - whole;
  std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(whole),
            bytes_.begin() + static_cast<std::ptrdiff_t>(end), bytes_.begin());
  return Ok{};
}

void IioBuffer::count(const std::vector<std::uint8_t>& bytes, std::size_t size) {
  for (const IioElement& element : layout_) {
    const auto channel = channels_.find(element.name);
    if (channel == channels_.end()) continue;
    Summary& summary = channel->second.summary;
    for (std::size_t at = 0; at < size; at += scan_bytes_) {
      const double value = iio_value(std::span(bytes).subspan(at, scan_bytes_), element);
      summary.low = summary.count == 0 ? value : std::min(summary.low, value);
      summary.high = summary.count == 0 ? value : std::max(summary.high, value);
      summary.sum += value;
      summary.last = value;
      ++summary.count;
    }
  }
}

void IioBuffer::stop() {
  if (!file_) return;
  // What cannot be switched off is gone.
  if (file_->valid()) static_cast<void>(put(folder_ + "/buffer/enable", "0"));
  file_.reset();
}

void IioBuffer::miss(const std::string& why) {
  for (auto& [name, channel] : channels_) channel.trouble = why;
}

}  // namespace sluice::hal
