#pragma once
// Raw readings whose summary is stored: of what has to go they are missed least.

#include <cstdint>
#include <vector>

#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// A walk over the stored rollups, oldest first. It never goes back: raw chunks are there before the
// rollup that covers them is made.
struct Thinning {
  std::uint64_t rollup = 0;  // position of the last one under which nothing is left
  bool at_end = false;       // no rollup behind it
};

// Raw chunks of one run that rollups of their run and channel cover whole, as far as they come to
// `bytes` or a little more, and kDropChunksMax allows. Goes on behind `thinning` and moves it, a
// bounded number of rollups at a time: nothing found does not mean the end.
std::vector<Drop> propose_thinning(Transaction& transaction, Thinning& thinning,
                                   std::uint64_t bytes);

}  // namespace sluice::storage
