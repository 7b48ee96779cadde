#include "hal/chips/talk.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

using namespace sluice::hal::talk;

namespace {

// A sentence of a receiver, as in the manuals: 47 is its checksum.
constexpr std::string_view kGga =
    "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47";

}  // namespace

TEST_GROUP(Talk){static void number(double value, std::string_view line,
                                    const Wanted& wanted){const Heard heard = hear(line, wanted);
CHECK_TRUE_TEXT(heard.verdict == Verdict::kNumber, std::string(line).c_str());
DOUBLES_EQUAL(value, heard.value, 1e-12);
}
static void verdict(Verdict expected, std::string_view line, const Wanted& wanted) {
  CHECK_TRUE_TEXT(hear(line, wanted).verdict == expected, std::string(line).c_str());
}
static Wanted gga(std::size_t field, const std::string& name = "GPGGA") {
  return {.format = Format::kNmea, .name = name, .field = field};
}
static Wanted key(const std::string& name) {
  return {.format = Format::kKeyValue, .name = name};
}
static Wanted field(std::size_t index) {
  return {.format = Format::kFields, .field = index};
}
}
;

TEST(Talk, of_nmea_is_a_field_of_a_sentence) {
  number(545.4, kGga, gga(9));
  number(8.0, kGga, gga(7));
  number(545.4, kGga, gga(9, "GGA"));
}

TEST(Talk, of_nmea_passes_other_sentences_and_protocols_over) {
  verdict(Verdict::kOther, kGga, gga(9, "GPRMC"));
  verdict(Verdict::kOther, kGga, gga(9, "GNGGA"));
  verdict(Verdict::kOther, "binary or a prompt", gga(9));
}

TEST(Talk, of_nmea_is_not_believed_with_any_wrong_bit) {
  for (std::size_t i = 1; i < kGga.size(); ++i) {
    for (int bit = 0; bit < 7; ++bit) {
      std::string line(kGga);
      line[i] = static_cast<char>(line[i] ^ (1 << bit));
      const Heard heard = hear(line, gga(9));
      // "*4G" and the like; small letters are digits, too.
      if (line[i] == (kGga[i] ^ 0x20) && i >= kGga.size() - 2) continue;
      CHECK_TRUE_TEXT(heard.verdict == Verdict::kDamaged, line.c_str());
    }
  }
}

TEST(Talk, of_nmea_is_not_believed_when_it_is_half_of_one) {
  for (std::size_t size = 1; size < kGga.size(); ++size) {
    verdict(Verdict::kDamaged, kGga.substr(0, size), gga(9));
  }
  // The begin of one and the end of the next, which no line end parted.
  verdict(Verdict::kDamaged, std::string(kGga.substr(0, 30)) + std::string(kGga), gga(9));
}

TEST(Talk, of_nmea_may_say_that_it_does_not_know) {
  verdict(Verdict::kEmpty, "$GPGGA,,,,,,0,,,,,,,,*66", gga(9));
  verdict(Verdict::kDamaged, kGga, gga(99));
  verdict(Verdict::kDamaged, kGga, gga(3));
}

TEST(Talk, has_keys_with_values) {
  number(21.5, "temp=21.5", key("temp"));
  number(21.5, "T: 21.5C; H: 40%", key("T"));
  number(40.0, "T: 21.5C; H: 40%", key("H"));
  number(-3.0, "a=1, b = -3, c=4", key("b"));
  verdict(Verdict::kOther, "subtemp=21.5", key("temp"));
  verdict(Verdict::kOther, "temperature=21.5", key("temp"));
  number(2.0, "subtemp=1 temp=2", key("temp"));
  verdict(Verdict::kEmpty, "temp=", key("temp"));
  verdict(Verdict::kDamaged, "temp=on", key("temp"));
}

TEST(Talk, has_fields) {
  number(3.0, "1,2,3", field(3));
  number(2.5, "1; 2.5 ;3", field(2));
  number(-1e3, "  -1e3", field(1));
  number(7.0, "5 6  7", field(3));
  number(12.5, "+12.5kg", field(1));
  number(2.0, "ST,2.0 kg,x", field(2));
  verdict(Verdict::kEmpty, "1,,3", field(2));
  verdict(Verdict::kDamaged, "1,2", field(3));
}

TEST(Talk, takes_no_half_numbers) {
  for (const char* line : {"21.5.7", "2-3", "12:30", "nan", "inf", "-", ".", "x5", "0x1F"}) {
    verdict(Verdict::kDamaged, line, field(1));
  }
}
