#include "core/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

QuantileSketch sketch_of(const std::vector<double>& values) {
  QuantileSketch sketch;
  for (const double value : values) sketch.add(value);
  return sketch;
}

double exact_quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(q * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace

TEST_GROUP(QuantileSketch) {
  std::mt19937_64 random{11};

  std::vector<double> normal(int count, double mean, double deviation) {
    std::normal_distribution<double> distribution(mean, deviation);
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(distribution(random));
    return values;
  }
  // Values of many kinds that need different widths of bins.
  std::vector<double> mixed() {
    std::vector<double> values = normal(2'000, 21.0, 3.0);
    for (const double value : normal(500, 0.0, 1e-6)) values.push_back(value);
    for (const double value : normal(20, -1e9, 1e8)) values.push_back(value);
    values.insert(values.end(), {0.0, -0.0, 1e300, -1e-300});
    return values;
  }
};

TEST(QuantileSketch, is_exact_while_there_are_few_values) {
  const std::vector<double> values{21.5, 20.25, -3.0, 0.1, 21.5, 1e6};
  const QuantileSketch sketch = sketch_of(values);
  for (const double q : {0.0, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0}) {
    DOUBLES_EQUAL(exact_quantile(values, q), sketch.quantile(q), 1e-9);
  }
  DOUBLES_EQUAL(0.0, sketch.bin_width(), 0.0);
}

TEST(QuantileSketch, is_exact_for_any_number_of_readings_of_a_coarse_sensor) {
  QuantileSketch sketch;
  for (int i = 0; i < 100'000; ++i) sketch.add(20.0 + 0.5 * (i % 200));
  DOUBLES_EQUAL(20.0 + 0.5 * 99, sketch.quantile(0.5), 1e-12);
}

TEST(QuantileSketch, is_off_by_half_of_a_bin_at_most) {
  for (const double mean : {0.0, 21.0, -1e6}) {
    const std::vector<double> values = normal(50'000, mean, 2.0);
    const QuantileSketch sketch = sketch_of(values);
    CHECK_TRUE(sketch.bin_width() > 0.0);
    CHECK_TRUE(sketch.bin_width() <= 0.1);  // a twentieth of the deviation
    for (const double q : {0.0, 0.001, 0.25, 0.5, 0.95, 0.999, 1.0}) {
      DOUBLES_EQUAL(exact_quantile(values, q), sketch.quantile(q), sketch.bin_width() / 2.0);
    }
  }
}

TEST(QuantileSketch, loses_no_precision_to_an_outlier) {
  std::vector<double> values = normal(50'000, 21.0, 2.0);
  const double width = sketch_of(values).bin_width();
  values.insert(values.begin(), {1e9, -1e9});
  CHECK_TRUE(sketch_of(values).bin_width() <= 2.0 * width);
}

TEST(QuantileSketch, does_not_depend_on_order_or_parts) {
  std::vector<double> values = mixed();
  const QuantileSketch whole = sketch_of(values);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    QuantileSketch merged;
    for (auto begin = values.begin(); begin != values.end();) {
      const auto size = std::min<std::ptrdiff_t>(values.end() - begin,
                                                 1 + static_cast<std::ptrdiff_t>(random() % 700));
      merged.add(sketch_of({begin, begin + size}));
      begin += size;
    }
    CHECK_TRUE(merged == whole);
    CHECK_TRUE(sketch_of(values) == whole);
  }
}

TEST(QuantileSketch, counts_every_value_once) {
  const std::vector<double> values = mixed();
  CHECK_TRUE(sketch_of(values).count() == values.size());
  QuantileSketch twice = sketch_of(values);
  twice.add(twice);
  CHECK_TRUE(twice.count() == 2 * values.size());
}

TEST(QuantileSketch, takes_the_largest_and_smallest_doubles) {
  const QuantileSketch sketch = sketch_of({1.7e308, -1.7e308, 5e-324, 0.0});
  DOUBLES_EQUAL(1.7e308, sketch.quantile(1.0), 1e292);
  DOUBLES_EQUAL(-1.7e308, sketch.quantile(0.0), 1e292);
}

}  // namespace sluice
