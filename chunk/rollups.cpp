#include "chunk/rollups.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include "chunk/batch.hpp"
#include "chunk/bits.hpp"
#include "chunk/exceptions.hpp"
#include "chunk/integer.hpp"
#include "chunk/integer_column.hpp"
#include "chunk/value_column.hpp"
#include "chunk/value_model.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

using Integers = std::vector<std::int64_t>;
using Doubles = std::vector<double>;

// A sum is a number of so many words of 64 bits, two's complement, the lowest of 2^-1074.
constexpr std::size_t kWords = ExactSum::kDigits / 2 + 1;
using Words = std::array<std::int64_t, kWords>;
constexpr unsigned kWordNumberBits = 6;
static_assert(kWords < 1U << kWordNumberBits);

// Of values: minimum, maximum, first, last, and the quantiles.
constexpr std::size_t kExtremes = 4;
constexpr std::size_t kValueColumns = kExtremes + kRollupQuantiles.size();
// Begin, length, revision, counts, times of the first and the last.
constexpr std::size_t kIntegerColumns = 3 + kQualityCount + 2;

// As of readings: the most that an entry takes as an escaped residual, and as an exception for
// every eighth of a column of values.
constexpr std::size_t kWindowBitsMax =
    92 * (kIntegerColumns + kValueColumns + 2 * kWords) + 128 / 8 * kValueColumns;
static_assert(kRollupsMax * kWindowBitsMax / 8 + 2 * kBatchOverheadBytes <= kBatchBytesMax);

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a chunk of rollups is damaged: ") + what};
}

void append_column(BitWriter& out, const Integers& column) {
  if (column.empty()) return;
  put_number(out, fold(column.front()), kWide);
  append_integers(out, column);
}

Integers take_column(BitReader& in, std::size_t count) {
  Integers column(count);
  if (count == 0) return column;
  column.front() = unfold(take_number(in, kWide));
  take_integers(in, column);
  return column;
}

void append_doubles(BitWriter& out, const Doubles& values) {
  const Mapped mapped = choose_model(values, {});
  append_exceptions(out, mapped.exceptions);
  append_values(out, mapped);
}

Doubles take_doubles(BitReader& in, std::size_t count) {
  Doubles values(count);
  const std::vector<Exception> exceptions = take_exceptions(in, count);
  if (!in.overrun()) take_values(in, values, exceptions);
  return values;
}

Words words_of(const ExactSum& sum) {
  const ExactSum::Digits digits = sum.digits();
  Words words{};
  for (std::size_t i = 0; i + 1 < kWords; ++i) {
    words[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(digits[2 * i]) |
                                         static_cast<std::uint64_t>(digits[2 * i + 1]) << 32);
  }
  words.back() = digits.back();
  return words;
}

