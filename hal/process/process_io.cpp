#include "hal/process/process_io.hpp"

#include <optional>
#include <string_view>

#include "hal/small_file.hpp"

namespace sluice::hal {

Result<std::uint64_t> bytes_written_by_process(const std::string& procfs) {
  const std::string path = procfs + "/self/io";
  const Result<std::string> text = read_small_file(path);
  if (!text.ok()) return text.error();
  // proc(5): one "name: number" on a line.
  std::string_view rest = *text;
  while (std::optional<std::string_view> line = take_line(rest)) {
    if (take_word(*line) != "write_bytes:") continue;
    if (const std::optional<std::uint64_t> bytes = parse_count(take_word(*line))) return *bytes;
  }
  return Error{ErrorCode::kCorrupt, path + " does not say how many bytes were written"};
}

}  // namespace sluice::hal
