#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/survey_text.hpp"
#include "config/parse.hpp"
#include "hal/file_handle.hpp"
#include "hal/small_file.hpp"
#include "hal/survey/gpio_survey.hpp"
#include "hal/survey/i2c_survey.hpp"
#include "hal/survey/sysfs_survey.hpp"

namespace sluice::app {
namespace {

constexpr mode_t kForAll = 0644;

std::vector<hal::Survey> survey_all(const hal::Places& places, bool asks_i2c) {
  return {survey_of_the_machine(),  hal::survey_thermal(places), hal::survey_hwmon(places),
          hal::survey_iio(places),  hal::survey_w1(places),      hal::survey_i2c(places, asks_i2c),
          hal::survey_gpio(places), hal::survey_serial(places),  hal::survey_can(places)};
}

Result<> write_all(int file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return hal::system_error(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(file) != 0) return hal::system_error(path, errno);
  return Ok{};
}

// Where there is nothing yet. What could not be written whole is taken away again.
Result<> write_new(const std::string& path, std::string_view text) {
  const hal::FileHandle file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kForAll));
  if (!file.valid() && errno == EEXIST) {
    return Error{ErrorCode::kRefused,
                 path +
                     " is there already, and nothing was written; name another "
                     "file, or move that one away"};
  }
  if (!file.valid()) return hal::system_error(path, errno);
  Result<> written = write_all(file.number(), path, text);
  if (!written) ::unlink(path.c_str());
  return written;
}

}  // namespace

SurveyCommand::SurveyCommand(CLI::App& program, Purpose purpose)
    : purpose_(purpose),
      command_(purpose == Purpose::kProbe
                   ? program.add_subcommand("probe", "List what this board offers to read")
                   : program.add_subcommand("init",
                                            "Write a first configuration from what this "
                                            "board offers")),
      file_("/etc/sluice/sluice.toml"),
      sysfs_(hal::Places{}.sysfs),
      dev_(hal::Places{}.dev) {
  if (purpose == Purpose::kInit) {
    command_->add_option("FILE", file_, "File to write, which must not be there yet")
        ->capture_default_str();
  }
  command_->add_flag("--no-i2c", no_i2c_, "Ask no device on I2C whether it is there");
  command_->add_option("--sysfs", sysfs_, "Where the kernel's files of devices are mounted")
      ->capture_default_str();
  command_->add_option("--dev", dev_, "Where the device files are")->capture_default_str();
}

bool SurveyCommand::chosen() const {
  return command_->parsed();
}

int SurveyCommand::run() {
  const std::vector<hal::Survey> surveys =
      survey_all({.sysfs = sysfs_, .dev = dev_}, /*asks_i2c=*/!no_i2c_);
  return purpose_ == Purpose::kProbe ? print(text_of(surveys))
                                     : write(first_configuration(surveys));
}

int SurveyCommand::print(const std::string& text) {
  const bool printed = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return printed ? kDone : kFailed;
}

int SurveyCommand::write(const std::string& text) const {
  if (const Result<> written = write_new(file_, text); !written) {
    std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return kFailed;
  }
  const std::variant<config::Config, config::Problems> outcome = config::load(file_);
  if (const auto* problems = std::get_if<config::Problems>(&outcome)) {
    // Of this program, then, or somebody else was at the file.
    for (const config::Problem& problem : *problems) {
      std::fprintf(stderr, "%s\n", problem.text().c_str());
    }
    return kFailed;
  }
  std::printf(
      "%s has %zu channels. Look through it, for what could not be asked is commented out; set "
      "`broker`; then: sluice check %s\n",
      file_.c_str(), std::get<config::Config>(outcome).channels.size(), file_.c_str());
  return kDone;
}

}  // namespace sluice::app
