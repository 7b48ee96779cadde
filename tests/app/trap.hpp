#pragma once
// Counts what a real-time thread must not do. Linked into a program, it takes the place of the C
// library's functions for memory, locks and files and passes every call on; a call from an armed
// thread is counted. It allocates nothing and waits for nothing itself.
//
// What the C library does inside of itself is not seen, so the doors to it are trapped (fopen, not
// the open in it). Sanitizers take the same place: not in one program with them.

#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::app::trap {

enum class Offence { kMemory, kLock, kFile, kLog };
inline constexpr std::size_t kOffenceCount = 4;

// Arms the calling thread as long as it lives.
class Armed {
 public:
  Armed();
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;
  ~Armed();
};

// A call of `function` by the calling thread.
void note(Offence offence, const char* function) noexcept;

// What all armed threads did since reset(). While no thread is armed.
std::uint64_t count(Offence offence);
// The functions that were called, each once, with their number; empty if none was.
std::string report();
void reset();

}  // namespace sluice::app::trap
