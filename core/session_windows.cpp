#include "core/session_windows.hpp"

#include <algorithm>
#include <limits>

#include "core/check.hpp"

namespace sluice {

SessionWindows::SessionWindows(Duration gap, Duration lateness)
    : gap_ns_(to_ns(gap)),
      lateness_ns_(to_ns(lateness)),
      watermark_ns_(std::numeric_limits<std::int64_t>::min()) {
  CHECK(gap > Duration::zero() && lateness >= Duration::zero());
  open_.reserve(kOpenMax + 1);
}

Arrival SessionWindows::add(std::int64_t time_ns, double value, Quality quality) {
  if (is_final(time_ns)) return Arrival::kLate;
  Session joined{time_ns, time_ns, 0, true, {}};
  joined.summary.add(time_ns, value, quality);
  const auto begin = std::find_if(open_.begin(), open_.end(), [&](const Session& session) {
    return session.end_ns >= time_ns - gap_ns_;
  });
  auto end = begin;
  while (end != open_.end() && end->begin_ns <= time_ns + gap_ns_) {
    joined.begin_ns = std::min(joined.begin_ns, end->begin_ns);
    joined.end_ns = std::max(joined.end_ns, end->end_ns);
    joined.summary.add(end->summary);
    ++end;
  }
  for (auto old = begin; old != end; ++old) {
    if (old->begin_ns == joined.begin_ns) {
      joined.revisions = old->revisions;
    } else if (old->revisions > 0) {
      withdraw(*old);
    }
  }
  open_.insert(open_.erase(begin, end), joined);
  if (open_.size() > kOpenMax) {
    if (open_.front().changed) close(open_.front());
    open_.erase(open_.begin());
  }
  return Arrival::kInTime;
}

bool SessionWindows::is_final(std::int64_t end_ns) const {
  // Written so that the watermark of the beginning does not overflow.
  return end_ns < watermark_ns_ && watermark_ns_ - end_ns >= gap_ns_ + lateness_ns_;
}

void SessionWindows::withdraw(const Session& session) {
  due_.push_back({session.begin_ns, session.end_ns, session.revisions, true, {}});
}

void SessionWindows::close(Session& session) {
  due_.push_back({session.begin_ns, session.end_ns, session.revisions, false, session.summary});
  ++session.revisions;
  session.changed = false;
}

void SessionWindows::move_to(std::int64_t watermark_ns) {
  watermark_ns_ = std::max(watermark_ns_, watermark_ns);
  for (Session& session : open_) {
    const bool closed = session.end_ns < watermark_ns_ && watermark_ns_ - session.end_ns > gap_ns_;
    if (closed && session.changed) close(session);
  }
  std::erase_if(open_, [this](const Session& session) { return is_final(session.end_ns); });
}

}  // namespace sluice
