#include "uplink/link_usage.hpp"

#include <sstream>
#include <utility>

#include "uplink/state_file.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {
namespace {

// A line for each profile: name, day, month, bytes of the day, bytes of the month.
std::string text_of(const std::vector<ProfileSpent>& spent) {
  std::ostringstream text;
  for (const ProfileSpent& one : spent) {
    text << one.profile << ' ' << one.spent.day << ' ' << one.spent.month << ' ' << one.spent.today
         << ' ' << one.spent.this_month << '\n';
  }
  return text.str();
}

// Nothing when a line is not one of ours.
std::vector<ProfileSpent> parse(const std::string& text) {
  std::vector<ProfileSpent> spent;
  std::istringstream stream(text);
  while (stream >> std::ws, !stream.eof()) {
    ProfileSpent one;
    stream >> one.profile >> one.spent.day >> one.spent.month >> one.spent.today >>
        one.spent.this_month;
    if (!stream || !is_id(one.profile)) return {};
    spent.push_back(std::move(one));
  }
  return spent;
}

}  // namespace

LinkUsage::LinkUsage(std::string path) : path_(std::move(path)) {
  const std::optional<std::string> text = read_state_file(path_);
  if (text) kept_ = parse(*text);
}

void LinkUsage::note(const std::vector<ProfileSpent>& spent, Instant now) {
  if (now < due_) return;
  due_ = now + kSavedEvery;
  save(spent);
}

void LinkUsage::save(const std::vector<ProfileSpent>& spent) {
  if (path_.empty() || spent == kept_) return;
  if (write_state_file(path_, text_of(spent))) kept_ = spent;
}

}  // namespace sluice::uplink
