#pragma once
// What can be asked through the local door, shared by the gateway and the commands that ask.

#include <string>

namespace sluice::app {

inline constexpr const char* kStatusRequest = "status";  // answer: JSON
inline constexpr const char* kAcknowledgeRequest =
    "acknowledge";                                          // and a space and the alert's name
inline constexpr const char* kAcceptedAnswer = "accepted";  // anything else: why not

inline std::string socket_path(const std::string& run_directory) {
  return run_directory + "/sluice.sock";
}

}  // namespace sluice::app
