#include "app/checkpoint.hpp"

#include <algorithm>
#include <cstring>

#include "core/checksum.hpp"

namespace sluice::app {
namespace {

// Most bytes of one state: what a damaged length may ask for.
constexpr std::size_t kStateBytesMax = 64 * 1024;
constexpr std::size_t kRunMax = 0xFFFF;
// A shorter run costs more than it saves.
constexpr std::size_t kZerosMin = 5;

void put(std::uint64_t number, int bytes, Bytes& into) {
  for (int i = 0; i < bytes; ++i, number >>= 8) into.push_back(static_cast<std::byte>(number));
}

// Little-endian numbers and texts; all that follows a short one is empty, and ok() false.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }
  std::span<const std::byte> take(std::size_t count) {
    if (rest_.size() < count) ok_ = false;
    if (!ok_) return {};
    const std::span<const std::byte> taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    const std::span<const std::byte> taken = take(bytes);
    for (std::size_t i = taken.size(); i > 0; --i) {
      value = (value << 8) | std::to_integer<std::uint64_t>(taken[i - 1]);
    }
    return value;
  }
  std::string text() {
    const std::span<const std::byte> taken = take(static_cast<std::size_t>(number(1)));
    std::string text;
    for (const std::byte one : taken) text += static_cast<char>(one);
    return text;
  }

 private:
  std::span<const std::byte> rest_;
  bool ok_ = true;
};

void put_text(std::string_view text, Bytes& into) {
  const std::string_view cut = text.substr(0, 0xFF);
  put(cut.size(), 1, into);
  for (const char c : cut) into.push_back(static_cast<std::byte>(c));
}

std::size_t zeros_at(std::span<const std::byte> bytes, std::size_t at) {
  std::size_t end = at;
  while (end < bytes.size() && end - at < kRunMax && bytes[end] == std::byte{0}) ++end;
  return end - at;
}

}  // namespace

// Again and again: two bytes of how many others, these, and two bytes of how many zeros.
void pack_zeros(std::span<const std::byte> bytes, Bytes& into) {
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = at;
    while (end < bytes.size() && end - at < kRunMax && zeros_at(bytes, end) < kZerosMin) ++end;
    const std::size_t zeros = zeros_at(bytes, end);
    put(end - at, 2, into);
    into.insert(into.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                bytes.begin() + static_cast<std::ptrdiff_t>(end));
    put(zeros, 2, into);
    at = end + zeros;
  }
}

bool unpack_zeros(std::span<const std::byte> bytes, std::size_t size, Bytes& into) {
  Cursor cursor(bytes);
  while (!cursor.done() && cursor.ok()) {
    const std::span<const std::byte> others =
        cursor.take(static_cast<std::size_t>(cursor.number(2)));
    into.insert(into.end(), others.begin(), others.end());
    into.resize(into.size() + static_cast<std::size_t>(cursor.number(2)));
    if (into.size() > size) return false;
  }
  return cursor.ok() && into.size() == size;
}

Bytes pack(const StateCopy& copy, std::string_view version, const StateNames& names) {
  Bytes packed;
  put_text(version, packed);
  std::span<const std::byte> rest = std::span(copy.bytes).first(copy.used);
  while (rest.size() >= sizeof(StateHead)) {
    StateHead head;
    std::memcpy(&head, rest.data(), sizeof(head));
    rest = rest.subspan(sizeof(head));
    const std::span<const std::byte> state =
        rest.first(std::min<std::size_t>(head.bytes, rest.size()));
    rest = rest.subspan(state.size());
    const std::optional<std::string> name = names(head.kind, head.number);
    if (!name) continue;
    Bytes zeroless;
    pack_zeros(state, zeroless);
    put(static_cast<std::uint8_t>(head.kind), 1, packed);
    put_text(*name, packed);
    put(head.fingerprint, 8, packed);
    put(state.size(), 4, packed);
    put(zeroless.size(), 4, packed);
    packed.insert(packed.end(), zeroless.begin(), zeroless.end());
  }
  put(crc32(packed), 4, packed);
  return packed;
}

SavedState unpack(std::span<const std::byte> bytes, std::string_view version) {
  constexpr std::size_t kSumBytes = 4;
  if (bytes.size() < kSumBytes) return {};
  const std::span<const std::byte> content = bytes.first(bytes.size() - kSumBytes);
  if (Cursor(bytes.last(kSumBytes)).number(kSumBytes) != crc32(content)) return {};
  Cursor cursor(content);
  if (cursor.text() != version) return {};
  SavedState saved;
  while (!cursor.done() && cursor.ok()) {
    const auto kind = static_cast<StateKind>(cursor.number(1));
    std::string name = cursor.text();
    SavedState::State state;
    state.fingerprint = cursor.number(8);
    const auto size = static_cast<std::size_t>(cursor.number(4));
    const std::span<const std::byte> zeroless =
        cursor.take(static_cast<std::size_t>(cursor.number(4)));
    if (!cursor.ok() || size > kStateBytesMax) break;
    if (!unpack_zeros(zeroless, size, state.bytes)) continue;
    saved.states.insert_or_assign({kind, std::move(name)}, std::move(state));
  }
  return saved;
}

std::span<const std::byte> SavedState::find(StateKind kind, const std::string& name,
                                            std::uint64_t fingerprint, std::size_t size) const {
  const auto found = states.find({kind, name});
  if (found == states.end()) return {};
  const State& state = found->second;
  if (state.fingerprint != fingerprint || state.bytes.size() != size) return {};
  return state.bytes;
}

}  // namespace sluice::app
