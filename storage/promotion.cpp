#include "storage/promotion.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/lane.hpp"

namespace sluice::storage {
namespace {

// Looked at in one piece: a few steps down an index each.
constexpr int kSlotsMax = 128;
constexpr int kSlotBits = 34;  // as in the schema
constexpr std::int64_t kNoSlot = std::numeric_limits<std::int64_t>::min();

// Where the chunks of the span are: in one run, under one number or any.
struct Place {
  std::int64_t run = 0;  // row
  std::int64_t first_channel = 0;
  std::int64_t last_channel = std::numeric_limits<std::uint16_t>::max();
  Duration period{};
  std::int64_t first_slot = 0;
  std::int64_t last_slot = 0;
};

struct Found {
  std::int64_t position = 0;
  std::uint64_t count = 0;
  Instant first;
  Instant last;
  bool promoted = false;
};

Place place_of(const Row& row, const Promotion& promotion) {
  Place place;
  place.run = row.integer(0);
  std::int64_t low = 0;
  // No chunk that begins earlier reaches into the span.
  if (__builtin_sub_overflow(to_ns(promotion.what.from), row.integer(1), &low)) low = kNoSlot;
  place.first_slot = low >> kSlotBits;
  place.last_slot = to_ns(promotion.what.to) >> kSlotBits;
  if (promotion.what.channel.empty()) return place;
  place.first_channel = place.last_channel = row.integer(2);
  place.period = Duration(row.integer(3));
  return place;
}

// At or behind the promotion's.
std::optional<Place> find_place(Transaction& transaction, const Promotion& promotion) {
  std::optional<Place> place;
  const auto take = [&](const Row& row) {
    place = place_of(row, promotion);
    return false;
  };
  if (promotion.what.channel.empty()) {
    transaction.for_each(
        "SELECT run.id, span_max_ns FROM run JOIN stream ON stream.run = run.id AND stream = 2"
        " WHERE boot = ? AND run.id >= ? ORDER BY run.id LIMIT 1",
        {std::string_view(promotion.boot), promotion.run}, take);
  } else {
    // A channel whose unit changed has had two numbers.
    transaction.for_each(
        "SELECT run.id, span_max_ns, channel.channel, period_ns FROM run"
        " JOIN stream ON stream.run = run.id AND stream = 2"
        " JOIN channel ON channel.run = run.id AND name = ?1"
        " WHERE boot = ?2 AND (run.id, channel.channel) >= (?3, ?4)"
        " ORDER BY run.id, channel.channel LIMIT 1",
        {std::string_view(promotion.what.channel), std::string_view(promotion.boot), promotion.run,
         promotion.channel},
        take);
  }
  return place;
}

std::optional<std::int64_t> next_slot(Transaction& transaction, const Place& place,
                                      std::int64_t from) {
  std::optional<std::int64_t> slot;
  transaction.for_each(
      "SELECT first_ns >> 34 FROM chunk WHERE run = ? AND stream = 2"
      " AND first_ns >> 34 BETWEEN ? AND ? ORDER BY first_ns >> 34 LIMIT 1",
      {place.run, std::max(from, place.first_slot), place.last_slot}, [&](const Row& row) {
        slot = row.integer(0);
        return false;
      });
  return slot;
}

class Piece {
 public:
  Piece(Transaction& transaction, Promotion& promotion)
      : transaction_(transaction), promotion_(promotion) {}
  bool full() const { return chunks_ >= kPromotedChunksMax || bytes_ >= kPromotedBytesMax; }
  // False when there is more in it.
  bool promote_slot(const Place& place, std::int64_t slot);

 private:
  void count(std::vector<Found>& found, Duration period);

  Transaction& transaction_;
  Promotion& promotion_;
  std::size_t chunks_ = 0;
  std::uint64_t bytes_ = 0;
};

bool Piece::promote_slot(const Place& place, std::int64_t slot) {
  std::vector<Found> found;
  bool whole = true;
  transaction_.for_each(
      "SELECT position, count, first_ns, last_ns, promoted IS NOT NULL, length(bytes) FROM chunk"
      " WHERE run = ? AND stream = 2 AND first_ns >> 34 = ? AND channel BETWEEN ? AND ?"
      " AND first_ns <= ? AND last_ns >= ?"
      // The collector has the others.
      " AND EXISTS (SELECT 1 FROM pending WHERE lane IN (3, 4)"
      " AND pending.position = chunk.position)",
      {place.run, slot, place.first_channel, place.last_channel, to_ns(promotion_.what.to),
       to_ns(promotion_.what.from)},
      [&](const Row& row) {
        found.push_back({row.integer(0), to_unsigned(row.integer(1)),
                         instant_from_ns(row.integer(2)), instant_from_ns(row.integer(3)),
                         row.integer(4) != 0});
        if (found.back().promoted) return true;
        whole = !full();
        if (!whole) {
          found.pop_back();
          return false;
        }
        ++chunks_;
        bytes_ += to_unsigned(row.integer(5));
        return true;
      });
  for (const Found& chunk : found) {
    if (chunk.promoted) continue;
    transaction_.run("UPDATE chunk SET promoted = ? WHERE position = ?",
                     {static_cast<std::int64_t>(Lane::kRequested), chunk.position});
    ++promotion_.promoted;
  }
  if (whole) count(found, place.period);
  return whole;
}

void Piece::count(std::vector<Found>& found, Duration period) {
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.first < b.first; });
  for (const Found& chunk : found) {
    ++promotion_.chunks;
    promotion_.readings += chunk.count;
    std::vector<Span>& covered = promotion_.covered;
    // Readings one period apart are neighbours; a late tick may make it nearly two.
    if (!covered.empty() && chunk.first <= covered.back().last + 2 * period) {
      covered.back().last = std::max(covered.back().last, chunk.last);
    } else if (covered.size() < kCoveredMax) {
      covered.push_back({chunk.first, chunk.last});
    }
  }
}

}  // namespace

void promote(Transaction& transaction, Promotion& promotion) {
  Piece piece(transaction, promotion);
  int slots = 0;
  while (slots < kSlotsMax && !piece.full() && transaction.ok()) {
    const std::optional<Place> place = find_place(transaction, promotion);
    if (!place) {
      promotion.done = transaction.ok();
      return;
    }
    if (std::pair(place->run, place->first_channel) !=
        std::pair(promotion.run, promotion.channel)) {
      promotion.run = place->run;
      promotion.channel = place->first_channel;
      promotion.slot = kNoSlot;
      promotion.period = std::max(promotion.period, place->period);
    }
    std::optional<std::int64_t> slot = next_slot(transaction, *place, promotion.slot);
    for (; slot && slots < kSlotsMax; ++slots) {
      promotion.slot = *slot;
      if (!piece.promote_slot(*place, *slot)) return;
      promotion.slot = *slot + 1;
      slot = next_slot(transaction, *place, promotion.slot);
    }
    if (slot) return;
    // On to the next number, or the next run.
    promotion.channel = place->last_channel + 1;
    if (promotion.what.channel.empty()) promotion.run = place->run + 1;
    promotion.slot = kNoSlot;
  }
}

}  // namespace sluice::storage
