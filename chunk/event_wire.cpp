#include "chunk/event_wire.hpp"

#include <string>
#include <string_view>
#include <variant>

#include "chunk/events.hpp"

namespace sluice::chunk {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using Body = std::pair<wire::Body, flatbuffers::Offset<void>>;

std::string_view cut(std::string_view text) {
  if (text.size() <= kEventTextMax) return text;
  std::size_t size = kEventTextMax;
  // Bytes of the form 10xxxxxx continue a character, of which there are three at most.
  const auto continues = [&](std::size_t i) {
    return (static_cast<unsigned>(text[i]) & 0xC0U) == 0x80U;
  };
  while (size > kEventTextMax - 3 && continues(size)) --size;
  return text.substr(0, size);
}

flatbuffers::Offset<flatbuffers::String> append_text(Builder& builder, std::string_view text) {
  const std::string_view kept = cut(text);
  return builder.CreateString(kept.data(), kept.size());
}

// A null text is longer than allowed: verified tables have none.
bool fits(const flatbuffers::String* text) {
  return text->size() <= kEventTextMax;
}
std::string read_text(const flatbuffers::String* text) {
  return text->str();
}

template <typename Wire>
Body struct_body(Builder& builder, wire::Body kind, const Wire& wire) {
  return {kind, builder.CreateStruct(wire).Union()};
}

Body append(Builder& builder, const RunStarted& event) {
  const auto boot = append_text(builder, event.boot);
  const auto version = append_text(builder, event.version);
  const auto config_hash = append_text(builder, event.config_hash);
  return {wire::Body::RunStarted,
          wire::CreateRunStarted(builder, to_ns(event.time), boot, version, config_hash).Union()};
}

Body append(Builder& builder, const RunEnded& event) {
  return struct_body(builder, wire::Body::RunEnded,
                     wire::RunEnded(to_ns(event.time), event.readings));
}

Body append(Builder& builder, const ChannelDeclared& event) {
  const auto name = append_text(builder, event.name);
  const auto unit = append_text(builder, event.unit);
  const wire::Calibration calibration(event.calibration.scale, event.calibration.offset);
  const bool plain = event.calibration == Calibration{};
  return {wire::Body::ChannelDeclared,
          wire::CreateChannelDeclared(builder, to_ns(event.time), index_of(event.channel), name,
                                      unit, to_ns(event.period), plain ? nullptr : &calibration)
              .Union()};
}

Body append(Builder& builder, const AlertDeclared& event) {
  const auto name = append_text(builder, event.name);
  const auto rule = append_text(builder, event.rule);
  return {wire::Body::AlertDeclared,
          wire::CreateAlertDeclared(builder, to_ns(event.time), index_of(event.alert),
                                    index_of(event.channel), name, rule)
              .Union()};
}

Body append(Builder& builder, const ConfigApplied& event) {
  const auto config_hash = append_text(builder, event.config_hash);
  return {wire::Body::ConfigApplied,
          wire::CreateConfigApplied(builder, to_ns(event.time), config_hash).Union()};
}

Body append(Builder& builder, const AlertEvent& event) {
  return struct_body(
      builder, wire::Body::AlertStep,
      wire::AlertStep(to_ns(event.time), event.value, event.count, index_of(event.alert),
                      index_of(event.channel), static_cast<std::uint8_t>(event.change),
                      static_cast<std::uint8_t>(event.severity)));
}

Body append(Builder& builder, const ClockRecord& event) {
  return struct_body(builder, wire::Body::ClockRecord,
                     wire::ClockRecord(to_ns(event.time), to_ns(event.wall),
                                       to_ns(event.uncertainty), event.synchronised ? 1 : 0));
}

Body append(Builder& builder, const Gap& event) {
  return struct_body(
      builder, wire::Body::Gap,
      wire::Gap(to_ns(event.time), event.first_seq, event.last_seq, event.readings,
                to_ns(event.first), to_ns(event.last), to_wire(event.run), index_of(event.channel),
                static_cast<std::uint8_t>(event.stream), static_cast<std::uint8_t>(event.reason)));
}

Body append(Builder& builder, const SafeModeEntered& event) {
  const auto reason = append_text(builder, event.reason);
  return {wire::Body::SafeModeEntered,
          wire::CreateSafeModeEntered(builder, to_ns(event.time), reason).Union()};
}

Body append(Builder& builder, const DriverChanged& event) {
  const auto reason = append_text(builder, event.reason);
  return {wire::Body::DriverChanged,
          wire::CreateDriverChanged(builder, to_ns(event.time), index_of(event.channel),
                                    static_cast<std::uint8_t>(event.state), reason)
              .Union()};
}

std::optional<Event> read(const wire::RunStarted& wire) {
  if (!fits(wire.boot()) || !fits(wire.version()) || !fits(wire.config_hash())) return std::nullopt;
  return RunStarted{instant_from_ns(wire.time_ns()), read_text(wire.boot()),
                    read_text(wire.version()), read_text(wire.config_hash())};
}

std::optional<Event> read(const wire::RunEnded& wire) {
  return RunEnded{instant_from_ns(wire.time_ns()), wire.readings()};
}

std::optional<Event> read(const wire::ChannelDeclared& wire) {
  if (!fits(wire.name()) || !fits(wire.unit())) return std::nullopt;
  Calibration calibration;
  if (const wire::Calibration* const given = wire.calibration()) {
    calibration = {given->scale(), given->offset()};
  }
  return ChannelDeclared{instant_from_ns(wire.time_ns()), static_cast<ChannelId>(wire.channel()),
                         read_text(wire.name()),          read_text(wire.unit()),
                         Duration(wire.period_ns()),      calibration};
}

std::optional<Event> read(const wire::AlertDeclared& wire) {
  if (!fits(wire.name()) || !fits(wire.rule())) return std::nullopt;
  return AlertDeclared{instant_from_ns(wire.time_ns()), static_cast<AlertId>(wire.alert()),
                       static_cast<ChannelId>(wire.channel()), read_text(wire.name()),
                       read_text(wire.rule())};
}

std::optional<Event> read(const wire::ConfigApplied& wire) {
  if (!fits(wire.config_hash())) return std::nullopt;
  return ConfigApplied{instant_from_ns(wire.time_ns()), read_text(wire.config_hash())};
}

std::optional<Event> read(const wire::AlertStep& wire) {
  if (wire.change() >= kAlertChangeCount || wire.severity() >= kSeverityCount) return std::nullopt;
  return AlertEvent{instant_from_ns(wire.time_ns()),
                    wire.value(),
                    wire.count(),
                    static_cast<AlertId>(wire.alert()),
                    static_cast<ChannelId>(wire.channel()),
                    static_cast<AlertChange>(wire.change()),
                    static_cast<Severity>(wire.severity())};
}

std::optional<Event> read(const wire::ClockRecord& wire) {
  if (wire.synchronised() > 1) return std::nullopt;
  return ClockRecord{instant_from_ns(wire.time_ns()), wall_time_from_ns(wire.wall_ns()),
                     Duration(wire.uncertainty_ns()), wire.synchronised() == 1};
}

std::optional<Event> read(const wire::SafeModeEntered& wire) {
  if (!fits(wire.why())) return std::nullopt;
  return SafeModeEntered{instant_from_ns(wire.time_ns()), read_text(wire.why())};
}

std::optional<Event> read(const wire::Gap& wire) {
  if (wire.stream() >= kStreamCount || wire.reason() >= kGapReasonCount) return std::nullopt;
  return Gap{instant_from_ns(wire.time_ns()),
             from_wire(wire.run()),
             static_cast<Stream>(wire.stream()),
             static_cast<GapReason>(wire.reason()),
             static_cast<ChannelId>(wire.channel()),
             wire.first_seq(),
             wire.last_seq(),
             wire.readings(),
             instant_from_ns(wire.first_ns()),
             instant_from_ns(wire.last_ns())};
}

std::optional<Event> read(const wire::DriverChanged& wire) {
  if (wire.state() >= kDriverStateCount || !fits(wire.reason())) return std::nullopt;
  return DriverChanged{instant_from_ns(wire.time_ns()), static_cast<ChannelId>(wire.channel()),
                       static_cast<DriverState>(wire.state()), read_text(wire.reason())};
}

template <typename Wire>
std::optional<Event> read_as(const void* body) {
  return read(*static_cast<const Wire*>(body));
}

}  // namespace

