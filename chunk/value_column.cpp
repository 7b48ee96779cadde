#include "chunk/value_column.hpp"

#include <cstdint>
#include <vector>

#include "chunk/exceptions.hpp"
#include "chunk/integer.hpp"
#include "chunk/integer_column.hpp"
#include "chunk/value_model.hpp"

namespace sluice::chunk {
namespace {

using Integers = std::span<const std::int64_t>;

// Spreads `value(integer)` over the places that no exception has.
template <typename Value>
void place(Integers integers, std::span<const Exception> exceptions, std::span<double> values,
           Value value) {
  std::size_t at = 0;
  for (const Exception& exception : exceptions) {
    for (; at < exception.at; ++at, integers = integers.subspan(1)) {
      values[at] = value(integers.front());
    }
    for (; at < exception.at + exception.count; ++at) values[at] = exception.value;
  }
  for (std::size_t i = 0; i < integers.size(); ++i) values[at + i] = value(integers[i]);
}

// Fails the reader when an integer is none that the form has.
template <typename Form>
void place_form(BitReader& in, Integers integers, std::span<const Exception> exceptions,
                std::span<double> values, const Form& form) {
  for (const std::int64_t integer : integers) {
    if (!is_mantissa(integer)) return in.fail();
  }
  place(integers, exceptions, values, [&](std::int64_t integer) { return form.value(integer); });
}

void place_model(BitReader& in, const ValueModel& model, Integers integers,
                 std::span<const Exception> exceptions, std::span<double> values) {
  switch (model.kind) {
    case FormKind::kDecimal:
      return place_form(in, integers, exceptions, values, Decimal(model.digits));
    case FormKind::kCalibrated:
      return place_form(in, integers, exceptions, values, Calibrated(model.digits, model.hint));
    case FormKind::kFloatDecimal:
      return place_form(in, integers, exceptions, values, FloatDecimal(model.digits));
    case FormKind::kBinary:
      return place_form(in, integers, exceptions, values, Binary(model.exponent));
    case FormKind::kDictionary:
      for (const std::int64_t integer : integers) {
        if (integer < 0 || integer >= std::ssize(model.dictionary)) return in.fail();
      }
      return place(integers, exceptions, values, [&](std::int64_t integer) {
        return model.dictionary[static_cast<std::size_t>(integer)];
      });
    case FormKind::kOrdered:
      return place(integers, exceptions, values, unordered);
  }
}

}  // namespace

void append_values(BitWriter& out, const Mapped& mapped) {
  append_model(out, mapped.model);
  if (mapped.integers.empty()) return;
  put_number(out, fold(mapped.integers.front()), kWide);
  append_integers(out, mapped.integers);
}

void take_values(BitReader& in, std::span<double> values, std::span<const Exception> exceptions) {
  const ValueModel model = take_model(in);
  std::size_t plain = values.size();
  for (const Exception& exception : exceptions) plain -= exception.count;
  std::vector<std::int64_t> integers(plain);
  if (plain > 0) {
    integers.front() = unfold(take_number(in, kWide));
    take_integers(in, integers);
  }
  if (!in.overrun()) place_model(in, model, integers, exceptions, values);
}

}  // namespace sluice::chunk
