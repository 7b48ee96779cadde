#include "hal/survey/survey.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::hal;

TEST_GROUP(Survey){};

TEST(Survey, keeps_so_many_findings_and_says_that_there_are_more) {
  Survey survey;
  for (std::size_t i = 0; i < 2 * kFindingsMax; ++i) {
    add_finding(survey, {.text = std::to_string(i), .drafts = {Draft{}}});
  }
  LONGS_EQUAL(kFindingsMax, survey.findings.size());
  STRCMP_EQUAL("126", survey.findings[kFindingsMax - 2].text.c_str());
  STRCMP_CONTAINS("more than are listed", survey.findings.back().text.c_str());
  CHECK_TRUE(survey.findings.back().drafts.empty());
}
