#include "storage/watermark.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "core/checksum.hpp"
#include "storage/durable_file.hpp"

namespace sluice::storage {
namespace {

// A block of its own for each, so that writing one does not touch the other.
constexpr std::size_t kSlotBytes = 4096;
constexpr std::uint64_t kSlots = 2;
// "SLWM", then the version of the layout.
constexpr std::uint64_t kMagic = 0x0000'0001'4D57'4C53;

using Slot = std::array<std::byte, kSlotBytes>;

// An open file of the kernel, closed when it goes.
class File {
 public:
  File(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// Numbers one after the other, little-endian.
class Fields {
 public:
  explicit Fields(Slot& slot) : slot_(slot) {}
  void put(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) slot_[at_++] = static_cast<std::byte>(number >> (8 * i));
  }
  std::uint64_t take() {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number |= std::to_integer<std::uint64_t>(slot_[at_++]) << (8 * i);
    return number;
  }
  std::span<const std::byte> done() const { return std::span(slot_).first(at_); }

 private:
  Slot& slot_;
  std::size_t at_ = 0;
};

Slot pack(const Watermark& mark, std::uint64_t generation) {
  Slot slot{};
  Fields fields(slot);
  fields.put(kMagic);
  fields.put(generation);
  for (const std::uint8_t byte : mark.run.bytes) fields.put(byte);
  fields.put(mark.commit);
  fields.put(mark.sealed_commit);
  for (const std::uint64_t seq : mark.last_seq) fields.put(seq);
  fields.put(mark.readings);
  fields.put(static_cast<std::uint64_t>(to_ns(mark.last_durable)));
  fields.put(mark.position);
  fields.put(crc32(fields.done()));
  return slot;
}

struct Packed {
  std::uint64_t generation = 0;
  Watermark mark;
};

std::optional<Packed> unpack(Slot& slot) {
  Fields fields(slot);
  if (fields.take() != kMagic) return std::nullopt;
  Packed packed;
  packed.generation = fields.take();
  Watermark& mark = packed.mark;
  for (std::uint8_t& byte : mark.run.bytes) byte = static_cast<std::uint8_t>(fields.take());
  mark.commit = fields.take();
  mark.sealed_commit = fields.take();
  for (std::uint64_t& seq : mark.last_seq) seq = fields.take();
  mark.readings = fields.take();
  mark.last_durable = instant_from_ns(static_cast<std::int64_t>(fields.take()));
  mark.position = fields.take();
  const std::uint32_t crc = crc32(fields.done());
  if (fields.take() != crc) return std::nullopt;
  return packed;
}

Error failure(const std::string& path) {
  return Error{ErrorCode::kUnavailable,
               "cannot write " + path + ": " + std::generic_category().message(errno)};
}

}  // namespace

std::vector<Watermark> WatermarkFile::read() {
  std::vector<Packed> found;
  const File file(path_, O_RDONLY);
  for (std::uint64_t i = 0; file.number() >= 0 && i < kSlots; ++i) {
    Slot slot{};
    const auto offset = static_cast<off_t>(i * kSlotBytes);
    if (::pread(file.number(), slot.data(), slot.size(), offset) <= 0) continue;
    if (const std::optional<Packed> packed = unpack(slot)) found.push_back(*packed);
  }
  std::sort(found.begin(), found.end(),
            [](const Packed& a, const Packed& b) { return a.generation > b.generation; });
  std::vector<Watermark> marks;
  for (const Packed& packed : found) {
    generation_ = std::max(generation_, packed.generation);
    marks.push_back(packed.mark);
  }
  return marks;
}

Result<> WatermarkFile::write(const Watermark& mark) {
  const bool is_new = !std::filesystem::exists(path_);
  const File file(path_, O_RDWR | O_CREAT);
  if (file.number() < 0) return failure(path_);
  const std::uint64_t generation = generation_ + 1;
  const Slot slot = pack(mark, generation);
  const auto offset = static_cast<off_t>(generation % kSlots * kSlotBytes);
  const ssize_t written = ::pwrite(file.number(), slot.data(), slot.size(), offset);
  if (written != static_cast<ssize_t>(slot.size()) || ::fdatasync(file.number()) != 0) {
    return failure(path_);
  }
  generation_ = generation;
  // A new file is found after a power cut only when its folder has been synced.
  return is_new ? sync_folder_of(path_) : Result<>(Ok{});
}

}  // namespace sluice::storage
