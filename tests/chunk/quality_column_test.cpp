#include "chunk/quality_column.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Qualities = std::vector<Quality>;
using Exceptions = std::vector<Exception>;

const Exceptions kMissingThree = {{4, 3, std::numeric_limits<double>::quiet_NaN()}};

std::size_t bits_of(const Qualities& qualities, const Exceptions& exceptions) {
  BitWriter out;
  append_qualities(out, qualities, exceptions);
  return out.bits();
}

bool survive(const Qualities& qualities, const Exceptions& exceptions) {
  BitWriter out;
  append_qualities(out, qualities, exceptions);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Qualities back(qualities.size(), Quality::kFault);
  take_qualities(in, back, exceptions);
  return back == qualities && in.at_end();
}

}  // namespace

TEST_GROUP(QualityColumn) {
  Qualities missing_three = Qualities(100, Quality::kGood);

  void setup() override {
    std::fill_n(missing_three.begin() + 4, 3, Quality::kMissing);
  }
};

TEST(QualityColumn, that_follows_the_exceptions_takes_three_bits_each) {
  CHECK_TRUE(bits_of(missing_three, kMissingThree) == 1 + 3);
  CHECK_TRUE(survive(missing_three, kMissingThree));
}

TEST(QualityColumn, survives_beside_exceptions_that_it_does_not_follow) {
  missing_three[5] = Quality::kStale;
  CHECK_TRUE(survive(missing_three, kMissingThree));
  CHECK_TRUE(survive(Qualities(100, Quality::kStale), kMissingThree));
  CHECK_TRUE(survive(missing_three, {}));
}

TEST(QualityColumn, survives_at_random) {
  Made made(1);
  for (int round = 0; round < 200; ++round) {
    Qualities qualities;
    while (qualities.size() < 60) {
      qualities.insert(qualities.end(), static_cast<std::size_t>(1 + made.below(9)),
                       static_cast<Quality>(made.below(kQualityCount)));
    }
    CHECK_TRUE(survive(qualities, {}));
  }
}

TEST(QualityColumn, an_unknown_quality_is_refused) {
  for (const unsigned runs : {0U, 1U}) {
    BitWriter out;
    out.put(runs, 1);
    out.put(kQualityCount, 3);
    out.put(~std::uint64_t{0}, 64);
    const Bytes bytes = out.take();
    BitReader in(bytes);
    Qualities back(100);
    take_qualities(in, back, kMissingThree);
    CHECK_TRUE(in.overrun());
  }
}

TEST(QualityColumn, a_run_beyond_the_end_is_refused) {
  BitWriter out;
  out.put(1, 1);
  out.put(static_cast<std::uint64_t>(Quality::kStale), 3);
  put_number(out, 100, 0);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Qualities back(100);
  take_qualities(in, back, {});
  CHECK_TRUE(in.overrun());
}
