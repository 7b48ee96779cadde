#include "config/parse.hpp"

namespace sluice::config {

std::variant<Config, Problems> parse(std::string_view, std::string_view file_name,
                                     std::string_view) {
  return Problems{Problem{.file = std::string(file_name), .key = {}, .message = "not read yet"}};
}

std::variant<Config, Problems> load(const std::string& file_name) {
  return parse({}, file_name);
}

std::string Problem::text() const {
  return file + ": " + message;
}

}  // namespace sluice::config
