#include <string>

#include "config/sections.hpp"
#include "config/units.hpp"

namespace sluice::config {

void parse_storage(TableReader& root, Config& config) {
  TableReader reader = root.table("storage", Section::kStorage);
  SealOptions& seal = config.seal;
  reader.size("quota", config.storage.quota_bytes);
  reader.duration("commit_every", seal.commit_every);
  reader.duration("seal_after", seal.seal_after);
  reader.integer("seal_readings", seal.seal_readings);
  reader.reject_strangers();

  if (seal.seal_after < seal.commit_every) {
    reader.report(reader.has("seal_after") ? "seal_after" : "commit_every",
                  "seal_after of " + text_of_duration(seal.seal_after) +
                      " is shorter than commit_every of " + text_of_duration(seal.commit_every) +
                      "; what is not committed cannot be sealed");
  }
}

}  // namespace sluice::config
