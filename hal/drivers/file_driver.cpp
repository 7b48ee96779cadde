#include "hal/drivers/file_driver.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr std::size_t kBytesMax = 4'096;

constexpr Key kKeys[] = {
    {.name = "file",
     .type = KeyType::kPath,
     .required = true,
     .example = "file = \"/run/pump/level\"",
     .low = 1,
     .high = 4'000,
     .meaning = "The first number in it is the value. Who writes it should rename a new file into "
                "place: half of a number is a number, too."},
};

}  // namespace

Result<double> FileProbe::measure(Instant) {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) return system_error(path_, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kInvalid, path_ + " is no regular file; name one that is"};
  }
  const Result<std::string> text = read_start_of_file(path_, kBytesMax);
  if (!text) return text.error();
  const std::optional<double> number = first_number(*text);
  if (!number) return Error{ErrorCode::kCorrupt, path_ + " has no number in it"};
  return *number;
}

const DeviceDriver kFileDriver = {
    .name = "file",
    .keys = kKeys,
    .bus = [](const Settings&) { return std::string("files"); },
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(2); },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<FileProbe>(settings.text("file")));
    },
};

}  // namespace sluice::hal
