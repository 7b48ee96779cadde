#include "tests/storage/media.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "core/check.hpp"

namespace sluice::storage {
namespace {

constexpr std::uint64_t kSectorBytes = 512;
// What a card erases at once; programming a page of it can spoil the others.
constexpr std::uint64_t kEraseBlockBytes = 16 * 1024;

std::uint64_t down_to(std::uint64_t offset, std::uint64_t unit) {
  return offset - offset % unit;
}

std::size_t one_of(std::size_t count, sim::Random& random) {
  return static_cast<std::size_t>(random.below(count));
}

Bytes rubbish(std::uint64_t size, sim::Random& random) {
  Bytes bytes(static_cast<std::size_t>(size));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}

Bytes part_of(const Bytes& bytes, std::uint64_t from, std::uint64_t to) {
  const auto begin = bytes.begin();
  return {begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to)};
}

// The old content, the new one, or some of the new one written over the old one.
Bytes mixed(const Bytes& old, const Bytes& now, sim::Random& random) {
  const std::uint64_t which = random.below(3);
  if (which == 0) return old;
  if (which == 1) return now;
  Bytes torn = part_of(now, 0, random.below(now.size() + 1));
  if (torn.size() < old.size()) {
    torn.insert(torn.end(), old.begin() + static_cast<std::ptrdiff_t>(torn.size()), old.end());
  }
  return torn;
}

}  // namespace

// Closing any other kind of descriptor would end SQLite's locks on the file.
Media::Pin::Pin(const std::string& path)
    : file_(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) {
  CHECK(file_ >= 0);
}

Media::Pin::Pin(Pin&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Media::Pin& Media::Pin::operator=(Pin&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

Media::Pin::~Pin() {
  if (file_ >= 0) ::close(file_);
}

Media::Media(std::string folder) : folder_(std::move(folder)) {
  names_ = visible();
  pin();
  durable_names_ = names_;
  for (const auto& [name, inode] : names_) images_[inode] = content_of(name);
}

Media::Names Media::visible() const {
  Names names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    struct stat status = {};
    const std::string path = entry.path().string();
    CHECK(::lstat(path.c_str(), &status) == 0);
    if (S_ISREG(status.st_mode)) names[entry.path().filename().string()] = status.st_ino;
  }
  return names;
}

void Media::pin() {
  for (const auto& [name, inode] : names_) {
    if (!pins_.contains(inode)) pins_.emplace(inode, Pin(folder_ + "/" + name));
  }
}

// Of what has no name any more, not even on the card.
void Media::forget_gone() {
  const auto is_gone = [this](const auto& entry) { return !knows(entry.first); };
  std::erase_if(changes_, [this](const Change& change) { return !knows(change.inode); });
  std::erase_if(followed_, [this](Inode inode) { return !knows(inode); });
  std::erase_if(images_, is_gone);
  std::erase_if(pins_, is_gone);
}

Bytes Media::content_of(const std::string& name) const {
  const std::string path = folder_ + "/" + name;
  Bytes content(static_cast<std::size_t>(std::filesystem::file_size(path)));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return content;
}

void Media::follow(Inode inode) {
  followed_.insert(inode);
}

bool Media::knows(Inode inode) const {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const auto& entry) { return entry.second == inode; });
}

void Media::write(Inode inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  changes_.push_back({inode, offset, Bytes(bytes.begin(), bytes.end()), Change::Kind::kWrite});
}

void Media::truncate(Inode inode, std::uint64_t size) {
  changes_.push_back({inode, size, {}, Change::Kind::kTruncation});
}

void Media::sync(Inode inode) {
  if (!follows(inode)) {
    for (const auto& [name, of] : names_) {
      if (of == inode) images_[inode] = content_of(name);
    }
  }
  for (const Change& change : changes_) {
    if (change.inode == inode) apply(change, images_[inode]);
  }
  std::erase_if(changes_, [&](const Change& change) { return change.inode == inode; });
}

void Media::sync_failed(Inode inode, sim::Random& random) {
  for (const Change& change : changes_) {
    if (change.inode == inode && random.below(2) == 0) apply(change, images_[inode]);
  }
  std::erase_if(changes_, [&](const Change& change) { return change.inode == inode; });
}

