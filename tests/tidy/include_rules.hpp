#pragma once
// What may include what.

#include "tests/tidy/source.hpp"

namespace sluice::tidy {

// core <- hal, chunk, storage, uplink (never each other) <- config (only their options) <- app,
// collector (never each other) <- tests.
Findings includes_against_the_arrows(const Source& source);

// A third-party header is seen by the one place named for it; the operating system by few folders.
Findings headers_away_from_home(const Source& source);

// Own header, the system's and <std>, <third-party>, "folder/file.hpp", in tests CppUTest's last;
// a blank line between.
Findings includes_out_of_order(const Source& source);

}  // namespace sluice::tidy