std::optional<ExactSum> sum_of(const Words& words) {
  ExactSum::Digits digits{};
  for (std::size_t i = 0; i + 1 < kWords; ++i) {
    const auto word = static_cast<std::uint64_t>(words[i]);
    digits[2 * i] = static_cast<std::int64_t>(word & 0xFFFF'FFFF);
    digits[2 * i + 1] = static_cast<std::int64_t>(word >> 32);
  }
  digits.back() = words.back();
  return ExactSum::from(digits);
}

// Only the words that any of them needs: those below are 0, and those above repeat the sign.
void append_sums(BitWriter& out, const std::vector<Words>& sums) {
  std::size_t begin = kWords;
  std::size_t end = 0;
  for (const Words& words : sums) {
    std::size_t low = 0;
    while (low < kWords && words[low] == 0) ++low;
    std::size_t high = kWords;
    while (high > 1 && words[high - 1] == words[high - 2] >> 63) --high;
    begin = std::min(begin, low);
    end = std::max(end, high);
  }
  end = std::max(begin, end);
  out.put(begin, kWordNumberBits);
  out.put(end - begin, kWordNumberBits);
  for (std::size_t word = begin; word < end; ++word) {
    Integers column;
    column.reserve(sums.size());
    for (const Words& words : sums) column.push_back(words[word]);
    append_column(out, column);
  }
}

std::vector<Words> take_sums(BitReader& in, std::size_t count) {
  const auto begin = static_cast<std::size_t>(in.take(kWordNumberBits));
  const auto end = begin + static_cast<std::size_t>(in.take(kWordNumberBits));
  std::vector<Words> sums(count, Words{});
  if (end > kWords) in.fail();
  for (std::size_t word = begin; word < end && !in.overrun(); ++word) {
    const Integers column = take_column(in, count);
    for (std::size_t i = 0; i < count; ++i) {
      sums[i][word] = column[i];
      if (word + 1 == end)
        std::fill(sums[i].begin() + static_cast<std::ptrdiff_t>(end), sums[i].end(),
                  column[i] >> 63);
    }
  }
  return sums;
}

double& value_of(std::size_t column, Summary::Parts& parts, RollupQuantiles& quantiles) {
  double* const extremes[kExtremes] = {&parts.min, &parts.max, &parts.first.value,
                                       &parts.last.value};
  return column < kExtremes ? *extremes[column] : quantiles[column - kExtremes];
}

// What all windows have: when they are, and how many readings.
void append_frames(BitWriter& out, std::span<const Rollup> rollups, Instant first) {
  Integers lengths;
  Integers gaps;  // from the end of the window before
  Integers revisions;
  std::array<Integers, kQualityCount> counts;
  for (const Rollup& rollup : rollups) {
    CHECK(rollup.length > Duration::zero() && rollup.summary.readings() > 0);
    lengths.push_back(to_ns(rollup.length));
    gaps.push_back(to_ns(rollup.begin - first));
    first = rollup.end();
    revisions.push_back(rollup.revision);
    for (std::uint8_t i = 0; i < kQualityCount; ++i) {
      counts[i].push_back(static_cast<std::int64_t>(rollup.summary.of(Quality{i})));
    }
  }
  append_column(out, lengths);
  append_column(out, gaps);
  append_column(out, revisions);
  for (const Integers& column : counts) append_column(out, column);
}

// Of the windows with a good value.
void append_values(BitWriter& out, std::span<const Rollup> rollups) {
  std::array<Doubles, kValueColumns> values;
  Integers from_begin;
  Integers to_end;
  std::vector<Words> sums;
  std::vector<Words> squares;
  for (const Rollup& rollup : rollups) {
    if (rollup.summary.count() == 0) continue;
    Summary::Parts parts = rollup.summary.parts();
    RollupQuantiles quantiles = rollup.quantiles;
    CHECK(parts.first.time_ns >= to_ns(rollup.begin) && parts.last.time_ns < to_ns(rollup.end()));
    for (std::size_t i = 0; i < kValueColumns; ++i) {
      values[i].push_back(value_of(i, parts, quantiles));
    }
    from_begin.push_back(parts.first.time_ns - to_ns(rollup.begin));
    to_end.push_back(to_ns(rollup.end()) - parts.last.time_ns);
    sums.push_back(words_of(parts.sum));
    squares.push_back(words_of(parts.squares));
  }
  if (sums.empty()) return;
  for (const Doubles& column : values) append_doubles(out, column);
  append_column(out, from_begin);
  append_column(out, to_end);
  append_sums(out, sums);
  append_sums(out, squares);
}

bool is_span(std::int64_t begin_ns, std::int64_t length_ns) {
  std::int64_t end = 0;
  return length_ns > 0 && !__builtin_add_overflow(begin_ns, length_ns, &end);
}

class Decoder {
 public:
  explicit Decoder(const Chunk& chunk)
      : header_(chunk.header), in_(chunk.bytes), rollups_(header_.count), parts_(header_.count) {}

  // What is wrong, or nullptr.
  const char* decode();
  std::vector<Rollup> take() { return std::move(rollups_); }

 private:
  const char* take_frames();
  const char* take_values();
  // Those that have a good value.
  std::vector<std::size_t> valued() const;

  const ChunkHeader& header_;
  BitReader in_;
  std::vector<Rollup> rollups_;
  std::vector<Summary::Parts> parts_;
};

const char* Decoder::decode() {
  if (const char* const damage = take_frames()) return damage;
  if (const char* const damage = take_values()) return damage;
  if (!in_.at_end()) return "bytes follow its end";
  for (std::size_t i = 0; i < rollups_.size(); ++i) {
    const std::optional<Summary> summary = Summary::from(parts_[i]);
    if (!summary) return "the parts of a summary do not go together";
    rollups_[i].summary = *summary;
  }
  return nullptr;
}

const char* Decoder::take_frames() {
  constexpr std::int64_t kNumberMax = 0xFFFF'FFFF;
  const std::size_t count = rollups_.size();
  const Integers lengths = take_column(in_, count);
  const Integers gaps = take_column(in_, count);
  const Integers revisions = take_column(in_, count);
  std::int64_t end_ns = to_ns(header_.first);
  Instant first = Instant::max();
  Instant last = Instant::min();
  for (std::size_t i = 0; i < count && !in_.overrun(); ++i) {
    const std::int64_t begin_ns = wrapping_sum(end_ns, gaps[i]);
    if (!is_span(begin_ns, lengths[i])) return "a window makes no sense";
    if (revisions[i] < 0 || revisions[i] > kNumberMax) return "a revision is out of range";
    rollups_[i].begin = instant_from_ns(begin_ns);
    rollups_[i].length = Duration(lengths[i]);
    rollups_[i].revision = static_cast<std::uint32_t>(revisions[i]);
    end_ns = to_ns(rollups_[i].end());
    first = std::min(first, rollups_[i].begin);
    last = std::max(last, instant_from_ns(end_ns - 1));
  }
  for (std::uint8_t quality = 0; quality < kQualityCount; ++quality) {
    const Integers counts = take_column(in_, count);
    for (std::size_t i = 0; i < count; ++i) {
      if (counts[i] < 0 || counts[i] > kNumberMax) return "a count is out of range";
      parts_[i].by_quality[quality] = static_cast<std::uint64_t>(counts[i]);
    }
  }
  if (in_.overrun()) return "its columns make no sense";
  if (first != header_.first || last != header_.last) return "its times are wrong";
  for (const Summary::Parts& parts : parts_) {
    const auto has_some = [](std::uint64_t some) { return some > 0; };
    if (std::ranges::none_of(parts.by_quality, has_some)) return "a window is empty";
  }
  return nullptr;
}

std::vector<std::size_t> Decoder::valued() const {
  std::vector<std::size_t> valued;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    std::uint64_t good = 0;
    for (std::uint8_t quality = 0; quality < kQualityCount; ++quality) {
      if (has_good_value(Quality{quality})) good += parts_[i].by_quality[quality];
    }
    if (good > 0) valued.push_back(i);
  }
  return valued;
}

