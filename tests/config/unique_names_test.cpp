#include "config/unique_names.hpp"

#include <string>
#include <variant>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(UniqueNames) {
  Table table = std::get<Table>(read_document("[gateway]\nid = \"hall\"\n"));
  ProblemList problems{"a.toml"};
  TableReader root{table, problems};
  TableReader gateway = root.table("gateway", Section::kGateway);
  UniqueNames names{"channel"};
};

TEST(UniqueNames, may_be_taken_once) {
  names.claim(gateway, "id", "hall");
  CHECK_TRUE(problems.empty());
  CHECK_TRUE(names.contains("hall"));
  CHECK_FALSE(names.contains("attic"));
}

TEST(UniqueNames, tell_who_has_it) {
  names.claim(gateway, "id", "hall");
  names.claim(gateway, "id", "hall");
  STRCMP_EQUAL("a.toml:2:6: gateway.id: \"hall\" is taken by the channel in line 2; choose another",
               problems.take().front().text().c_str());
}

TEST(UniqueNames, can_be_listed) {
  names.claim(gateway, "id", "hall");
  names.claim(gateway, "id", "attic");
  LONGS_EQUAL(2, names.all().size());
  STRCMP_EQUAL("attic", std::string(names.all().front()).c_str());
}

}  // namespace sluice::config
