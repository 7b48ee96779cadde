#include <string>
#include <string_view>
#include <variant>

#include "config/parse.hpp"
#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(ParseGateway){std::string id_on(std::string_view host_name)
                             const {const auto outcome = parse(in_channel(""), "t.toml", host_name);
return std::get<Config>(outcome).gateway.id;
}  // namespace sluice::config
}
;

TEST(ParseGateway, takes_what_is_there) {
  const Config config = config_of(before_channel(
      "[gateway]\nid = \"hall-7\"\nstate_directory = \"/data\"\nrun_directory = \"/run/a\""));
  STRCMP_EQUAL("hall-7", config.gateway.id.c_str());
  STRCMP_EQUAL("/data", config.gateway.state_directory.c_str());
  STRCMP_EQUAL("/run/a", config.gateway.run_directory.c_str());
}

TEST(ParseGateway, puts_the_buffer_into_the_state_directory) {
  const Config config = config_of(before_channel("[gateway]\nstate_directory = \"/data\""));
  STRCMP_EQUAL("/data/sluice.db", config.storage.path.c_str());
}

TEST(ParseGateway, is_named_like_its_host_without_an_id) {
  STRCMP_EQUAL("pi-4_hall", id_on("pi-4_hall").c_str());
}

TEST(ParseGateway, makes_an_id_of_any_host_name) {
  STRCMP_EQUAL("pi-example-org", id_on("pi.example.org").c_str());
  STRCMP_EQUAL("a--b", id_on("a\xC3\xA4"
                             "b")
                           .c_str());
  STRCMP_EQUAL(std::string(64, 'a').c_str(), id_on(std::string(100, 'a')).c_str());
  STRCMP_EQUAL("gateway", id_on("").c_str());
}

}  // namespace sluice::config