void Media::look() {
  Names now = visible();
  std::vector<NameChange> gone;
  std::vector<NameChange> added;
  for (const auto& [name, inode] : names_) {
    const auto found = now.find(name);
    if (found == now.end() || found->second != inode) gone.push_back({name, "", inode});
  }
  for (const auto& [name, inode] : now) {
    const auto found = names_.find(name);
    if (found != names_.end() && found->second == inode) continue;
    const auto origin = std::find_if(
        gone.begin(), gone.end(), [&, &to = inode](const auto& from) { return from.inode == to; });
    added.push_back({origin == gone.end() ? "" : origin->from, name, inode});
    if (origin != gone.end()) gone.erase(origin);
  }
  // What was renamed over is gone with the renaming, not before it.
  std::erase_if(gone, [&](const NameChange& change) { return now.contains(change.from); });
  name_changes_.insert(name_changes_.end(), gone.begin(), gone.end());
  name_changes_.insert(name_changes_.end(), added.begin(), added.end());
  names_ = std::move(now);
  pin();
}

void Media::sync_folder() {
  look();
  durable_names_ = names_;
  name_changes_.clear();
  forget_gone();
}

void Media::apply(const Change& change, Bytes& image) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.kind == Change::Kind::kTruncation) return image.resize(offset);
  const std::size_t end = offset + change.bytes.size();
  if (change.kind == Change::Kind::kWrite) image.resize(std::max(image.size(), end));
  const std::size_t inside = std::min(image.size(), end);
  if (inside > offset) std::memcpy(&image[offset], change.bytes.data(), inside - offset);
}

void Media::apply(const NameChange& change, Names& names) {
  if (!change.from.empty()) names.erase(change.from);
  if (!change.to.empty()) names[change.to] = change.inode;
}

std::vector<Media::Change> Media::surviving(Remains remains, bool powersafe,
                                            sim::Random& random) const {
  if (remains == Remains::kNothing || changes_.empty()) return {};
  if (remains == Remains::kSubset) return any_sectors(random);
  if (remains == Remains::kPrefix) return first_changes(one_of(changes_.size() + 1, random));
  const std::size_t whole = one_of(changes_.size(), random);
  std::vector<Change> kept = first_changes(whole);
  const Change& torn = changes_[whole];
  if (torn.kind == Change::Kind::kTruncation) return kept;
  const std::uint64_t tear = torn.offset + random.below(torn.bytes.size() + 1);
  kept.push_back({torn.inode, torn.offset, part_of(torn.bytes, 0, tear - torn.offset)});
  if (remains == Remains::kSmear || !powersafe) {
    const std::uint64_t unit = remains == Remains::kSmear ? kEraseBlockBytes : kSectorBytes;
    kept.push_back({torn.inode, down_to(tear, unit), rubbish(unit, random), Change::Kind::kDamage});
  }
  return kept;
}

std::vector<Media::Change> Media::first_changes(std::size_t count) const {
  return {changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::vector<Media::Change> Media::any_sectors(sim::Random& random) const {
  std::vector<Change> kept;
  for (const Change& change : changes_) {
    if (change.kind == Change::Kind::kTruncation && random.below(2) == 0) kept.push_back(change);
    for (std::uint64_t from = 0; from < change.bytes.size();) {
      const std::uint64_t sector = down_to(change.offset + from, kSectorBytes);
      const std::uint64_t to =
          std::min<std::uint64_t>(sector + kSectorBytes - change.offset, change.bytes.size());
      if (random.below(2) == 0) {
        kept.push_back({change.inode, change.offset + from, part_of(change.bytes, from, to)});
      }
      from = to;
    }
  }
  return kept;
}

Files Media::after_cut(Remains remains, bool powersafe, sim::Random& random) {
  look();
  std::map<Inode, Bytes> images = images_;
  for (const Change& change : surviving(remains, powersafe, random)) {
    apply(change, images[change.inode]);
  }
  if (remains != Remains::kNothing) {
    for (const auto& [name, inode] : names_) {
      if (!follows(inode)) images[inode] = mixed(images[inode], content_of(name), random);
    }
  }
  Names names = durable_names_;
  const std::size_t changed =
      remains == Remains::kNothing ? 0 : one_of(name_changes_.size() + 1, random);
  for (std::size_t i = 0; i < changed; ++i) apply(name_changes_[i], names);
  Files files;
  for (const auto& [name, inode] : names) files[name] = images[inode];
  return files;
}

void put(const Files& files, const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::filesystem::remove(entry.path());
  }
  for (const auto& [name, content] : files) {
    std::ofstream(folder + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  }
}

void Media::become(const Files& files) {
  put(files, folder_);
  *this = Media(folder_);
}

}  // namespace sluice::storage
