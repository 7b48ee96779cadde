#include "tests/storage/faulty_vfs.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "core/check.hpp"
#include "tests/sim/random.hpp"

namespace sluice::storage {

struct FaultyVfs::Impl {
  Impl(const std::string& folder, bool is_powersafe)
      : place(std::filesystem::canonical(folder).string()), powersafe(is_powersafe), media(place) {}

  // What is to become of an operation.
  enum class Outcome { kDone, kFailed, kFull, kPowerOff };
  // REQUIRES: not a change.
  Outcome begin(Operation operation);
  // `in_flight` notes the change, so that a part of it may get to the card.
  template <typename Note>
  Outcome begin(Operation operation, const Note& in_flight);
  Outcome begin_sync();
  bool is_ours(std::string_view path) const;
  bool lies() const { return power_cut && changes + power_cut->lies >= power_cut->at; }
  void sync(Inode inode);
  // The sync of a folder, or of a file outside SQLite.
  int sync_plain(const struct stat& status);

  std::string place;
  bool powersafe;
  Media media;
  sim::Random random{1};
  sqlite3_vfs vfs{};
  std::function<void(Operation)> hook;
  std::optional<PowerCut> power_cut;
  std::optional<Files> left;  // of a power cut, until power is back
  std::optional<Failure> failure;
  std::uint64_t operations_of_kind = 0;
  std::uint64_t failures = 0;
  std::uint64_t changes = 0;
  std::uint64_t syncs = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t retried_syncs = 0;
  bool in_sqlite_sync = false;
};

namespace {

using Impl = FaultyVfs::Impl;
using Outcome = Impl::Outcome;

constexpr const char* kName = "faulty";

// The one that sees fsync().
Impl* current = nullptr;

sqlite3_vfs& real_vfs() {
  return *sqlite3_vfs_find("unix");
}

struct File {
  sqlite3_file base;
  Impl* disk;
  Inode inode;
  bool sync_has_failed;
};
// SQLite gives files memory at multiples of 8.
static_assert(alignof(File) <= 8 && sizeof(File) % 8 == 0);

// The real file lies behind ours, as szOsFile says.
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}
File& faulty(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

int status_of(Outcome outcome, int failed) {
  return outcome == Outcome::kFull ? SQLITE_FULL : failed;
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const Outcome outcome = faulty(file).disk->begin(Operation::kRead);
  if (outcome != Outcome::kDone) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), bytes, size, offset);
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  Impl& disk = *faulty(file).disk;
  const std::span all(static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size));
  const auto note = [&](std::span<const std::byte> written) {
    disk.media.write(faulty(file).inode, static_cast<std::uint64_t>(offset), written);
    disk.bytes_written += written.size();
  };
  const Outcome outcome = disk.begin(Operation::kWrite, [&] { note(all); });
  if (outcome == Outcome::kDone) {
    note(all);
    return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
  }
  // A disk that is full, or fails, may have taken a part.
  if (outcome != Outcome::kPowerOff && size >= 2) {
    note(all.first(all.size() / 2));
    static_cast<void>(real(file)->pMethods->xWrite(real(file), bytes, size / 2, offset));
  }
  return status_of(outcome, SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  Impl& disk = *faulty(file).disk;
  const auto note = [&] {
    disk.media.truncate(faulty(file).inode, static_cast<std::uint64_t>(size));
  };
  if (disk.begin(Operation::kTruncate, note) != Outcome::kDone) return SQLITE_IOERR_TRUNCATE;
  note();
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  File& self = faulty(file);
  Impl& disk = *self.disk;
  if (self.sync_has_failed) ++disk.retried_syncs;
  const Outcome outcome = disk.begin_sync();
  if (outcome == Outcome::kFailed) {
    self.sync_has_failed = true;
    disk.media.sync_failed(self.inode, disk.random);
  }
  if (outcome != Outcome::kDone) return SQLITE_IOERR_FSYNC;
  disk.sync(self.inode);
  disk.in_sqlite_sync = true;  // it syncs the folder too where a file is new
  const int status = real(file)->pMethods->xSync(real(file), flags);
  disk.in_sqlite_sync = false;
  return disk.left ? SQLITE_IOERR_FSYNC : status;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int lock) {
  return real(file)->pMethods->xLock(real(file), lock);
}
int unlock_file(sqlite3_file* file, int lock) {
  return real(file)->pMethods->xUnlock(real(file), lock);
}
int check_reserved_lock(sqlite3_file* file, int* reserved) {
  return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int device_characteristics(sqlite3_file* file) {
  return faulty(file).disk->powersafe ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  return real(file)->pMethods->xShmMap(real(file), region, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shared_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

constexpr sqlite3_io_methods kMethods{
    .iVersion = 2,  // without memory-mapped reads
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = shared_barrier,
    .xShmUnmap = unmap_shared,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  Impl& disk = *static_cast<Impl*>(vfs->pAppData);
  const bool ours = name != nullptr && disk.is_ours(name);
  file->pMethods = nullptr;
  if (ours && disk.left) return SQLITE_CANTOPEN;
  if (!ours) return real_vfs().xOpen(&real_vfs(), name, file, flags, flags_out);
  const int status = real_vfs().xOpen(&real_vfs(), name, real(file), flags, flags_out);
  if (real(file)->pMethods == nullptr) return status;
  struct stat known = {};
  CHECK(::stat(name, &known) == 0);
  disk.media.look();
  disk.media.follow(known.st_ino);
  faulty(file) = File{{&kMethods}, &disk, known.st_ino, false};
  return status;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  Impl& disk = *static_cast<Impl*>(vfs->pAppData);
  if (disk.left && disk.is_ours(name)) return SQLITE_IOERR_DELETE;
  return real_vfs().xDelete(&real_vfs(), name, sync_folder);
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  Impl& disk = *static_cast<Impl*>(vfs->pAppData);
  if (disk.left && disk.is_ours(name)) return SQLITE_IOERR_ACCESS;
  return real_vfs().xAccess(&real_vfs(), name, flags, result);
}

// What an fsync() anywhere in the program comes to.
int sync_descriptor(int file, long system_call) {
  struct stat status = {};
  if (current != nullptr && ::fstat(file, &status) == 0) return current->sync_plain(status);
  return static_cast<int>(::syscall(system_call, file));
}

}  // namespace

FaultyVfs::FaultyVfs(const std::string& folder, bool powersafe)
    : impl_(std::make_unique<Impl>(folder, powersafe)) {
  CHECK(current == nullptr);
  impl_->vfs = real_vfs();
  impl_->vfs.pNext = nullptr;
  impl_->vfs.zName = kName;
  impl_->vfs.pAppData = impl_.get();
  impl_->vfs.szOsFile += static_cast<int>(sizeof(File));
  impl_->vfs.xOpen = open_file;
  impl_->vfs.xDelete = delete_file;
  impl_->vfs.xAccess = access_file;
  CHECK(sqlite3_vfs_register(&impl_->vfs, 1) == SQLITE_OK);
  current = impl_.get();
}

FaultyVfs::~FaultyVfs() {
  current = nullptr;
  CHECK(sqlite3_vfs_unregister(&impl_->vfs) == SQLITE_OK);
}

Outcome Impl::begin(Operation operation) {
  if (left) return Outcome::kPowerOff;
  if (hook) hook(operation);
  if (!failure || failure->operation != operation) return Outcome::kDone;
  ++operations_of_kind;
  const bool fails =
      operations_of_kind >= failure->first && operations_of_kind - failure->first < failure->count;
  if (!fails) return Outcome::kDone;
  ++failures;
  return failure->full ? Outcome::kFull : Outcome::kFailed;
}

template <typename Note>
Outcome Impl::begin(Operation operation, const Note& in_flight) {
  const Outcome outcome = begin(operation);
  if (outcome == Outcome::kPowerOff) return outcome;
  ++changes;
  if (!power_cut || changes != power_cut->at) return outcome;
  in_flight();
  left = media.after_cut(power_cut->remains, powersafe, random);
  return Outcome::kPowerOff;
}

Outcome Impl::begin_sync() {
  return begin(Operation::kSync, [] {});
}

bool Impl::is_ours(std::string_view path) const {
  return path.size() > place.size() && path.starts_with(place) && path[place.size()] == '/';
}

void Impl::sync(Inode inode) {
  ++syncs;
  if (!lies()) media.sync(inode);
}

int Impl::sync_plain(const struct stat& status) {
  struct stat folder = {};
  CHECK(::stat(place.c_str(), &folder) == 0);
  const bool is_folder = status.st_dev == folder.st_dev && status.st_ino == folder.st_ino;
  media.look();
  const bool is_inside = status.st_dev == folder.st_dev && media.knows(status.st_ino);
  if (!is_folder && (!is_inside || in_sqlite_sync)) return 0;
  const Outcome outcome = begin_sync();
  if (outcome != Outcome::kDone) {
    errno = EIO;
    return -1;
  }
  if (!is_folder) {
    sync(status.st_ino);
  } else {
    ++syncs;
    if (!lies()) media.sync_folder();
  }
  return 0;
}

void FaultyVfs::cut(const PowerCut& cut) {
  impl_->random = sim::Random(cut.seed);
  impl_->changes = 0;
  impl_->power_cut = cut;
}
void FaultyVfs::fail(const Failure& failure) {
  impl_->operations_of_kind = 0;
  impl_->failures = 0;
  impl_->failure = failure;
}
void FaultyVfs::work() {
  impl_->power_cut.reset();
  impl_->failure.reset();
}
void FaultyVfs::on_operation(std::function<void(Operation)> hook) {
  impl_->hook = std::move(hook);
}
Files FaultyVfs::left_by_cut(Remains remains, std::uint64_t seed) {
  sim::Random random(seed);
  return impl_->media.after_cut(remains, impl_->powersafe, random);
}
bool FaultyVfs::is_off() const {
  return impl_->left.has_value();
}
void FaultyVfs::restart() {
  CHECK(impl_->left.has_value());
  impl_->media.become(*impl_->left);
  impl_->left.reset();
  work();
}
std::uint64_t FaultyVfs::failures() const {
  return impl_->failures;
}
std::uint64_t FaultyVfs::syncs() const {
  return impl_->syncs;
}
std::uint64_t FaultyVfs::bytes_written() const {
  return impl_->bytes_written;
}
std::uint64_t FaultyVfs::changes() const {
  return impl_->changes;
}
std::uint64_t FaultyVfs::retried_syncs() const {
  return impl_->retried_syncs;
}

}  // namespace sluice::storage

// Ours come before the C library's, for SQLite too. Real syncs would only take time.
extern "C" int fsync(int file) {
  return sluice::storage::sync_descriptor(file, SYS_fsync);
}
extern "C" int fdatasync(int file) {
  return sluice::storage::sync_descriptor(file, SYS_fdatasync);
}
