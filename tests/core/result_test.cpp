#include "core/result.hpp"

#include <memory>
#include <string>
#include <utility>

#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Result){static Result<int> half(int number){
    if (number % 2 != 0) return Error{ErrorCode::kInvalid, "odd"};
return number / 2;
}  // namespace sluice
}
;

TEST(Result, carries_a_value) {
  const Result<int> result = half(8);
  CHECK_TRUE(result.ok());
  CHECK_TRUE(static_cast<bool>(result));
  CHECK_EQUAL(4, result.value());
  CHECK_EQUAL(4, *result);
}

TEST(Result, carries_an_error) {
  const Result<int> result = half(7);
  CHECK_FALSE(result.ok());
  CHECK_FALSE(static_cast<bool>(result));
  ENUMS_EQUAL_INT(ErrorCode::kInvalid, result.error().code);
  STRCMP_EQUAL("odd", result.error().message.c_str());
}

TEST(Result, succeeds_without_a_value) {
  const Result<> result = Ok{};
  CHECK_TRUE(result.ok());
}

TEST(Result, gives_its_value_away) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> owned = *std::move(result);
  CHECK_EQUAL(5, *owned);
}

TEST(Result, lets_its_value_be_changed) {
  Result<std::string> result = std::string("a");
  result->append("b");
  result.value().append("c");
  STRCMP_EQUAL("abc", (*result).c_str());
}

TEST(Result, stops_the_process_when_the_value_of_an_error_is_used) {
  CHECK_FALSE(last_words([] { static_cast<void>(half(7).value()); }).empty());
}

TEST(Result, stops_the_process_when_the_error_of_a_value_is_used) {
  CHECK_FALSE(last_words([] { static_cast<void>(half(8).error()); }).empty());
}

}  // namespace sluice
