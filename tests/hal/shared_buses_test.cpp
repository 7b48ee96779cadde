#include "hal/shared_buses.hpp"

#include <memory>

#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

class Line final : public SharedBus {
 public:
  explicit Line(int& open) : open_(open) { ++open_; }
  ~Line() override { --open_; }

 private:
  int& open_;
};
class Adapter final : public SharedBus {};

}  // namespace

TEST_GROUP(SharedBuses) {
  int open = 0;
  SharedBuses buses;

  Line& line(const std::string& name) {
    return buses.at<Line>(name, [this] { return std::make_unique<Line>(open); });
  }
};

TEST(SharedBuses, make_one_object_for_each_name) {
  Line* const first = &line("serial:/dev/ttyS0");
  POINTERS_EQUAL(first, &line("serial:/dev/ttyS0"));
  CHECK_FALSE(first == &line("serial:/dev/ttyS1"));
  CHECK_EQUAL(2, open);
}

TEST(SharedBuses, close_what_nobody_names_any_more) {
  line("a");
  line("b");
  buses.keep_only({"b"});
  CHECK_EQUAL(1, open);
}

TEST(SharedBuses, are_of_one_kind_for_each_name) {
  line("a");
  CHECK_FALSE(last_words([&] {
                buses.at<Adapter>("a", [] { return std::make_unique<Adapter>(); });
              }).empty());
}
