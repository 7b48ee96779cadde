// The checked variants of functions, which are inlined into their callers, could not be defined
// once more below. Nor could those for small files, under the names of those for large ones.
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS

#include "tests/app/trap.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace sluice::app::trap {
namespace {

thread_local bool is_armed = false;

struct Called {
  std::atomic<const char*> function{nullptr};
  std::atomic<std::uint64_t> times{0};
};
// More than functions are trapped.
std::array<Called, 64> called;
std::array<std::atomic<std::uint64_t>, kOffenceCount> counts;

// The function that would have been called without us. Found at the first call, which no armed
// thread makes: main() has locked, read and written long before.
template <typename Function>
Function* next(std::atomic<Function*>& found, const char* name) {
  Function* function = found.load(std::memory_order_relaxed);
  if (function == nullptr) {
    function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
    if (function == nullptr) std::abort();
    found.store(function, std::memory_order_relaxed);
  }
  return function;
}

}  // namespace

Armed::Armed() {
  is_armed = true;
}
Armed::~Armed() {
  is_armed = false;
}

void note(Offence offence, const char* function) noexcept {
  if (!is_armed) return;
  counts[static_cast<std::size_t>(offence)].fetch_add(1, std::memory_order_relaxed);
  for (Called& entry : called) {
    const char* none = nullptr;
    if (entry.function.compare_exchange_strong(none, function) || none == function) {
      entry.times.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
}

std::uint64_t count(Offence offence) {
  return counts[static_cast<std::size_t>(offence)].load();
}

std::string report() {
  std::string text;
  for (const Called& entry : called) {
    if (const char* const function = entry.function.load()) {
      text += std::string(function) + " " + std::to_string(entry.times.load()) + "\n";
    }
  }
  return text;
}

void reset() {
  for (auto& one : counts) one = 0;
  for (Called& entry : called) {
    entry.function = nullptr;
    entry.times = 0;
  }
}

}  // namespace sluice::app::trap

using sluice::app::trap::next;
using sluice::app::trap::note;
using sluice::app::trap::Offence;

// Defines `name` of the C library's type, `offence` of which is counted before it is passed on.
#define SLUICE_TRAP(offence, result, name, parameters, arguments) \
  result name parameters {                                        \
    using Function = result parameters;                           \
    static std::atomic<Function*> found{nullptr};                 \
    note(Offence::offence, #name);                                \
    return next<Function>(found, #name) arguments;                \
  }

extern "C" {

// Memory. The C library's own names for these need no looking up, which would itself allocate.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) noexcept {
  note(Offence::kMemory, "malloc");
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  note(Offence::kMemory, "calloc");
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  note(Offence::kMemory, "realloc");
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  note(Offence::kMemory, "memalign");
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  note(Offence::kMemory, "aligned_alloc");
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  note(Offence::kMemory, "posix_memalign");
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
// Freeing nothing does nothing.
void free(void* memory) noexcept {
  if (memory != nullptr) note(Offence::kMemory, "free");
  __libc_free(memory);
}

SLUICE_TRAP(kLock, int, pthread_mutex_lock, (pthread_mutex_t * mutex) noexcept, (mutex))
SLUICE_TRAP(kLock, int, pthread_mutex_trylock, (pthread_mutex_t * mutex) noexcept, (mutex))
SLUICE_TRAP(kLock, int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock) noexcept, (lock))
SLUICE_TRAP(kLock, int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock) noexcept, (lock))
SLUICE_TRAP(kLock, int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex),
            (condition, mutex))
SLUICE_TRAP(kLock, int, pthread_cond_signal, (pthread_cond_t * condition) noexcept, (condition))
SLUICE_TRAP(kLock, int, pthread_cond_broadcast, (pthread_cond_t * condition) noexcept, (condition))
SLUICE_TRAP(kLock, int, sem_wait, (sem_t * semaphore), (semaphore))
SLUICE_TRAP(kLock, int, sem_post, (sem_t * semaphore) noexcept, (semaphore))
// What std::atomic::wait() and notify() are made of.
long syscall(long number, ...) noexcept {
  using Function = long(long, long, long, long, long, long, long);
  static std::atomic<Function*> found{nullptr};
  note(Offence::kLock, "syscall");
  std::array<long, 6> rest{};
  va_list arguments;
  va_start(arguments, number);
  for (long& argument : rest) argument = va_arg(arguments, long);
  va_end(arguments);
  return next<Function>(found, "syscall")(number, rest[0], rest[1], rest[2], rest[3], rest[4],
                                          rest[5]);
}

SLUICE_TRAP(kFile, ssize_t, read, (int file, void* bytes, std::size_t size), (file, bytes, size))
SLUICE_TRAP(kFile, ssize_t, __read_chk, (int file, void* bytes, std::size_t size, std::size_t room),
            (file, bytes, size, room))
SLUICE_TRAP(kFile, ssize_t, write, (int file, const void* bytes, std::size_t size),
            (file, bytes, size))
SLUICE_TRAP(kFile, ssize_t, recv, (int file, void* bytes, std::size_t size, int flags),
            (file, bytes, size, flags))
SLUICE_TRAP(kFile, ssize_t, send, (int file, const void* bytes, std::size_t size, int flags),
            (file, bytes, size, flags))
SLUICE_TRAP(kFile, int, close, (int file), (file))
SLUICE_TRAP(kFile, int, fsync, (int file), (file))
SLUICE_TRAP(kFile, std::FILE*, fopen, (const char* path, const char* mode), (path, mode))
SLUICE_TRAP(kFile, std::FILE*, fopen64, (const char* path, const char* mode), (path, mode))
SLUICE_TRAP(kFile, std::size_t, fwrite,
            (const void* bytes, std::size_t size, std::size_t count, std::FILE* file),
            (bytes, size, count, file))
SLUICE_TRAP(kFile, int, fputs, (const char* text, std::FILE* file), (text, file))
SLUICE_TRAP(kFile, int, fflush, (std::FILE * file), (file))
// Callers that create nothing leave the mode out; then what is passed on means nothing, and the C
// library does not look at it.
SLUICE_TRAP(kFile, int, open, (const char* path, int flags, unsigned mode), (path, flags, mode))
SLUICE_TRAP(kFile, int, open64, (const char* path, int flags, unsigned mode), (path, flags, mode))
SLUICE_TRAP(kFile, int, openat, (int folder, const char* path, int flags, unsigned mode),
            (folder, path, flags, mode))

}  // extern "C"
