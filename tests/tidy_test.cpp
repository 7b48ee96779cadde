// The rules of tests/tidy on this source tree. That each rule can fail is shown in
// tests/tidy/*_test.cpp.

#include <algorithm>
#include <array>
#include <string>

#include "tests/tidy/function_length.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/source.hpp"
#include "tests/tidy/text_rules.hpp"
#include "tests/tidy/tree_rules.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {
namespace {

// Parts that have no meaning of their own are seen through the whole that they belong to.
constexpr std::array kTestedElsewhere{
    TestedBy{"app/main.cpp", "tests/integration/commands_test.py"},
    TestedBy{"app/explanation_text.cpp", "tests/app/explanation_test.cpp"},
    TestedBy{"chunk/event_wire.cpp", "tests/chunk/events_test.cpp"},
    TestedBy{"chunk/reading_columns.cpp", "tests/chunk/readings_test.cpp"},
    TestedBy{"chunk/wire.cpp", "tests/chunk/batch_test.cpp"},
    TestedBy{"collector/broker_options.cpp", "tests/integration/tls_test.py"},
    TestedBy{"collector/catalogue.cpp", "tests/collector/export_test.cpp"},
    TestedBy{"collector/database.cpp", "tests/collector/sqlite_sink_test.cpp"},
    TestedBy{"collector/export_command.cpp", "tests/integration/commands_test.py"},
    TestedBy{"collector/intake.cpp", "tests/collector/sqlite_sink_test.cpp"},
    TestedBy{"collector/main.cpp", "tests/integration/commands_test.py"},
    TestedBy{"collector/request_command.cpp", "tests/integration/request_test.py"},
    TestedBy{"collector/run_command.cpp", "tests/integration/kill_test.py"},
    TestedBy{"collector/status_command.cpp", "tests/integration/commands_test.py"},
    TestedBy{"collector/summary_text.cpp", "tests/collector/summary_test.cpp"},
    TestedBy{"collector/summary_text.cpp", "tests/collector/summary_test.cpp"},
    TestedBy{"storage/chunk_table.cpp", "tests/storage/store_test.cpp"},
    TestedBy{"app/storage_healing.cpp", "tests/app/damaged_buffer_test.cpp"},
    TestedBy{"app/storage_settling.cpp", "tests/app/storage_service_test.cpp"},
    TestedBy{"storage/run_table.cpp", "tests/storage/store_test.cpp"},
    TestedBy{"storage/store_healing.cpp", "tests/storage/salvage_test.cpp"},
    TestedBy{"storage/store_impl.cpp", "tests/storage/store_test.cpp"},
    TestedBy{"storage/store_requests.cpp", "tests/storage/promotion_test.cpp"},
    TestedBy{"storage/store_settling.cpp", "tests/storage/grace_test.cpp"},
    TestedBy{"uplink/ack_message.cpp", "tests/uplink/messages_test.cpp"},
    TestedBy{"uplink/json_fields.cpp", "tests/uplink/messages_test.cpp"},
    TestedBy{"uplink/mqtt_callbacks.cpp", "tests/uplink/mqtt_link_test.cpp"},
    TestedBy{"uplink/mqtt_connection.cpp", "tests/uplink/mqtt_link_test.cpp"},
    TestedBy{"uplink/mqtt_limits.cpp", "tests/uplink/mqtt_link_test.cpp"},
};

using Rule = Findings (*)(const Source&);
constexpr std::array<Rule, 15> kRules{
    // What may include what.
    includes_against_the_arrows,
    headers_away_from_home,
    includes_out_of_order,
    // What a file looks like.
    file_names_not_snake_case,
    headers_without_introduction,
    lines_too_long,
    files_too_long,
    functions_too_long,
    namespaces_without_end,
    // What a file says.
    unfinished_work,
    banned_words,
    empty_names,
    mutexes_without_reason,
    impure_core,
    impatient_unit_tests,
};

}  // namespace

TEST_GROUP(Tidy) {
  const Tree tree = read_tree(SLUICE_SOURCE_DIR);

  void expect_none(const Findings& findings) const {
    std::string report;
    for (const Finding& finding : findings) {
      report += "\n" + finding.path + ":" + std::to_string(finding.line) + ": " + finding.what;
    }
    if (!report.empty()) FAIL(report.c_str());
  }
};

TEST(Tidy, the_tree_is_read) {
  CHECK_TRUE(std::any_of(tree.sources.begin(), tree.sources.end(),
                         [](const File& file) { return file.path == "core/ring.hpp"; }));
}

TEST(Tidy, every_source_follows_the_rules) {
  Findings all;
  for (const File& file : tree.sources) {
    const Source source = parse(file);
    for (const Rule rule : kRules) {
      const Findings findings = rule(source);
      all.insert(all.end(), findings.begin(), findings.end());
    }
  }
  expect_none(all);
}

TEST(Tidy, every_source_has_its_test) {
  expect_none(sources_without_test(tree, kTestedElsewhere));
}

TEST(Tidy, every_source_is_built) {
  expect_none(sources_not_built(tree));
}

}  // namespace sluice::tidy
