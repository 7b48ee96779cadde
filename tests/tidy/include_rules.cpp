#include "tests/tidy/include_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace sluice::tidy {
namespace {

struct Arrow {
  std::string_view from;
  std::string_view to;  // a folder, or one header
};
// Besides every folder to itself and to core/; tests see everything.
constexpr std::array kArrows{
    Arrow{"config", "hal/formula.hpp"},
    Arrow{"config", "hal/options.hpp"},
    Arrow{"config", "hal/device_drivers.hpp"},
    Arrow{"config", "hal/actuator_drivers.hpp"},
    Arrow{"config", "storage/store.hpp"},
    Arrow{"config", "uplink/options.hpp"},
    Arrow{"collector", "hal"},
    Arrow{"collector", "chunk"},
    Arrow{"collector", "storage"},
    Arrow{"collector", "uplink"},
    Arrow{"collector", "config"},
    Arrow{"app", "hal"},
    Arrow{"app", "chunk"},
    Arrow{"app", "storage"},
    Arrow{"app", "uplink"},
    Arrow{"app", "config"},
};

struct Home {
  std::string_view header;  // begin of the name
  std::string_view place;   // begin of the path that may include it; tests/ may always
};
// A header with several lines here may be included from each of the places.
constexpr std::array kHomes{
    Home{"mosquitto.h", "hal/mqtt/mqtt_bus.cpp"},
    Home{"mosquitto.h", "uplink/mqtt_callbacks.cpp"},
    Home{"mosquitto.h", "uplink/mqtt_connection.cpp"},
    Home{"mosquitto.h", "uplink/mqtt_connection_impl.hpp"},
    Home{"mosquitto.h", "uplink/mqtt_limits.cpp"},
    Home{"mosquitto.h", "uplink/mqtt_reason.cpp"},
    Home{"mqtt_protocol.h", "hal/mqtt/mqtt_bus.cpp"},
    Home{"mqtt_protocol.h", "uplink/mqtt_connection.cpp"},
    Home{"mqtt_protocol.h", "uplink/mqtt_limits.cpp"},
    Home{"mqtt_protocol.h", "uplink/mqtt_reason.cpp"},
    Home{"modbus.h", "hal/buses/modbus_master.cpp"},
    Home{"openssl/", "uplink/ack_key.cpp"},
    Home{"openssl/", "uplink/tls"},
    Home{"sqlite3.h", "storage/sqlite."},
    Home{"flatbuffers/", "chunk/"},
    Home{"toml++/", "config/"},
    Home{"CLI/", "app/"},
    Home{"CLI/", "collector/"},
    Home{"nlohmann/", "hal/mqtt/mqtt_value.cpp"},
    Home{"nlohmann/", "uplink/json_fields."},
    Home{"nlohmann/", "uplink/command."},
    Home{"nlohmann/", "app/"},
    Home{"nlohmann/", "collector/"},
    Home{"muParser.h", "hal/formula.cpp"},
    Home{"spdlog/", "hal/process/log_sink.cpp"},
    Home{"gpiod.h", "hal/buses/gpiod_line."},
    Home{"CppUTest/", "tests/"},
    Home{"benchmark/", "tests/"},
    Home{"zlib.h", "tests/"},
    Home{"zstd.h", "tests/"},
};
// Who may include headers of Linux and POSIX.
constexpr std::array<std::string_view, 18> kSystemHomes{
    "hal/",
    "app/",
    "collector/",
    "tests/",
    "uplink/secret_file.cpp",      // looks at who may read a key
    "uplink/state_file.cpp",       // syncs what it writes
    "uplink/lookup.cpp",           // asks the resolver
    "uplink/route_watch.cpp",      // asks the kernel for routes
    "uplink/tcp_socket.cpp",       // asks the socket
    "uplink/mqtt_connection.cpp",  // polls the socket
    "uplink/mqtt_link.cpp",        // waits for it
    "storage/disk.cpp",            // asks how much room is left, and who may write
    "storage/durable_file.cpp",    // syncs files and folders
    "storage/lock_file.cpp",       // keeps a second process off the database
    "storage/reserve_file.cpp",    // has blocks allocated
    "storage/sqlite.cpp",          // creates the database for its owner only
    "storage/watermark.cpp",       // flushes what it writes
    "config/load.cpp",             // reads the file, and waits for no pipe
};

bool is_third_party(std::string_view header) {
  return std::any_of(kHomes.begin(), kHomes.end(),
                     [&](const Home& home) { return header.starts_with(home.header); });
}
// The C++ library's own headers are the ones without a dot or a folder.
bool is_standard(std::string_view header) {
  return header.find_first_of("./") == header.npos;
}

bool is_wire_format(const Include& include) {
  return include.name.starts_with("chunk/") && include.name.ends_with("_generated.h");
}

bool follows_an_arrow(const std::string& from, const std::string& header) {
  const std::string to = folder_of(header);
  if (from == "tests" || to == from || to == "core") return true;
  return std::any_of(kArrows.begin(), kArrows.end(), [&](const Arrow& arrow) {
    return arrow.from == from && (arrow.to == to || arrow.to == header);
  });
}

bool third_party_is_at_home(std::string_view header, std::string_view path) {
  return is_test(path) || std::any_of(kHomes.begin(), kHomes.end(), [&](const Home& home) {
           return header.starts_with(home.header) && path.starts_with(home.place);
         });
}

bool system_is_at_home(std::string_view path) {
  return std::any_of(kSystemHomes.begin(), kSystemHomes.end(),
                     [&](std::string_view home) { return path.starts_with(home); });
}

std::optional<std::string> homeless(const Include& include, std::string_view path) {
  if (is_wire_format(include)) {
    if (path.starts_with("chunk/")) return std::nullopt;
    return include.name + ": only chunk/ knows the wire format";
  }
  if (include.quoted || is_standard(include.name)) return std::nullopt;
  if (is_third_party(include.name)) {
    if (third_party_is_at_home(include.name, path)) return std::nullopt;
    return "<" + include.name + "> has another home (tests/tidy/include_rules.cpp)";
  }
  if (system_is_at_home(path)) return std::nullopt;
  return "<" + include.name + ">: no operating system here (tests/tidy/include_rules.cpp)";
}

enum class Group { kOwn, kSystem, kStandard, kThirdParty, kProject, kTestFramework };

// The system's headers may come before the standard ones or after.
int rank_of(Group group) {
  return group == Group::kStandard ? rank_of(Group::kSystem) : static_cast<int>(group);
}

// core/ring.hpp for core/ring.cpp and for tests/core/ring_test.cpp.
bool is_own_header(const Include& include, const std::string& path) {
  constexpr std::string_view kTestEnd = "_test.cpp";
  if (!path.ends_with(kTestEnd)) return include.name == path.substr(0, path.rfind('.')) + ".hpp";
  const std::string tested = path.substr(0, path.size() - kTestEnd.size()) + ".hpp";
  return include.name == tested || "tests/" + include.name == tested;
}

Group group_of(const Include& include, const Source& source, bool first) {
  if (include.quoted) {
    // A test may have it first, or among the others.
    const bool own = is_own_header(include, source.path) && (first || !is_test(source.path));
    return own ? Group::kOwn : Group::kProject;
  }
  if (include.name.starts_with("CppUTest")) return Group::kTestFramework;
  if (is_standard(include.name)) return Group::kStandard;
  return is_third_party(include.name) ? Group::kThirdParty : Group::kSystem;
}

bool blank_between(const Source& source, std::size_t above, std::size_t below) {
  const auto begin = source.lines.begin();
  return std::any_of(begin + static_cast<std::ptrdiff_t>(above),
                     begin + static_cast<std::ptrdiff_t>(below) - 1,
                     [](const std::string& line) { return line.empty(); });
}

}  // namespace