const char* Decoder::take_values() {
  const std::vector<std::size_t> valued = this->valued();
  if (valued.empty()) return nullptr;
  for (std::size_t column = 0; column < kValueColumns; ++column) {
    const Doubles values = take_doubles(in_, valued.size());
    for (std::size_t i = 0; i < valued.size(); ++i) {
      if (!std::isfinite(values[i])) return "a value is no number";
      value_of(column, parts_[valued[i]], rollups_[valued[i]].quantiles) = values[i];
    }
  }
  const Integers from_begin = take_column(in_, valued.size());
  const Integers to_end = take_column(in_, valued.size());
  const std::vector<Words> sums = take_sums(in_, valued.size());
  const std::vector<Words> squares = take_sums(in_, valued.size());
  if (in_.overrun()) return "its columns make no sense";
  for (std::size_t i = 0; i < valued.size(); ++i) {
    const Rollup& rollup = rollups_[valued[i]];
    Summary::Parts& parts = parts_[valued[i]];
    const std::int64_t length = to_ns(rollup.length);
    if (from_begin[i] < 0 || from_begin[i] >= length || to_end[i] < 1 || to_end[i] > length) {
      return "a value lies outside its window";
    }
    parts.first.time_ns = to_ns(rollup.begin) + from_begin[i];
    parts.last.time_ns = to_ns(rollup.end()) - to_end[i];
    const std::optional<ExactSum> sum = sum_of(sums[i]);
    const std::optional<ExactSum> square = sum_of(squares[i]);
    if (!sum || !square) return "a sum is out of range";
    parts.sum = *sum;
    parts.squares = *square;
  }
  return nullptr;
}

}  // namespace

SealedChunk encode_rollups(ChannelId channel, std::span<const Rollup> rollups) {
  CHECK(!rollups.empty() && rollups.size() <= kRollupsMax);
  SealedChunk sealed;
  sealed.stream = Stream::kRollup;
  sealed.channel = channel;
  sealed.count = static_cast<std::uint32_t>(rollups.size());
  sealed.first = std::ranges::min_element(rollups, {}, &Rollup::begin)->begin;
  sealed.last = std::ranges::max_element(rollups, {}, &Rollup::end)->end() - Duration(1);
  BitWriter bits;
  append_frames(bits, rollups, sealed.first);
  append_values(bits, rollups);
  sealed.bytes = bits.take();
  return sealed;
}

Result<std::vector<Rollup>> decode_rollups(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  if (checksum_of(header, chunk.bytes) != header.crc) return corrupt("its checksum is wrong");
  if (header.key.stream != Stream::kRollup) return corrupt("it is of another stream");
  if (header.count < 1 || header.count > kRollupsMax) return corrupt("its count is out of range");
  Decoder decoder(chunk);
  if (const char* const damage = decoder.decode()) return corrupt(damage);
  return decoder.take();
}

}  // namespace sluice::chunk
