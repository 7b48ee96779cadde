#include "app/hot_tail.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "chunk/frame.hpp"
#include "core/check.hpp"

namespace sluice::app {

namespace {

// On a modem an alert waits for the chunk that is on its way: five seconds at most.
constexpr std::size_t kChunkBytesMax = 4 * 1024;
constexpr std::ptrdiff_t kChunkReadingsMax = 4 * 1024;

// In as few chunks as that allows.
void append_sealed(std::span<const Reading> readings, const chunk::ValueHint& hint,
                   std::vector<SealedChunk>& chunks) {
  SealedChunk sealed = chunk::encode_readings(readings, hint);
  if (sealed.bytes.size() <= kChunkBytesMax || readings.size() == 1) {
    chunks.push_back(std::move(sealed));
    return;
  }
  const std::size_t half = readings.size() / 2;
  append_sealed(readings.first(half), hint, chunks);
  append_sealed(readings.subspan(half), hint, chunks);
}

}  // namespace

std::vector<SealedChunk> seal_by_channel(std::vector<Reading>& readings, const ValueHints& hints) {
  std::stable_sort(readings.begin(), readings.end(),
                   [](const Reading& a, const Reading& b) { return a.channel < b.channel; });
  std::vector<SealedChunk> chunks;
  for (auto begin = readings.begin(); begin != readings.end();) {
    const auto limit = std::min<std::ptrdiff_t>(readings.end() - begin, kChunkReadingsMax);
    const auto end = std::find_if(begin, begin + limit, [&](const Reading& reading) {
      return reading.channel != begin->channel;
    });
    const auto hint = hints.find(begin->channel);
    append_sealed(std::span(begin, end), hint == hints.end() ? chunk::ValueHint{} : hint->second,
                  chunks);
    begin = end;
  }
  return chunks;
}

HotTail::HotTail(std::size_t readings_max) : readings_max_(readings_max) {
  CHECK(readings_max >= 1);
  readings_.reserve(readings_max);
}

void HotTail::declare(const ChannelDeclared& channel) {
  if (channel.calibration == Calibration{}) {
    hints_.erase(channel.channel);
  } else {
    hints_[channel.channel] = {channel.calibration.scale, channel.calibration.offset};
  }
}

bool HotTail::add(const Reading& reading) {
  if (full()) return false;
  readings_.push_back(reading);
  return true;
}

std::optional<storage::Frame> HotTail::frame() const {
  const std::span<const Reading> fresh = std::span(readings_).subspan(committed_);
  if (fresh.empty()) return std::nullopt;
  // Not the first and last to arrive: of ticks served late, a slow channel's is the older one.
  const auto [first, last] =
      std::minmax_element(fresh.begin(), fresh.end(),
                          [](const Reading& a, const Reading& b) { return a.time < b.time; });
  return storage::Frame{static_cast<std::uint32_t>(fresh.size()), first->time, last->time,
                        chunk::encode_frame(fresh)};
}

std::vector<SealedChunk> HotTail::seal() const {
  std::vector<Reading> readings = readings_;
  return seal_by_channel(readings, hints_);
}

void HotTail::seal_committed(std::size_t size) {
  CHECK(size <= readings_.size());
  readings_.erase(readings_.begin(), readings_.begin() + static_cast<std::ptrdiff_t>(size));
  committed_ = 0;
}

}  // namespace sluice::app
