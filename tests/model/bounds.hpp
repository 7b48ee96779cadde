#pragma once
// Pieces of the protocol that are small enough to be looked at whole. Each has what it is named
// for, and what that may meet.

#include "tests/model/protocol.hpp"

namespace sluice::model {

inline constexpr Bounds kIntervals{.runs = 1, .data = 3, .events = 1, .drops = true};
inline constexpr Bounds kGaps{.runs = 1, .data = 1, .events = 2, .drops = true};
inline constexpr Bounds kWindow{
    .runs = 1, .data = 3, .events = 0, .window = 2, .broker_restart = true};
inline constexpr Bounds kRestarts{
    .data = 1, .drops = true, .questions = true, .broker_restart = true};
inline constexpr Bounds kDisk{.questions = true, .image = true, .reinstall = true};
inline constexpr Bounds kBackup{
    .runs = 1, .window = 1, .grace = true, .questions = true, .restore = true};
inline constexpr Bounds kBackupAndBroker{.runs = 1,
                                         .data = 1,
                                         .window = 1,
                                         .grace = true,
                                         .questions = true,
                                         .restore = true,
                                         .broker_restart = true};
inline constexpr Bounds kBackupAndGaps{.runs = 1,
                                       .data = 1,
                                       .events = 2,
                                       .drops = true,
                                       .grace = true,
                                       .questions = true,
                                       .restore = true,
                                       .broker_restart = true};
inline constexpr Bounds kTwin{.runs = 1, .data = 3, .window = 1, .questions = true, .twin = true};
inline constexpr Bounds kClosing{
    .data = 1, .events = 2, .drops = true, .questions = true, .closes = true};
inline constexpr Bounds kClosingAndBackup{
    .data = 1, .grace = true, .questions = true, .closes = true, .restore = true};
inline constexpr Bounds kClosingAgain{.data = 1,
                                      .later = 0,
                                      .events = 2,
                                      .grace = true,
                                      .questions = true,
                                      .closes = true,
                                      .restore = true};

// Too many states for every day.
inline constexpr Bounds kDiskAndGaps{.data = 1,
                                     .drops = true,
                                     .questions = true,
                                     .image = true,
                                     .reinstall = true,
                                     .broker_restart = true};
inline constexpr Bounds kThreeRuns{
    .runs = 3, .data = 1, .drops = true, .questions = true, .closes = true};
// A run closes the one that closes the first.
inline constexpr Bounds kClosingInARow{.runs = 3,
                                       .data = 1,
                                       .later = 0,
                                       .events = 2,
                                       .early = 1,
                                       .late = false,
                                       .questions = true,
                                       .closes = true,
                                       .restore = true};

}  // namespace sluice::model
