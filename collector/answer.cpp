#include "collector/answer.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "collector/intake.hpp"
#include "uplink/messages.hpp"

namespace sluice::collector {
namespace {

using storage::to_signed;
using storage::to_unsigned;

// A piece of an interval that is held or resolved.
struct Piece {
  Interval interval;
  const Interval* whole = nullptr;
};

// As far as `last`.
std::vector<Piece> pieces_of(std::span<const Interval> wholes, const Question& question,
                             std::uint64_t last) {
  std::vector<Piece> pieces;
  for (const Interval& whole : wholes) {
    const Interval inside{std::max(whole.first, question.first), std::min(whole.last, last), 0};
    if (inside.first > inside.last) continue;
    for (const Interval& piece : cut_at(inside, question.unsettled)) {
      pieces.push_back({piece, &whole});
    }
  }
  return pieces;
}

// The last key of which an answer may speak that holds no more than it may.
std::uint64_t end_of(const std::vector<Piece>& pieces, std::uint64_t last) {
  if (pieces.size() <= uplink::kAckIntervalsMax) return last;
  return pieces[uplink::kAckIntervalsMax].interval.first - 1;
}

std::uint64_t size_of(const Interval& interval) {
  return interval.last - interval.first + 1;
}

class Sums {
 public:
  Sums(storage::Transaction& transaction, std::int64_t stream_row)
      : transaction_(transaction), stream_row_(stream_row) {}

  // The rows of all pieces of an interval but the longest are read, what is outside included.
  void fill_in(std::vector<Piece>& pieces) {
    for (auto begin = pieces.begin(); begin != pieces.end();) {
      const Interval& whole = *begin->whole;
      const auto end = std::find_if(begin, pieces.end(),
                                    [&whole](const Piece& piece) { return piece.whole != &whole; });
      std::vector<Interval*> parts;
      for (auto piece = begin; piece != end; ++piece) parts.push_back(&piece->interval);
      Interval before{whole.first, parts.front()->first - 1, 0};
      Interval after{parts.back()->last + 1, whole.last, 0};
      if (before.first <= before.last) parts.push_back(&before);
      if (after.first <= after.last) parts.push_back(&after);
      sum(parts, whole.check);
      begin = end;
    }
  }

 private:
  void sum(const std::vector<Interval*>& parts, std::uint64_t check) {
    Interval* const longest = *std::max_element(
        parts.begin(), parts.end(),
        [](const Interval* a, const Interval* b) { return size_of(*a) < size_of(*b); });
    longest->check = check;
    for (Interval* const part : parts) {
      if (part == longest) continue;
      part->check = to_unsigned(transaction_.integer(
          "SELECT sum(crc) FROM chunk WHERE stream = ? AND seq BETWEEN ? AND ?",
          {stream_row_, to_signed(part->first), to_signed(part->last)}));
      longest->check -= part->check;
    }
  }

  storage::Transaction& transaction_;
  std::int64_t stream_row_;
};

}  // namespace

Ack answer_to(storage::Transaction& transaction, std::int64_t stream_row,
              const Question& question) {
  const SettledKeys keys = load_settled_keys(transaction, stream_row);
  const auto held = keys.held().intervals();
  const auto resolved = keys.resolved().intervals();
  const std::uint64_t last =
      std::min(end_of(pieces_of(held, question, question.last), question.last),
               end_of(pieces_of(resolved, question, question.last), question.last));
  std::vector<Piece> held_pieces = pieces_of(held, question, last);
  Sums(transaction, stream_row).fill_in(held_pieces);

  Ack ack{question.run, question.stream, {}, {}};
  ack.answer = Answer{question.number, last};
  for (const Piece& piece : held_pieces) ack.held.push_back(piece.interval);
  for (const Piece& piece : pieces_of(resolved, question, last)) {
    ack.resolved.push_back(piece.interval);
  }
  return ack;
}

}  // namespace sluice::collector
