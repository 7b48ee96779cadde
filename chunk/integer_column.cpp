#include "chunk/integer_column.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "chunk/choose_code.hpp"
#include "chunk/choose_prediction.hpp"
#include "chunk/prediction.hpp"
#include "chunk/residuals.hpp"

namespace sluice::chunk {
namespace {

// Of all distances from the first; 0 when there are none.
std::uint64_t common_divisor(Integers integers) {
  std::uint64_t divisor = 0;
  for (const std::int64_t integer : integers) {
    const std::int64_t distance = wrapping_difference(integer, integers.front());
    const auto size = static_cast<std::uint64_t>(distance);
    divisor = std::gcd(divisor, distance < 0 ? 0 - size : size);
    if (divisor == 1) break;
  }
  return divisor;
}

std::vector<std::int64_t> divided(Integers integers, std::uint64_t divisor) {
  std::vector<std::int64_t> quotients;
  quotients.reserve(integers.size());
  for (const std::int64_t integer : integers) {
    quotients.push_back(wrapping_difference(integer, integers.front()) /
                        static_cast<std::int64_t>(divisor));
  }
  return quotients;
}

}  // namespace

void put_scaled(BitWriter& out, std::uint64_t value) {
  unsigned zeros = 0;
  while (value != 0 && value % 10 == 0) {
    value /= 10;
    ++zeros;
  }
  put_number(out, zeros, 1);
  put_number(out, value, 1);
}

std::uint64_t take_scaled(BitReader& in) {
  constexpr std::uint64_t kZerosMax = 19;
  std::uint64_t zeros = take_number(in, 1);
  std::uint64_t value = take_number(in, 1);
  if (zeros > kZerosMax) in.fail();
  if (in.overrun()) return 0;
  for (; zeros > 0; --zeros) value *= 10;
  return value;
}

void append_integers(BitWriter& out, Integers integers) {
  if (integers.size() < 2) return;
  const std::uint64_t divisor = common_divisor(integers);
  if (divisor == 0) return put_kind(out, Kind::kConstant);
  std::vector<std::int64_t> quotients;
  if (divisor > 1) {
    put_kind(out, Kind::kDivided);
    put_scaled(out, divisor);
    quotients = divided(integers, divisor);
    integers = quotients;
  }
  const Prediction prediction = choose_prediction(integers);
  put_prediction(out, prediction);
  const std::vector<std::uint64_t> residuals = residuals_of(integers, prediction);
  append_residuals(out, residuals, choose_code(residuals));
}

void take_integers(BitReader& in, std::span<std::int64_t> integers) {
  if (integers.size() < 2) return;
  const std::int64_t begin = integers.front();
  Kind kind = take_kind(in);
  const bool is_divided = kind == Kind::kDivided;
  const auto divisor = static_cast<std::int64_t>(is_divided ? take_scaled(in) : 1);
  if (is_divided) kind = take_kind(in);
  if (kind == Kind::kDivided) in.fail();
  if (in.overrun()) return;
  if (kind == Kind::kConstant) {
    std::fill(integers.begin() + 1, integers.end(), begin);
    return;
  }
  const Prediction prediction = take_prediction(in, kind);
  std::vector<std::uint64_t> residuals(integers.size() - 1);
  take_residuals(in, residuals);
  visit(prediction, is_divided ? 0 : begin, [&](auto predictor) {
    for (std::size_t i = 1; i < integers.size(); ++i) {
      integers[i] = integer_of(predictor, residuals[i - 1]);
      predictor.add(integers[i]);
    }
  });
  if (!is_divided) return;
  for (std::size_t i = 1; i < integers.size(); ++i) {
    integers[i] = wrapping_sum(begin, wrapping_product(integers[i], divisor));
  }
}

}  // namespace sluice::chunk
