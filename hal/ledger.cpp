#include "hal/ledger.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <utility>

#include "hal/file_handle.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

// Also where off_t would have 32 bits by default; hal/CMakeLists.txt asks for more.
static_assert(sizeof(off_t) == 8);

bool is_empty(LedgerRecord& record) {
  return std::atomic_ref(record.tick_ns).load(std::memory_order_relaxed) == 0;
}

}  // namespace

void Ledger::Unmap::operator()(LedgerRecord* records) const {
  munmap(records, bytes);
}

Ledger::Ledger(Mapping mapping)
    : mapping_(std::move(mapping)),
      free_(mapping_.get(), mapping_.get_deleter().bytes / sizeof(LedgerRecord)) {
  // Looked for here, so that the real-time thread need not.
  const auto first_empty = std::find_if(free_.begin(), free_.end(), is_empty);
  free_ = free_.subspan(static_cast<std::size_t>(first_empty - free_.begin()));
}

Result<Ledger> Ledger::open(const std::string& path, std::uint64_t records) {
  if (records < 1 || records > kLedgerRecordsMax) {
    return Error{ErrorCode::kInvalid,
                 path + ": a ledger holds 1 to " + std::to_string(kLedgerRecordsMax) + " records"};
  }
  constexpr mode_t kOwnerOnly = 0600;
  const FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
  if (!file.valid()) return system_error(path, errno);
  // Taken now: a page that found no space later would end the process with SIGBUS.
  const auto bytes_wanted = static_cast<off_t>(records * sizeof(LedgerRecord));
  const int refused = posix_fallocate(file.number(), 0, bytes_wanted);
  if (refused != 0) return Error{ErrorCode::kUnavailable, system_error(path, refused).message};
  // Mapped as asked for; an existing file that is longer keeps its tail unseen.
  const auto bytes = static_cast<std::size_t>(bytes_wanted);
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file.number(), 0);
  if (memory == MAP_FAILED) {
    return Error{ErrorCode::kUnavailable, system_error(path, errno).message};
  }
  return Ledger(Mapping(static_cast<LedgerRecord*>(memory), Unmap{bytes}));
}

void Ledger::append(Instant tick, Sample sample) noexcept {
  while (!free_.empty() && !is_empty(free_.front())) free_ = free_.subspan(1);
  if (free_.empty()) {
    ++dropped_;
    return;
  }
  LedgerRecord& record = free_.front();
  record.value = sample.value;
  record.quality = static_cast<std::uint64_t>(sample.quality);
  // Last, and in one piece: a process killed on the way leaves a record that is still empty.
  std::atomic_ref(record.tick_ns).store(to_ns(tick), std::memory_order_release);
  free_ = free_.subspan(1);
}

Result<std::vector<LedgerRecord>> read_ledger(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kNotFound, path + " cannot be opened"};
  std::vector<LedgerRecord> records;
  LedgerRecord record;
  while (file.read(reinterpret_cast<char*>(&record), sizeof record) && record.tick_ns != 0) {
    records.push_back(record);
  }
  return records;
}

}  // namespace sluice::hal
