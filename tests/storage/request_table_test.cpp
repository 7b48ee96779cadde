#include "storage/request_table.hpp"

#include <optional>
#include <string>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(RequestTable) {
  Buffer buffer;
  const Bytes command{std::byte{1}, std::byte{2}};
  const Bytes answer{std::byte{3}};

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }
  void put(const std::string& id, const Bytes& with = {}) {
    CHECK_TRUE(buffer.store().put_request({id, command, with}).ok());
  }
  std::optional<Request> find(const std::string& id) {
    const auto found = buffer.store().find_request(id);
    CHECK_TRUE(found.ok());
    return *found;
  }
  std::vector<Request> open() {
    const auto requests = buffer.store().open_requests();
    CHECK_TRUE(requests.ok());
    return *requests;
  }
};

TEST(RequestTable, knows_what_came_and_what_was_answered) {
  CHECK_FALSE(find("a").has_value());
  put("a");
  CHECK_TRUE(find("a")->command == command && find("a")->answer.empty());
  put("a", answer);
  CHECK_TRUE(find("a")->command == command && find("a")->answer == answer);
}

TEST(RequestTable, keeps_it_over_restarts) {
  put("a", answer);
  put("b");
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(find("a")->answer == answer);
  CHECK_TRUE(open().size() == 1 && open()[0].id == "b");
}

TEST(RequestTable, forgets_the_oldest_answered_ones) {
  put("open");
  for (std::size_t i = 0; i <= kRequestsKept; ++i) put(std::to_string(i), answer);
  CHECK_FALSE(find("0").has_value());
  CHECK_TRUE(find("1").has_value());
  CHECK_TRUE(find("open").has_value());
}
