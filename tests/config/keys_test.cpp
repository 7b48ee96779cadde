#include "config/keys.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "hal/actuator_drivers.hpp"
#include "hal/device_drivers.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {
namespace {

// The line of docs/config.md that documents a key.
std::string row_of(const Key& key) {
  std::string fallback = "none";
  if (!key.fallback.empty()) fallback = "`" + std::string(key.fallback) + "`";
  if (key.required) fallback = "required";
  std::string row;
  for (const std::string& cell :
       {"`" + std::string(key.name) + "`", std::string(word_for(key.type)), fallback,
        limits_of(key), std::string(key.meaning)}) {
    row += "| " + cell + " ";
  }
  return row + "|";
}

std::vector<Section> all_sections() {
  std::vector<Section> sections;
  for (std::size_t i = 0; i < kSectionCount; ++i) sections.push_back(static_cast<Section>(i));
  for (std::size_t i = 0; i < hal::device_drivers().size(); ++i) {
    sections.push_back(section_of_device(i));
  }
  for (std::size_t i = 0; i < hal::actuator_drivers().size(); ++i) {
    sections.push_back(section_of_actuator(i));
  }
  return sections;
}

}  // namespace

TEST_GROUP(Keys) {
  std::vector<std::string> documented;  // rows of the tables of keys

  // Device drivers have a page of their own.
  void read_documentation() {
    for (const char* page : {"/docs/config.md", "/docs/drivers.md"}) read_page(page);
  }
  void read_page(const std::string& page) {
    std::ifstream file(SLUICE_SOURCE_DIR + page);
    CHECK_TRUE(file.is_open());
    bool in_key_table = false;
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("|")) in_key_table = false;
      if (in_key_table && !line.starts_with("|---")) documented.push_back(line);
      if (line == "| Key | Type | Default | Takes | Meaning |") in_key_table = true;
    }
  }
};

TEST(Keys, are_documented) {
  read_documentation();
  std::string missing;
  for (const Section section : all_sections()) {
    for (const Key& key : keys_of(section)) {
      const std::string row = row_of(key);
      if (std::ranges::find(documented, row) == documented.end()) missing += row + "\n";
    }
  }
  STRCMP_EQUAL("", missing.c_str());
}

TEST(Keys, that_are_documented_exist) {
  read_documentation();
  std::multiset<std::string> rows;
  for (const Section section : all_sections()) {
    for (const Key& key : keys_of(section)) rows.insert(row_of(key));
  }
  std::string unknown;
  for (const std::string& row : documented) {
    const auto known = rows.find(row);
    if (known == rows.end()) {
      unknown += row + "\n";
    } else {
      rows.erase(known);
    }
  }
  STRCMP_EQUAL("", unknown.c_str());
}

TEST(Keys, of_one_table_have_different_names) {
  for (const Section driver : {Section::kHost, Section::kSimulated, Section::kReplay}) {
    std::set<std::string_view> names;
    for (const Section section : {Section::kChannel, driver}) {
      for (const Key& key : keys_of(section)) CHECK_TRUE(names.insert(key.name).second);
    }
  }
}

TEST(Keys, that_are_required_have_an_example_and_no_default) {
  for (const Section section : all_sections()) {
    for (const Key& key : keys_of(section)) {
      CHECK_EQUAL(key.required, !key.example.empty());
      CHECK_FALSE(key.required && !key.fallback.empty());
    }
  }
}

TEST(Keys, are_found_by_section_and_name) {
  STRCMP_EQUAL("period", std::string(find_key(Section::kChannel, "period")->name).c_str());
  POINTERS_EQUAL(nullptr, find_key(Section::kAlert, "period"));
}

TEST(Keys, say_what_they_take) {
  const auto limits = [](Section section, const char* name) {
    return limits_of(*find_key(section, name));
  };
  STRCMP_EQUAL("100us to 1d", limits(Section::kChannel, "period").c_str());
  STRCMP_EQUAL("4MiB to 1TiB", limits(Section::kStorage, "quota").c_str());
  STRCMP_EQUAL("0 to 99", limits(Section::kRealtime, "priority").c_str());
  STRCMP_EQUAL("0 or more", limits(Section::kSimulated, "amplitude").c_str());
  STRCMP_EQUAL("0s, or 10ms to 1h", limits(Section::kUplink, "live_every").c_str());
  STRCMP_EQUAL("1 to 32 bytes", limits(Section::kChannel, "unit").c_str());
  STRCMP_EQUAL("0 to 8 entries", limits(Section::kChannel, "filters").c_str());
  STRCMP_EQUAL("\"log\", \"simulated\", \"gpio\" or \"pwm\"",
               limits(Section::kActuator, "driver").c_str());
  STRCMP_EQUAL("", limits(Section::kChannel, "offset").c_str());
}

}  // namespace sluice::config
