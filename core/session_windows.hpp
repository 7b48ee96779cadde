#pragma once
// Sessions: readings that are no further than a gap apart, and so long as that lasts. For what
// comes in bursts, such as a machine that reports only while it runs.
//
// Readings may come in any order, as in core/windows.hpp: a session is closed when the watermark
// is a gap beyond its last reading, and corrected within the lateness. A reading may also join two
// of them, or begin one earlier; a session that was given out and is no more is taken back.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/summary.hpp"
#include "core/time.hpp"
#include "core/windows.hpp"

namespace sluice {

class SessionWindows {
 public:
  // Sessions that are not final. With one more the oldest is: it is closed as it is.
  static constexpr std::size_t kOpenMax = 64;

  // REQUIRES: gap > 0, lateness >= 0.
  SessionWindows(Duration gap, Duration lateness);

  // A session is known by its begin.
  struct Result {
    std::int64_t begin_ns = 0;  // of its first reading
    std::int64_t end_ns = 0;    // of its last
    std::uint32_t revision = 0;
    bool withdrawn = false;  // there is no session that begins there
    Summary summary;
  };

  // kLate when it can only belong to what is final.
  Arrival add(std::int64_t time_ns, double value, Quality quality);

  // Calls sink(const Result&) for each session that has closed, changed or gone. A watermark that
  // goes back changes nothing.
  template <typename Sink>
  void advance(std::int64_t watermark_ns, Sink sink) {
    move_to(watermark_ns);
    for (const Result& result : due_) sink(result);
    due_.clear();
  }

 private:
  struct Session {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::uint32_t revisions = 0;
    bool changed = false;
    Summary summary;
  };

  bool is_final(std::int64_t end_ns) const;
  void withdraw(const Session& session);
  void close(Session& session);
  void move_to(std::int64_t watermark_ns);

  const std::int64_t gap_ns_;
  const std::int64_t lateness_ns_;
  std::int64_t watermark_ns_;
  std::vector<Session> open_;  // by time
  std::vector<Result> due_;
};

}  // namespace sluice
