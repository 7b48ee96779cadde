#pragma once
// Commands of the far side and their answers, so that one that comes twice is answered twice and
// done once. What is in them is the caller's.

#include <optional>
#include <string>
#include <vector>

#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

std::optional<Request> find_request(Transaction& transaction, const std::string& id);
// Oldest first.
std::vector<Request> open_requests(Transaction& transaction);
// Stores it, or its answer. The oldest answered ones beyond kRequestsKept are forgotten.
void put_request(Transaction& transaction, const Request& request);

}  // namespace sluice::storage
