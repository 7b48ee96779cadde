#pragma once
// One event <-> its form in the schema.

#include <optional>
#include <utility>

#include "chunk/wire.hpp"
#include "core/event.hpp"

namespace sluice::chunk {

// Whether the values go together: what encode_events() demands and decode_events() checks.
bool is_meaningful(const Event& event);

// Texts are cut to kEventTextMax bytes, never inside a UTF-8 character.
std::pair<wire::Body, flatbuffers::Offset<void>> append_event(
    flatbuffers::FlatBufferBuilder& builder, const Event& event);

// Nothing when the kind is unknown, a text is too long or an enumeration out of its range.
// REQUIRES: `body` has been verified as `kind`, or `kind` is unknown.
std::optional<Event> read_event(wire::Body kind, const void* body);

}  // namespace sluice::chunk
