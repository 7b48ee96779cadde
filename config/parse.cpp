#include "config/parse.hpp"

#include <utility>

#include "config/document.hpp"
#include "config/problem_list.hpp"
#include "config/sections.hpp"
#include "config/table_reader.hpp"

namespace sluice::config {
namespace {

// FNV-1a, 64 bits: tells versions of a file apart; it does not keep forgeries out.
std::string hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x0000'0100'0000'01B3;
  }
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(hash >> shift) & 0xFU];
  return text;
}

Config parse_sections(const Table& document, std::string_view host_name, ProblemList& problems) {
  TableReader root(document, problems);
  root.reject_strangers();
  Names names;
  Config config;
  parse_gateway(root, host_name, config);
  parse_storage(root, config);
  parse_uplink(root, config);
  parse_actuators(root, names, config);
  parse_channels(root, names, config);
  parse_composites(root, names, config);
  parse_rollup(root, config);
  parse_realtime(root, config);
  return config;
}

}  // namespace

std::variant<Config, Problems> parse(std::string_view toml, std::string_view file_name,
                                     std::string_view host_name) {
  ProblemList problems(file_name);
  if (toml.size() > kFileBytesMax) {
    problems.add(Position{}, {}, "longer than 1 MiB");
    return problems.take();
  }
  const std::variant<Table, SyntaxError> document = read_document(toml);
  if (const auto* error = std::get_if<SyntaxError>(&document)) {
    problems.add(error->position, {}, error->message);
    return problems.take();
  }
  Config config = parse_sections(std::get<Table>(document), host_name, problems);
  if (!problems.empty()) return problems.take();
  config.hash = hash_of(toml);
  return config;
}

}  // namespace sluice::config
