#pragma once
// What a database may hold after a fault in the life of its store, and no other.

#include <cstddef>
#include <string>
#include <vector>

#include "core/check.hpp"
#include "tests/crash/store_life.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::crash {

class Expectation {
 public:
  Expectation() {
    const TemporaryFolder undisturbed;
    StoreLife life(undisturbed.path());
    for (std::size_t i = 0; i < StoreLife::calls(); ++i) {
      if (i == StoreLife::kMakesRoom) without_kept_ = content_without_kept(life.database());
      CHECK(life.call(i).ok());
      contents.push_back(content_of(life.database()));
    }
  }

  // `done` calls have returned, and perhaps the next one had its effect.
  bool is_all_or_nothing(const std::string& database, std::size_t done) const {
    const std::string content = content_of(database);
    const bool nothing = content == contents[done];
    const bool all = done + 1 < contents.size() && content == contents[done + 1];
    const bool half = done == StoreLife::kMakesRoom && content == without_kept_;
    return (nothing || all || half) && (content.empty() || integrity_of(database) == "ok");
  }

  // Before the first call, and after each, when nothing goes wrong.
  std::vector<std::string> contents = {""};

 private:
  std::string without_kept_;
};

}  // namespace sluice::crash
