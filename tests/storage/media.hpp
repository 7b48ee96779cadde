#pragma once
// What is on the card, as opposed to what the kernel shows: a folder's files with only those writes
// that were synced, and what a power cut makes of the others.
//
// The files themselves hold what is visible. Here is what is durable of them, and the changes
// since, oldest first. A name is durable once its folder was synced. Files are told apart by inode
// number, so that renaming takes their content along; one that is gone keeps its number until no
// power cut can bring it back.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "tests/sim/random.hpp"

namespace sluice::storage {

// What reaches the card of that which was not synced.
enum class Remains : std::uint8_t {
  kNothing,
  kPrefix,  // all up to some change
  kSubset,  // any sectors, of any change
  kTorn,    // a prefix, and a part of the change after it
  kSmear,   // the same, and the erase block around the tear is rubbish
};

using Inode = std::uint64_t;
using Files = std::map<std::string, Bytes>;  // by name

// Replaces all that is in `folder`.
void put(const Files& files, const std::string& folder);

class Media {
 public:
  // All that is in `folder` is durable. `folder` has no folders inside.
  explicit Media(std::string folder);

  // A file whose writes are told from now on. Of others only syncs are known: a power cut leaves
  // what was synced, what was there, or a mixture.
  void follow(Inode inode);
  bool knows(Inode inode) const;
  bool follows(Inode inode) const { return followed_.contains(inode); }

  void write(Inode inode, std::uint64_t offset, std::span<const std::byte> bytes);
  void truncate(Inode inode, std::uint64_t size);
  void sync(Inode inode);
  // The kernel has told an error once and takes what it could not write for written: a later sync
  // succeeds and brings none of it to the card. A random part got there.
  void sync_failed(Inode inode, sim::Random& random);

  // Takes notice of files that appeared, went or were renamed.
  void look();
  void sync_folder();

  // `powersafe`: what is beside a torn write in its sector stays.
  Files after_cut(Remains remains, bool powersafe, sim::Random& random);
  // Makes it so, and durable. REQUIRES: no file of the folder is open.
  void become(const Files& files);

 private:
  struct Change {
    enum class Kind { kWrite, kTruncation, kDamage };  // kDamage: makes no file longer
    Inode inode = 0;
    std::uint64_t offset = 0;  // or the new size
    Bytes bytes;
    Kind kind = Kind::kWrite;
  };
  struct NameChange {
    std::string from;  // empty: a new file
    std::string to;    // empty: gone
    Inode inode = 0;
  };
  using Names = std::map<std::string, Inode>;
  // Keeps the kernel from giving the number of a file to another one. Takes part in no lock.
  class Pin {
   public:
    explicit Pin(const std::string& path);
    Pin(Pin&& other) noexcept;
    Pin& operator=(Pin&& other) noexcept;
    ~Pin();

   private:
    int file_;
  };

  Names visible() const;
  void pin();
  void forget_gone();
  std::vector<Change> surviving(Remains remains, bool powersafe, sim::Random& random) const;
  std::vector<Change> first_changes(std::size_t count) const;
  std::vector<Change> any_sectors(sim::Random& random) const;
  static void apply(const Change& change, Bytes& image);
  static void apply(const NameChange& change, Names& names);
  Bytes content_of(const std::string& name) const;

  std::string folder_;
  std::map<Inode, Pin> pins_;  // of all that is named below
  std::set<Inode> followed_;
  std::map<Inode, Bytes> images_;  // durable content
  std::vector<Change> changes_;
  Names names_;          // as last seen
  Names durable_names_;  // as of the last sync of the folder
  std::vector<NameChange> name_changes_;
};

}  // namespace sluice::storage
