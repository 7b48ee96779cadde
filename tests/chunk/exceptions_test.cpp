#include "chunk/exceptions.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "chunk/decimal.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Limits = std::numeric_limits<double>;
const double kPayload = std::bit_cast<double>(std::uint64_t{0xFFF8'0000'DEAD'BEEFU});

bool same(const std::vector<Exception>& a, const std::vector<Exception>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Exception& x, const Exception& y) {
                      return x.at == y.at && x.count == y.count && same_bits(x.value, y.value);
                    });
}

bool survive(const std::vector<Exception>& exceptions, std::size_t count) {
  BitWriter out;
  append_exceptions(out, exceptions);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  return same(take_exceptions(in, count), exceptions) && in.at_end();
}

bool are_refused(std::size_t count, std::uint64_t gap, std::uint64_t more, unsigned kind) {
  BitWriter out;
  put_number(out, 1, 0);
  put_number(out, gap, kWide);
  put_number(out, more, 0);
  out.put(kind, 3);
  out.put(0, 64);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  take_exceptions(in, count);
  return in.overrun();
}

}  // namespace

TEST_GROUP(Exceptions){};

TEST(Exceptions, are_runs_of_the_same_bits) {
  std::vector<Exception> exceptions;
  add_exception(exceptions, 3, Limits::quiet_NaN());
  add_exception(exceptions, 4, Limits::quiet_NaN());
  add_exception(exceptions, 5, kPayload);
  add_exception(exceptions, 7, kPayload);
  CHECK_TRUE(same(exceptions, {{3, 2, Limits::quiet_NaN()}, {5, 1, kPayload}, {7, 1, kPayload}}));
}

TEST(Exceptions, survive_whatever_they_are) {
  CHECK_TRUE(survive({}, 0));
  CHECK_TRUE(survive({{0, 10, Limits::quiet_NaN()}}, 10));
  CHECK_TRUE(survive({{0, 1, -0.0},
                      {1, 2, Limits::infinity()},
                      {9, 1, -Limits::infinity()},
                      {10, 1, kPayload},
                      {30'000, 1, 1e300},
                      {32'767, 1, kPayload}},
                     32'768));
}

TEST(Exceptions, a_raw_one_that_comes_again_is_short) {
  const Exception first{10, 1, kPayload};
  const Exception again{20, 1, kPayload};
  CHECK_TRUE(exception_bits(std::vector{first, again}) < exception_bits(std::vector{first}) + 20);
}

TEST(Exceptions, a_missing_sensor_costs_two_bytes_however_long) {
  CHECK_TRUE(exception_bits(std::vector{Exception{5, 1, Limits::quiet_NaN()}}) <= 16);
  CHECK_TRUE(exception_bits(std::vector{Exception{0, 30'000, Limits::quiet_NaN()}}) <= 40);
}

TEST(Exceptions, outside_the_chunk_are_refused) {
  CHECK_FALSE(are_refused(10, 8, 1, 0));
  CHECK_TRUE(are_refused(10, 9, 1, 0));
  CHECK_TRUE(are_refused(10, 10, 0, 0));
  CHECK_TRUE(are_refused(10, ~std::uint64_t{0}, 1, 0));
  CHECK_TRUE(are_refused(10, 0, ~std::uint64_t{0}, 0));
}

TEST(Exceptions, of_an_unknown_kind_are_refused) {
  CHECK_FALSE(are_refused(10, 0, 0, 5));
  CHECK_TRUE(are_refused(10, 0, 0, 6));
}
