#include "tests/tidy/include_rules.hpp"

#include <string>

#include "tests/tidy/source.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {

TEST_GROUP(IncludeArrows){bool allowed(const char* path, const std::string& header) const {
    return includes_against_the_arrows(parse({path, "#include \"" + header + "\"\n"})).empty();
}
}
;

TEST(IncludeArrows, every_folder_sees_itself_and_core) {
  CHECK_TRUE(allowed("core/a.cpp", "core/ring.hpp"));
  CHECK_TRUE(allowed("storage/a.cpp", "storage/store.hpp"));
  CHECK_TRUE(allowed("storage/a.cpp", "core/ring.hpp"));
}

TEST(IncludeArrows, core_sees_nothing_else) {
  CHECK_FALSE(allowed("core/a.cpp", "hal/clock.hpp"));
}

TEST(IncludeArrows, neighbours_never_see_each_other) {
  CHECK_FALSE(allowed("storage/a.cpp", "uplink/link.hpp"));
  CHECK_FALSE(allowed("uplink/a.cpp", "storage/store.hpp"));
  CHECK_FALSE(allowed("uplink/a.cpp", "chunk/batch.hpp"));
  CHECK_FALSE(allowed("hal/a.cpp", "chunk/batch.hpp"));
}

TEST(IncludeArrows, config_sees_options_only) {
  CHECK_TRUE(allowed("config/a.hpp", "hal/options.hpp"));
  CHECK_TRUE(allowed("config/a.hpp", "storage/store.hpp"));
  CHECK_TRUE(allowed("config/a.hpp", "uplink/options.hpp"));
  CHECK_FALSE(allowed("config/a.hpp", "hal/clock.hpp"));
  CHECK_FALSE(allowed("config/a.hpp", "uplink/link.hpp"));
  CHECK_FALSE(allowed("config/a.hpp", "chunk/batch.hpp"));
}

TEST(IncludeArrows, nobody_below_sees_config) {
  CHECK_FALSE(allowed("hal/a.cpp", "config/config.hpp"));
}

TEST(IncludeArrows, app_and_collector_see_all_but_each_other) {
  CHECK_TRUE(allowed("app/a.cpp", "config/config.hpp"));
  CHECK_TRUE(allowed("collector/a.cpp", "chunk/batch.hpp"));
  CHECK_FALSE(allowed("app/a.cpp", "collector/sink.hpp"));
  CHECK_FALSE(allowed("collector/a.cpp", "app/gateway.hpp"));
}

TEST(IncludeArrows, tests_see_everything_and_nobody_sees_tests) {
  CHECK_TRUE(allowed("tests/sim/a.cpp", "collector/sink.hpp"));
  CHECK_FALSE(allowed("app/a.cpp", "tests/sim/world.hpp"));
}

TEST(IncludeArrows, an_include_starts_at_the_root) {
  CHECK_FALSE(allowed("core/a.cpp", "ring.hpp"));
  CHECK_FALSE(allowed("core/a.cpp", "../core/ring.hpp"));
}

TEST_GROUP(HeaderHomes){bool at_home(const char* path, const std::string& header) const {
    return headers_away_from_home(parse({path, "#include " + header + "\n"})).empty();
}
}
;

TEST(HeaderHomes, the_standard_library_is_at_home_everywhere) {
  CHECK_TRUE(at_home("core/a.cpp", "<vector>"));
}

TEST(HeaderHomes, a_library_has_one_home) {
  CHECK_TRUE(at_home("uplink/mqtt_connection.cpp", "<mosquitto.h>"));
  CHECK_FALSE(at_home("uplink/mqtt_link.cpp", "<mosquitto.h>"));
  CHECK_TRUE(at_home("storage/sqlite.hpp", "<sqlite3.h>"));
  CHECK_FALSE(at_home("storage/store.cpp", "<sqlite3.h>"));
  CHECK_FALSE(at_home("collector/store.cpp", "<sqlite3.h>"));
  CHECK_FALSE(at_home("app/a.cpp", "<toml++/toml.h>"));
  CHECK_FALSE(at_home("uplink/a.cpp", "<spdlog/spdlog.h>"));
}

TEST(HeaderHomes, tests_may_visit) {
  CHECK_TRUE(at_home("tests/integration/a.cpp", "<sqlite3.h>"));
  CHECK_FALSE(at_home("app/a.cpp", "<CppUTest/TestHarness.h>"));
}

TEST(HeaderHomes, only_chunk_knows_the_wire_format) {
  CHECK_TRUE(at_home("chunk/batch.cpp", "\"chunk/wire_generated.h\""));
  CHECK_FALSE(at_home("collector/a.cpp", "\"chunk/wire_generated.h\""));
  CHECK_FALSE(at_home("storage/a.cpp", "<flatbuffers/flatbuffers.h>"));
}

TEST(HeaderHomes, the_operating_system_is_in_few_places) {
  CHECK_TRUE(at_home("hal/a.cpp", "<unistd.h>"));
  CHECK_TRUE(at_home("app/a.cpp", "<sys/socket.h>"));
  CHECK_FALSE(at_home("core/a.cpp", "<time.h>"));
  CHECK_FALSE(at_home("chunk/a.cpp", "<linux/types.h>"));
  CHECK_FALSE(at_home("config/a.cpp", "<pthread.h>"));
  CHECK_FALSE(at_home("uplink/delivery.cpp", "<poll.h>"));
}

TEST_GROUP(IncludeOrder){bool ordered(const char* path, const char* text)
                             const {return includes_out_of_order(parse({path, text})).empty();
}
}
;

TEST(IncludeOrder, own_standard_third_party_project) {
  CHECK_TRUE(ordered(
      "hal/process/log_sink.cpp",
      "#include \"hal/process/log_sink.hpp\"\n\n#include <unistd.h>\n\n#include <string>\n\n"
      "#include <spdlog/spdlog.h>\n\n#include \"core/log.hpp\"\n"));
}

TEST(IncludeOrder, the_own_header_comes_first) {
  CHECK_FALSE(ordered("core/a.cpp", "#include <string>\n\n#include \"core/a.hpp\"\n"));
}

TEST(IncludeOrder, the_standard_library_comes_before_ours) {
  CHECK_FALSE(ordered("core/a.cpp", "#include \"core/b.hpp\"\n\n#include <string>\n"));
}

TEST(IncludeOrder, a_blank_line_stands_between_groups) {
  CHECK_FALSE(ordered("core/a.cpp", "#include \"core/a.hpp\"\n#include <string>\n"));
  CHECK_FALSE(ordered("hal/a.cpp", "#include <unistd.h>\n#include <string>\n"));
}

TEST(IncludeOrder, the_test_framework_comes_last) {
  CHECK_TRUE(ordered("tests/core/a_test.cpp",
                     "#include <map>\n\n#include \"core/a.hpp\"\n\n"
                     "#include <CppUTest/TestHarness.h>\n"));
  CHECK_FALSE(ordered("tests/core/a_test.cpp",
                      "#include <CppUTest/TestHarness.h>\n\n#include \"core/a.hpp\"\n"));
}

TEST(IncludeOrder, a_test_may_begin_with_the_header_it_tests) {
  CHECK_TRUE(ordered("tests/core/a_test.cpp",
                     "#include \"core/a.hpp\"\n\n#include <map>\n\n"
                     "#include \"core/b.hpp\"\n"));
}

}  // namespace sluice::tidy
