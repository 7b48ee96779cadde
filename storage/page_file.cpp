#include "storage/page_file.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>

namespace sluice::storage {
namespace {

// The layout of a log, as SQLite's file format has it: a header, then frames of a header and a
// page.
constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kMagic = 0x377F0682;  // the lowest bit: checksums over big-endian words
// As far as a checkpoint that was held up lets it grow; what is behind is not looked at.
constexpr std::uint64_t kLogBytesMax = 64ULL * 1024 * 1024;

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  }
  return number;
}

std::uint32_t swapped(std::uint32_t word) {
  return word >> 24 | (word >> 8 & 0xFF00U) | (word << 8 & 0xFF0000U) | word << 24;
}

struct LogSum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool big_endian = false;

  // REQUIRES: whole pairs of words.
  void add(std::span<const std::byte> bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      const std::uint32_t a = number_at(bytes, at);
      const std::uint32_t b = number_at(bytes, at + 4);
      first += (big_endian ? a : swapped(a)) + second;
      second += (big_endian ? b : swapped(b)) + first;
    }
  }
  bool is_at(std::span<const std::byte> bytes, std::size_t at) const {
    return number_at(bytes, at) == first && number_at(bytes, at + 4) == second;
  }
};

bool read_at(std::ifstream& file, std::uint64_t offset, std::span<std::byte> bytes) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return file.gcount() == static_cast<std::streamsize>(bytes.size());
}

std::uint64_t size_of(const std::string& path) {
  std::error_code missing;
  const std::uintmax_t size = std::filesystem::file_size(path, missing);
  return missing ? 0 : size;
}

}  // namespace

PageFile::PageFile(const std::string& path) {
  // Without a buffer: a sector that cannot be read costs the page it is in, and no other.
  file_.rdbuf()->pubsetbuf(nullptr, 0);
  log_.rdbuf()->pubsetbuf(nullptr, 0);
  file_.open(path, std::ios::binary);
  log_.open(path + "-wal", std::ios::binary);
  // A page that was cut off may hold rows before its end; reading fills up with zeros.
  const std::uint64_t pages = (size_of(path) + kPageBytes - 1) / kPageBytes;
  page_count_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(pages, 0xFFFFFFFEU));
  read_log();
}

void PageFile::read_log() {
  std::array<std::byte, kLogHeaderBytes> header{};
  if (!read_at(log_, 0, header)) return;
  const std::uint32_t magic = number_at(header, 0);
  LogSum sum;
  sum.big_endian = (magic & 1U) != 0;
  sum.add(std::span(header).first(24));
  if ((magic & ~1U) != kMagic || number_at(header, 8) != kPageBytes || !sum.is_at(header, 24)) {
    return;
  }
  std::map<std::uint32_t, std::uint64_t> uncommitted;
  std::array<std::byte, kFrameHeaderBytes + kPageBytes> frame{};
  for (std::uint64_t at = kLogHeaderBytes; at < kLogBytesMax && read_at(log_, at, frame);
       at += frame.size()) {
    const bool same_salt = std::equal(&header[16], &header[24], &frame[8]);
    sum.add(std::span(frame).first(8));
    sum.add(std::span(frame).subspan(kFrameHeaderBytes));
    if (!same_salt || !sum.is_at(frame, 16)) return;
    uncommitted[number_at(frame, 0)] = at + kFrameHeaderBytes;
    if (number_at(frame, 4) == 0) continue;
    for (const auto& [number, offset] : uncommitted) {
      log_pages_[number] = offset;
      page_count_ = std::max(page_count_, number);
    }
    uncommitted.clear();
  }
}

bool PageFile::read(Layer layer, std::uint32_t number, Page& page) {
  if (number == 0 || number > page_count_) return false;
  ++pages_read_;
  const auto logged = log_pages_.find(number);
  if (layer == Layer::kNewest && logged != log_pages_.end()) {
    return read_at(log_, logged->second, page);
  }
  page = {};
  const std::uint64_t offset = std::uint64_t{number - 1} * kPageBytes;
  return read_at(file_, offset, page) || file_.gcount() > 0;
}

}  // namespace sluice::storage
