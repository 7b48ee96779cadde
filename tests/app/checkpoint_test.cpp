#include "app/checkpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(Checkpoint) {
  StateCopy copy;

  void add(StateKind kind, std::uint16_t number, std::uint64_t fingerprint, const Bytes& state) {
    StateHead head{};
    head.fingerprint = fingerprint;
    head.bytes = static_cast<std::uint32_t>(state.size());
    head.number = number;
    head.kind = kind;
    copy.bytes.resize(copy.used + sizeof(head) + state.size());
    std::memcpy(copy.bytes.data() + copy.used, &head, sizeof(head));
    if (!state.empty()) {
      std::memcpy(copy.bytes.data() + copy.used + sizeof(head), state.data(), state.size());
    }
    copy.used = copy.bytes.size();
  }
  Bytes packed() const {
    return pack(copy, "1.2.3", [](StateKind, std::uint16_t number) {
      return number == 99 ? std::nullopt : std::optional("n" + std::to_string(number));
    });
  }
  static Bytes bytes_of(std::size_t count, int value) {
    return Bytes(count, static_cast<std::byte>(value));
  }
};

TEST(Checkpoint, gives_back_every_state_by_name) {
  add(StateKind::kChannel, 1, 7, bytes_of(10, 3));
  add(StateKind::kAlert, 1, 8, bytes_of(1'000, 0));
  add(StateKind::kAlert, 2, 9, {});
  const SavedState saved = unpack(packed(), "1.2.3");
  CHECK_EQUAL(3U, saved.states.size());
  const auto channel = saved.find(StateKind::kChannel, "n1", 7, 10);
  CHECK_TRUE(Bytes(channel.begin(), channel.end()) == bytes_of(10, 3));
  const auto alert = saved.find(StateKind::kAlert, "n1", 8, 1'000);
  CHECK_TRUE(Bytes(alert.begin(), alert.end()) == bytes_of(1'000, 0));
}

TEST(Checkpoint, leaves_out_what_has_no_name_any_more) {
  add(StateKind::kAlert, 99, 7, bytes_of(10, 3));
  add(StateKind::kAlert, 2, 7, bytes_of(10, 3));
  CHECK_EQUAL(1U, unpack(packed(), "1.2.3").states.size());
}

TEST(Checkpoint, gives_nothing_of_another_rule_size_or_version) {
  add(StateKind::kAlert, 1, 7, bytes_of(10, 3));
  const SavedState saved = unpack(packed(), "1.2.3");
  CHECK_FALSE(saved.find(StateKind::kAlert, "n1", 7, 10).empty());
  CHECK_TRUE(saved.find(StateKind::kAlert, "n1", 8, 10).empty());
  CHECK_TRUE(saved.find(StateKind::kAlert, "n1", 7, 11).empty());
  CHECK_TRUE(saved.find(StateKind::kChannel, "n1", 7, 10).empty());
  CHECK_TRUE(unpack(packed(), "1.2.4").states.empty());
}

TEST(Checkpoint, gives_nothing_of_damaged_bytes) {
  add(StateKind::kAlert, 1, 7, bytes_of(40, 3));
  const Bytes whole = packed();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes damaged = whole;
    damaged[i] ^= std::byte{0x10};
    CHECK_TRUE(unpack(damaged, "1.2.3").states.empty());
    CHECK_TRUE(unpack(std::span(whole).first(i), "1.2.3").states.empty());
  }
}

TEST(Checkpoint, leaves_runs_of_zeros_out) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Bytes bytes;
    while (bytes.size() < random() % 3'000) {
      bytes.insert(bytes.end(), random() % 40, std::byte{0});
      bytes.insert(bytes.end(), random() % 9, static_cast<std::byte>(random()));
    }
    Bytes zeroless;
    pack_zeros(bytes, zeroless);
    Bytes back;
    CHECK_TRUE(unpack_zeros(zeroless, bytes.size(), back));
    CHECK_TRUE(back == bytes);
  }
  Bytes few;
  pack_zeros(bytes_of(100'000, 0), few);
  CHECK_TRUE(few.size() < 20);
}

TEST(Checkpoint, does_not_unpack_to_more_than_it_should) {
  Bytes zeroless;
  pack_zeros(bytes_of(1'000, 0), zeroless);
  Bytes back;
  CHECK_FALSE(unpack_zeros(zeroless, 999, back));
  back.clear();
  CHECK_FALSE(unpack_zeros(std::span(zeroless).first(3), 1'000, back));
}
