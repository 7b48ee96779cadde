#pragma once
// The rows on a page of an SQLite file, whatever table they are of, as far as they can be made out.
// Any bytes are safe: nothing outside the page and its overflow pages is touched, and memory is
// bounded.

#include <cstdint>
#include <functional>
#include <vector>

#include "storage/page_file.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

struct PageRow {
  bool has_rowid = false;  // else of an index, or of a table without
  std::int64_t rowid = 0;
  // As they are stored: a column that is the rowid is null here, and one that was added to the
  // table after the row may be missing. Texts and blobs are valid inside the visit.
  std::vector<Value> columns;
};

// Longer rows are passed over: no chunk is. And of one page, what is longer together: a damaged one
// may have many rows that all claim the same overflow pages.
inline constexpr std::uint64_t kPayloadMax = 2ULL * 1024 * 1024;
inline constexpr std::uint64_t kPagePayloadMax = 8 * kPayloadMax;

// Nothing is visited on a page that cannot be read, holds no rows, or is free by the file's own map
// of pages: what is left on it was deleted.
void for_each_row(PageFile& file, Layer layer, std::uint32_t number,
                  const std::function<void(const PageRow&)>& visit);

}  // namespace sluice::storage
