#pragma once
// An Outbox in memory. A payload is the list of the seqs inside, so that a test can read it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "uplink/outbox.hpp"

namespace sluice::uplink {

inline std::vector<std::uint64_t> seqs_in(std::span<const std::byte> payload) {
  std::vector<std::uint64_t> seqs(payload.size() / sizeof(std::uint64_t));
  if (!seqs.empty()) std::memcpy(seqs.data(), payload.data(), payload.size());
  return seqs;
}

class FakeOutbox final : public Outbox {
 public:
  void add(const RunId& run, Stream stream, std::uint64_t seq) {
    constexpr std::array kOrdinary{Lane::kEvent, Lane::kRollup, Lane::kRaw, Lane::kRejected};
    add(run, kOrdinary[static_cast<std::size_t>(stream)], seq);
  }
  void add(const RunId& run, Lane lane, std::uint64_t seq) {
    pending.push_back({++last_position, run, stream_of(lane), seq, lane});
  }

  Result<std::uint64_t> newest() override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    return last_position;
  }

  Result<std::optional<Parcel>> next(const LaneRange& range, std::size_t bytes_max) override {
    asked_bytes = std::max(asked_bytes, bytes_max);
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    Parcel parcel;
    std::vector<Waiting> ordered = pending;
    if (range.newest_first) std::reverse(ordered.begin(), ordered.end());
    const Lane lane = range.lane == Lane::kBacklog ? Lane::kRaw : range.lane;
    for (const Waiting& one : ordered) {
      if (one.lane != lane || one.position <= range.after || one.position > range.upto) continue;
      if (!parcel.items.empty() && one.run != parcel.run) break;
      put(parcel, one);
      if (parcel.items.size() == chunks_per_parcel) break;
    }
    return filled(std::move(parcel));
  }
  Result<std::optional<Parcel>> again(Lane, std::span<const Parcel::Item> items) override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    Parcel parcel;
    for (const Waiting& one : pending) {
      const bool wanted = std::any_of(items.begin(), items.end(), [&one](const auto& item) {
        return item.position == one.position;
      });
      if (wanted) put(parcel, one);
    }
    return filled(std::move(parcel));
  }
  bool settle(const Ack& ack) override {
    if (behind) return false;
    acks.push_back(ack);
    if (!believing) return true;
    std::erase_if(pending, [&ack](const Waiting& one) {
      const auto covers = [&one](const Interval& interval) {
        return interval.first <= one.seq && one.seq <= interval.last;
      };
      return one.run == ack.run && one.stream == ack.stream &&
             (std::any_of(ack.held.begin(), ack.held.end(), covers) ||
              std::any_of(ack.resolved.begin(), ack.resolved.end(), covers));
    });
    return true;
  }
  bool settle(const Answered& answered) override {
    if (behind) return false;
    answers.push_back(answered);
    return true;
  }
  Result<std::vector<StreamState>> streams() override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    return states;
  }
  // Of what is in `questions`.
  Result<std::optional<Question>> question(const RunId& run, Stream stream, std::uint64_t first,
                                           std::size_t) override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    for (Question question : questions) {
      if (question.run != run || question.stream != stream || question.last < first) continue;
      question.first = first;
      return std::optional(question);
    }
    return std::optional<Question>();
  }
  // Dropped for want of space, say.
  void drop(std::uint64_t seq) {
    std::erase_if(pending, [seq](const Waiting& one) { return one.seq == seq; });
  }

  std::size_t chunks_per_parcel = 1;
  std::size_t asked_bytes = 0;  // at most by a next()
  bool failing = false;
  bool behind = false;
  bool believing = true;
  std::vector<Ack> acks;
  std::vector<Answered> answers;
  std::vector<StreamState> states;
  std::vector<Question> questions;

  struct Waiting {
    std::uint64_t position = 0;
    RunId run;
    Stream stream = Stream::kRaw;
    std::uint64_t seq = 0;
    Lane lane = Lane::kRaw;
  };
  std::vector<Waiting> pending;
  std::uint64_t last_position = 0;

 private:
  static void put(Parcel& parcel, const Waiting& one) {
    parcel.run = one.run;
    parcel.stream = one.stream;
    parcel.items.push_back({one.position, one.seq});
    const auto* const bytes = reinterpret_cast<const std::byte*>(&one.seq);
    parcel.payload.insert(parcel.payload.end(), bytes, bytes + sizeof(one.seq));
  }
  static std::optional<Parcel> filled(Parcel parcel) {
    if (parcel.items.empty()) return std::nullopt;
    return parcel;
  }
};

}  // namespace sluice::uplink
