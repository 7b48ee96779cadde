#include "hal/survey/gpio_survey.hpp"

#include <fcntl.h>
#include <linux/gpio.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "hal/file_handle.hpp"
#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

// Lines of one chip that are listed; a Raspberry Pi's has 54.
constexpr std::uint32_t kLinesMax = 64;

// A field of the kernel's, which ends with a zero or is full.
std::string text_of(std::span<const char> field) {
  return {field.begin(), std::find(field.begin(), field.end(), '\0')};
}

std::string line_text(const gpio_v2_line_info& line) {
  std::string text = "  line " + std::to_string(line.offset);
  const std::string name = text_of(line.name);
  const std::string consumer = text_of(line.consumer);
  if (!name.empty()) text += " \"" + name + '"';
  text += (line.flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0 ? ", output" : ", input";
  if ((line.flags & GPIO_V2_LINE_FLAG_USED) != 0) {
    text += ", used by " + (consumer.empty() ? "the kernel" : '"' + consumer + '"');
  }
  return text;
}

// How an input would be read. Which of the lines leads anywhere, only the operator knows.
Draft draft_of(const std::string& chip, const gpio_v2_line_info& line) {
  const std::string name = text_of(line.name);
  return {.name = "gpio." + (name.empty() ? std::to_string(line.offset) : name),
          .unit = "1",
          .driver = "gpio",
          .keys = {{"chip", chip}, {"line", std::to_string(line.offset)}},
          .guessed = true};
}

void list_lines(Survey& survey, int chip, const gpiochip_info& info) {
  const std::string label = text_of(info.label);
  bool drafted = false;
  for (std::uint32_t offset = 0; offset < std::min(info.lines, kLinesMax); ++offset) {
    gpio_v2_line_info line{};
    line.offset = offset;
    if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &line) != 0) continue;
    Finding finding{.text = line_text(line)};
    const bool free = (line.flags & (GPIO_V2_LINE_FLAG_USED | GPIO_V2_LINE_FLAG_OUTPUT)) == 0;
    if (free && !drafted) finding.drafts.push_back(draft_of(label, line));
    drafted = drafted || free;
    add_finding(survey, std::move(finding));
  }
}

}  // namespace

Survey survey_gpio(const Places& places) {
  Survey survey{.title = "GPIO"};
  for (const std::uint64_t number : numbered(places.dev, "gpiochip", "")) {
    const std::string device = "gpiochip" + std::to_string(number);
    const std::string path = places.dev + "/" + device;
    const FileHandle file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    gpiochip_info info{};
    if (!file.valid() || ioctl(file.number(), GPIO_GET_CHIPINFO_IOCTL, &info) != 0) {
      add_finding(survey,
                  {.text = device + " cannot be asked: " + system_error(path, errno).message});
      continue;
    }
    add_finding(survey, {.text = "chip " + device + " \"" + text_of(info.label) + "\", " +
                                 std::to_string(info.lines) + " lines"});
    list_lines(survey, file.number(), info);
  }
  return survey;
}

}  // namespace sluice::hal
