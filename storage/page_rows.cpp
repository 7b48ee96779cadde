#include "storage/page_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "core/chunk.hpp"

namespace sluice::storage {
namespace {

// Kinds of pages that hold rows, by their first byte.
constexpr std::byte kIndexInterior{0x02};
constexpr std::byte kIndexLeaf{0x0A};
constexpr std::byte kTableLeaf{0x0D};

// What is on a page of a longer row, and on each overflow page behind the number of the next.
constexpr std::uint64_t kTableLocalMax = kPageBytes - 35;
constexpr std::uint64_t kIndexLocalMax = (kPageBytes - 12) * 64 / 255 - 23;
constexpr std::uint64_t kLocalMin = (kPageBytes - 12) * 32 / 255 - 23;
constexpr std::uint64_t kOverflowBytes = kPageBytes - 4;

// Every so many pages one says what those behind it are for, in 5 bytes each.
constexpr std::uint32_t kMapEntries = kPageBytes / 5;
constexpr std::uint32_t kMapDistance = kMapEntries + 1;
constexpr std::byte kMapRoot{1};
constexpr std::byte kMapTree{5};

// Reads on until something does not fit; then everything is 0 and ok() is false.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  bool ok() const { return ok_; }
  std::size_t at() const { return at_; }
  std::uint64_t big_endian(std::size_t size) {
    std::uint64_t number = 0;
    for (const std::byte byte : take(size)) {
      number = number << 8 | std::to_integer<std::uint64_t>(byte);
    }
    return number;
  }
  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t byte = big_endian(1);
      number = number << 7 | (byte & 0x7FU);
      if (byte < 0x80U) return number;
    }
    return number << 8 | big_endian(1);
  }
  std::span<const std::byte> take(std::uint64_t size) {
    ok_ = ok_ && at_ <= bytes_.size() && size <= bytes_.size() - at_;
    if (!ok_) return {};
    const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_;
  bool ok_ = true;
};

bool is_map(std::uint32_t number) {
  return number >= 2 && (number - 2) % kMapDistance == 0;
}

// Not by a map that is damaged itself.
bool is_in_no_tree(PageFile& file, Layer layer, std::uint32_t number) {
  const std::uint32_t map_number = number - (number - 2) % kMapDistance;
  Page map;
  if (!file.read(layer, map_number, map)) return false;
  const std::uint32_t used = std::min(kMapEntries, file.page_count() - map_number);
  for (std::uint32_t i = 0; i < used; ++i) {
    const std::byte kind = map[std::size_t{5} * i];
    if (kind < kMapRoot || kind > kMapTree) return false;
  }
  const std::byte kind = map[std::size_t{5} * (number - map_number - 1)];
  return kind != kMapRoot && kind != kMapTree;
}

// The bytes of a row that begins at `cell` and goes on in overflow pages if it is too long.
std::optional<Bytes> payload_of(PageFile& file, Layer layer, Cursor& cell, std::uint64_t size,
                                std::uint64_t local_max) {
  if (!cell.ok() || size > kPayloadMax) return std::nullopt;
  std::uint64_t local = size;
  if (size > local_max) {
    const std::uint64_t wanted = kLocalMin + (size - kLocalMin) % kOverflowBytes;
    local = wanted <= local_max ? wanted : kLocalMin;
  }
  const std::span<const std::byte> first = cell.take(local);
  Bytes payload(first.begin(), first.end());
  auto next = static_cast<std::uint32_t>(local < size ? cell.big_endian(4) : 0);
  if (!cell.ok()) return std::nullopt;
  Page page;
  while (payload.size() < size) {
    if (!file.read(layer, next, page)) return std::nullopt;
    Cursor overflow(page);
    next = static_cast<std::uint32_t>(overflow.big_endian(4));
    const auto part = overflow.take(std::min<std::uint64_t>(size - payload.size(), kOverflowBytes));
    payload.insert(payload.end(), part.begin(), part.end());
  }
  return payload;
}

// One column of a kind that the row's head tells; nothing when there is no such kind.
std::optional<Value> column_of(std::uint64_t kind, Cursor& body) {
  constexpr std::size_t kIntegerBytes[] = {0, 1, 2, 3, 4, 6, 8};
  if (kind == 0) return Value(nullptr);
  if (kind == 8 || kind == 9) return Value(static_cast<std::int64_t>(kind - 8));
  if (kind <= 6) {
    const std::size_t size = kIntegerBytes[kind];
    const int above = 64 - 8 * static_cast<int>(size);
    return Value(static_cast<std::int64_t>(body.big_endian(size) << above) >> above);
  }
  if (kind == 7) return Value(std::bit_cast<double>(body.big_endian(8)));
  if (kind < 12) return std::nullopt;
  const std::span<const std::byte> bytes = body.take((kind - 12) / 2);
  if (kind % 2 == 0) return Value(bytes);
  return Value(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

bool split(const Bytes& payload, PageRow& row) {
  Cursor head(payload);
  const std::uint64_t head_size = head.varint();
  if (!head.ok() || head_size > payload.size()) return false;
  Cursor body(payload, static_cast<std::size_t>(head_size));
  row.columns.clear();
  while (head.ok() && head.at() < head_size) {
    const std::optional<Value> column = column_of(head.varint(), body);
    if (!column) return false;
    row.columns.push_back(*column);
  }
  return head.ok() && body.ok();
}

}  // namespace

void for_each_row(PageFile& file, Layer layer, std::uint32_t number,
                  const std::function<void(const PageRow&)>& visit) {
  Page page;
  // The first page is the schema's.
  if (number < 2 || is_map(number) || !file.read(layer, number, page)) return;
  const std::byte kind = page[0];
  if (kind != kTableLeaf && kind != kIndexLeaf && kind != kIndexInterior) return;
  if (is_in_no_tree(file, layer, number)) return;

  Cursor header(page, 3);
  const std::uint64_t cells = header.big_endian(2);
  Cursor pointers(page, kind == kIndexInterior ? 12 : 8);
  PageRow row;
  row.has_rowid = kind == kTableLeaf;
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < cells && pointers.ok() && bytes < kPagePayloadMax; ++i) {
    Cursor cell(page, static_cast<std::size_t>(pointers.big_endian(2)));
    if (kind == kIndexInterior) cell.take(4);  // the page below
    const std::uint64_t size = cell.varint();
    if (row.has_rowid) row.rowid = to_signed(cell.varint());
    const std::optional<Bytes> payload =
        payload_of(file, layer, cell, size, row.has_rowid ? kTableLocalMax : kIndexLocalMax);
    bytes += std::min(size, kPayloadMax);
    if (payload && split(*payload, row)) visit(row);
  }
}

}  // namespace sluice::storage
