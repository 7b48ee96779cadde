#include <cstddef>
#include <string>

#include "config/sections.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t kIdBytesMax = 64;

// A host name may hold dots, which an id may not.
std::string id_from(std::string_view host_name) {
  std::string id(host_name.substr(0, kIdBytesMax));
  for (char& c : id) {
    const bool fits =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) c = '-';
  }
  return id.empty() ? "gateway" : id;
}

}  // namespace

void parse_gateway(TableReader& root, std::string_view host_name, Config& config) {
  TableReader reader = root.table("gateway", Section::kGateway);
  GatewayOptions& gateway = config.gateway;
  gateway.id = id_from(host_name);
  reader.text("id", gateway.id);
  reader.path("state_directory", gateway.state_directory);
  reader.path("run_directory", gateway.run_directory);
  reader.reject_strangers();
  config.storage.path = database_path(gateway.state_directory);
}

}  // namespace sluice::config
