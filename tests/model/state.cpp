#include "tests/model/state.hpp"

namespace sluice::model {

Keys Disk::in(Here status) const {
  Keys keys = 0;
  for (int key = 0; key < kKeys; ++key) {
    if (here[static_cast<std::size_t>(key)] == status) keys |= only(key);
  }
  return keys;
}

Keys Disk::given() const {
  return ((Keys{1} << kKeys) - 1) & ~in(Here::kNone);
}

Keys Disk::settled() const {
  return in(Here::kKept) | in(Here::kGone) | in(Here::kResolved);
}

bool Disk::is_closing_heard(int number) const {
  const std::uint8_t record = closing[static_cast<std::size_t>(number)];
  if (record == 0) return false;
  const Here status = here[static_cast<std::size_t>(record - 1)];
  return status == Here::kKept || status == Here::kGone;
}

Snapshot snapshot_of(const Store& store, int lane_number) {
  Snapshot snapshot = 0;
  for (int place = 0; place < lane(lane_number).size; ++place) {
    const int key = lane(lane_number).first + place;
    Said said = Said::kNothing;
    if (has(store.resolved, key)) said = Said::kResolved;
    if (has(store.held, key)) said = has(store.other, key) ? Said::kHeldOther : Said::kHeld;
    snapshot |= static_cast<Snapshot>(said) << (2 * place);
  }
  return snapshot;
}

std::string key_text(int key) {
  const Lane of = lane(lane_of(key));
  return std::to_string(run_of(key) + 1) + (is_event(key) ? "/event/" : "/data/") +
         std::to_string(key - of.first + 1);
}

std::string keys_text(Keys keys) {
  std::string text;
  for (int key = 0; key < kKeys; ++key) {
    if (has(keys, key)) text += (text.empty() ? "" : " ") + key_text(key);
  }
  return text.empty() ? "-" : text;
}

std::string text_of(const State& state) {
  constexpr const char* kNames[] = {"",        "pending",  "kept",    "gone",
                                    "dropped", "declared", "resolved"};
  std::string text;
  for (std::uint8_t status = 1; status < std::size(kNames); ++status) {
    const Keys keys = state.disk.in(static_cast<Here>(status));
    if (keys != 0) text += std::string(kNames[status]) + " " + keys_text(keys) + "; ";
  }
  text += "collector holds " + keys_text(state.store.held) + ", resolved " +
          keys_text(state.store.resolved);
  return text;
}

}  // namespace sluice::model
