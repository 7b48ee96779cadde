#include "app/last_good.hpp"

#include <filesystem>
#include <string>
#include <variant>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

namespace {

std::string channel_named(const std::string& name) {
  return "[[channel]]\nname = \"" + name +
         "\"\nunit = \"1\"\nperiod = \"1s\"\ndriver = \"simulated\"\n";
}

}  // namespace

TEST_GROUP(LastGood) {
  TemporaryFolder folder;
  LastGood last_good{folder.path()};
  std::string file = folder.path_of("etc/sluice.toml");

  std::string write(const std::string& toml) {
    folder.write("etc/sluice.toml", toml);
    return std::get<config::Config>(config::parse(toml, "sluice.toml", "host")).hash;
  }
};

TEST(LastGood, is_none_at_first) {
  CHECK_FALSE(last_good.load(file));
}

TEST(LastGood, gives_back_what_it_kept) {
  const std::string hash = write(channel_named("first"));
  CHECK_TRUE(last_good.keep(file, hash).ok());
  folder.write("etc/sluice.toml", "broken");
  const auto loaded = last_good.load(file);
  CHECK_TRUE(loaded.has_value());
  STRCMP_EQUAL("first", loaded->channels.at(0).spec.name.c_str());
}

TEST(LastGood, is_the_newest_that_was_kept) {
  CHECK_TRUE(last_good.keep(file, write(channel_named("first"))).ok());
  CHECK_TRUE(last_good.keep(file, write(channel_named("second"))).ok());
  STRCMP_EQUAL("second", last_good.load(file)->channels.at(0).spec.name.c_str());
}

TEST(LastGood, is_written_once) {
  const std::string hash = write(channel_named("first"));
  CHECK_TRUE(last_good.keep(file, hash).ok());
  const auto written = std::filesystem::last_write_time(folder.path_of("last_good.toml"));
  folder.write("last_good.toml.new", "");  // would be replaced, and renamed
  CHECK_TRUE(last_good.keep(file, hash).ok());
  CHECK_TRUE(written == std::filesystem::last_write_time(folder.path_of("last_good.toml")));
  CHECK_TRUE(std::filesystem::exists(folder.path_of("last_good.toml.new")));
}

// Somebody is at work on the file: what is there now has proved nothing.
TEST(LastGood, does_not_keep_what_has_changed_since_it_was_applied) {
  const std::string hash = write(channel_named("first"));
  write(channel_named("second"));
  CHECK_TRUE(last_good.keep(file, hash).error().code == ErrorCode::kNotFound);
  CHECK_FALSE(last_good.load(file));
  folder.write("etc/sluice.toml", "broken");
  CHECK_TRUE(last_good.keep(file, hash).error().code == ErrorCode::kNotFound);
}

TEST(LastGood, says_when_it_cannot_be_kept) {
  const std::string hash = write(channel_named("first"));
  const LastGood nowhere(folder.path_of("nowhere"));
  CHECK_TRUE(nowhere.keep(file, hash).error().code == ErrorCode::kUnavailable);
}

TEST(LastGood, finds_files_where_the_original_had_them) {
  folder.write("etc/data.csv", "time,value\n0,1\n");
  const std::string hash = write(
      "[[channel]]\nname = \"r\"\nunit = \"1\"\nperiod = \"1s\"\n"
      "driver = \"replay\"\nfile = \"data.csv\"\n");
  CHECK_TRUE(last_good.keep(file, hash).ok());
  const auto loaded = last_good.load(file);
  STRCMP_EQUAL(folder.path_of("etc/data.csv").c_str(),
               std::get<hal::ReplayOptions>(loaded->channels.at(0).sensor).file.c_str());
}
