#include "hal/survey/survey.hpp"

namespace sluice::hal {

void add_finding(Survey& survey, Finding finding) {
  if (survey.findings.size() < kFindingsMax) {
    survey.findings.push_back(std::move(finding));
  } else {
    survey.findings.back() = {.text = "... and more than are listed here"};
  }
}

}  // namespace sluice::hal