bool is_meaningful(const Event& event) {
  if (const auto* const gap = std::get_if<Gap>(&event)) {
    const bool keyed = gap->first_seq >= 1;
    return gap->first_seq <= gap->last_seq && (keyed || gap->last_seq == 0) &&
           gap->first <= gap->last;
  }
  if (const auto* const clock = std::get_if<ClockRecord>(&event)) {
    return clock->uncertainty >= Duration::zero();
  }
  if (const auto* const channel = std::get_if<ChannelDeclared>(&event)) {
    return channel->period >= Duration::zero();
  }
  return true;
}

Body append_event(Builder& builder, const Event& event) {
  return std::visit([&](const auto& alternative) { return append(builder, alternative); }, event);
}

std::optional<Event> read_event(wire::Body kind, const void* body) {
  switch (kind) {
    case wire::Body::RunStarted:
      return read_as<wire::RunStarted>(body);
    case wire::Body::RunEnded:
      return read_as<wire::RunEnded>(body);
    case wire::Body::ChannelDeclared:
      return read_as<wire::ChannelDeclared>(body);
    case wire::Body::AlertDeclared:
      return read_as<wire::AlertDeclared>(body);
    case wire::Body::ConfigApplied:
      return read_as<wire::ConfigApplied>(body);
    case wire::Body::AlertStep:
      return read_as<wire::AlertStep>(body);
    case wire::Body::ClockRecord:
      return read_as<wire::ClockRecord>(body);
    case wire::Body::Gap:
      return read_as<wire::Gap>(body);
    case wire::Body::SafeModeEntered:
      return read_as<wire::SafeModeEntered>(body);
    case wire::Body::DriverChanged:
      return read_as<wire::DriverChanged>(body);
    case wire::Body::NONE:
      break;
  }
  return std::nullopt;
}

}  // namespace sluice::chunk