Findings includes_against_the_arrows(const Source& source) {
  Findings findings;
  const std::string from = folder_of(source.path);
  for (const Include& include : includes_of(source)) {
    if (!include.quoted) continue;
    if (include.name.find('/') == std::string::npos) {
      findings.push_back({source.path, include.line, "include from the root: \"folder/file.hpp\""});
    } else if (!follows_an_arrow(from, include.name)) {
      findings.push_back({source.path, include.line, from + "/ may not see " + include.name});
    }
  }
  return findings;
}

Findings headers_away_from_home(const Source& source) {
  Findings findings;
  for (const Include& include : includes_of(source)) {
    if (const auto what = homeless(include, source.path)) {
      findings.push_back({source.path, include.line, *what});
    }
  }
  return findings;
}

Findings includes_out_of_order(const Source& source) {
  Findings findings;
  const std::vector<Include> includes = includes_of(source);
  for (std::size_t i = 1; i < includes.size(); ++i) {
    const Group above = group_of(includes[i - 1], source, i == 1);
    const Group here = group_of(includes[i], source, false);
    if (rank_of(here) < rank_of(above)) {
      findings.push_back(
          {source.path, includes[i].line,
           "include order: own, system and standard, third party, project, CppUTest"});
    } else if (here != above && !blank_between(source, includes[i - 1].line, includes[i].line)) {
      findings.push_back({source.path, includes[i].line, "blank line between groups of includes"});
    }
  }
  return findings;
}

}  // namespace sluice::tidy
