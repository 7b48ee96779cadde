#pragma once
// What the gateway asks the collector, and when: at a connect, when an acknowledgement is not
// believed or holds less than is settled here, and when something is left unsettled that nothing is
// sent for. One question at a time; it is sent again as it is until it is answered or the link is
// lost. Single-threaded; time is an argument.
//
// At a connect the present run and whatever is not settled is asked about. Everything else is asked
// about at the first connect of the process, when an answer shows that the collector has lost
// something, and every options.ask_all_every: a collector may be restored from a backup at any
// time, and show it only in what is over.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/question.hpp"
#include "core/time.hpp"
#include "uplink/link.hpp"
#include "uplink/options.hpp"
#include "uplink/outbox.hpp"

namespace sluice::uplink {

// Trivially copyable; all of it only grows.
struct QuestionCounters {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t losses = 0;  // answers that lack what had been settled
};

class Questions {
 public:
  // Streams that wait to be asked about; what is beyond is found again later.
  static constexpr std::size_t kWaitingMax = 1'024;

  // `link` and `outbox` outlive it.
  Questions(const Options& options, const RunId& run, Link& link, Outbox& outbox);

  void link_up();
  void link_down();
  // Something about the stream is in doubt.
  void doubt(const RunId& run, Stream stream);
  // The collector has lost something.
  void doubt_all();
  // False when it answers nothing that is being asked, or storage is behind: then nothing has
  // happened.
  bool answered(const Ack& ack);

  void step(Instant now);

  const QuestionCounters& counters() const { return counters_; }

 private:
  struct Subject {
    RunId run;
    Stream stream = Stream::kRaw;
    std::uint64_t first = 1;
  };
  void add(const RunId& run, Stream stream);
  // Streams that are due, by what `wanted` says of each.
  template <typename Wanted>
  void add_streams(Wanted wanted);
  void look_for_leftovers(Instant now);
  // True when one could be made.
  bool take_next();

  const Options options_;
  const RunId run_;
  Link& link_;
  Outbox& outbox_;
  bool up_ = false;
  bool greeting_due_ = false;
  bool everything_due_ = true;
  Instant everything_next_ = Instant::max();
  std::deque<Subject> waiting_;
  std::optional<Question> asked_;
  Instant sent_ = Instant::min();
  Duration timeout_{};
  Instant look_due_ = Instant::min();
  // Asked about since the last pause: again only after it, however many doubts there are.
  std::set<std::pair<RunId, Stream>> lately_;
  std::set<std::pair<RunId, Stream>> put_off_;  // doubts until then
  Instant pause_ends_ = Instant::min();
  std::uint64_t number_;
  QuestionCounters counters_;
};

}  // namespace sluice::uplink
