#pragma once
// Finding one's way in sysfs: folders whose numbers change from boot to boot and from plug to plug,
// and attributes of one line. Every look is bounded. Worker threads.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/key.hpp"
#include "core/result.hpp"

namespace sluice::hal {

// Where sysfs is mounted, for the keys of drivers that look there.
inline constexpr Key kSysfsKey = {.name = "sysfs",
                                  .type = KeyType::kPath,
                                  .fallback = "\"/sys\"",
                                  .low = 1,
                                  .high = 4'000,
                                  .meaning = "Where the kernel's device files are mounted."};

// Entries of one folder that are looked at; a large server has some ten of a kind.
inline constexpr std::size_t kEntriesMax = 256;

// Names of the entries of `folder`, sorted; none when it cannot be read.
std::vector<std::string> entries_of(const std::string& folder);
// The numbers N of all entries "<prefix>N<suffix>" of `folder`, in rising order.
std::vector<std::uint64_t> numbered(const std::string& folder, std::string_view prefix,
                                    std::string_view suffix);

// The one line of an attribute; empty when there is none.
std::string attribute(const std::string& path);
// The one number of an attribute. kCorrupt when it holds something else.
Result<std::int64_t> integer_attribute(const std::string& path);
Result<double> number_attribute(const std::string& path);

// Into an attribute that is there. kNotFound and the rest as system_error() says.
Result<> write_attribute(const std::string& path, std::string_view text);

// Last part of what the link at `path` points to, the stable name of a device such as "1-0048";
// empty when it is no link.
std::string link_end(const std::string& path);

}  // namespace sluice::hal
