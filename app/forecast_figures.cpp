#include <array>

#include "app/flash_meter.hpp"
#include "app/forecast.hpp"

namespace sluice::app {
namespace {

constexpr std::array<Figure, kFigureCount> kFigures{{
    // Of the lines through 191, 570 and 4,300 bytes for 100, 1,000 and 10,000 readings of 16
    // channels.
    {"a reading in a chunk", 0.42, "B", "limits.md, Chunks: a plant of 16 channels"},
    {"a chunk in a batch, beside its readings", 9.3, "B", "limits.md, Chunks"},
    {"a batch on the wire, beside its chunks", 467.0, "B", "limits.md, Bytes sent"},
    {"a byte of backlog on the wire", 1.26, "B", "limits.md, Bytes sent: 0.48 of 0.38"},
    // Of the line through 0.82 and 1.5 bytes a reading with 625 and 100 in a chunk.
    {"a reading in the buffer, beside its bytes in the chunk", 0.27, "B", "limits.md, Storage"},
    {"a chunk in the buffer, beside its bytes", 81.0, "B", "limits.md, Storage"},
    {"a live value on the wire", 119.0, "B", "limits.md, Nothing to send"},
    {"a keep-alive on the wire", 232.0, "B", "limits.md, Nothing to send"},
    {"a step of an alert: record, batch and live message", 750.0, "B",
     "docs/plan.md, the encoders' own sizes"},
    {"wear of a byte that reaches the card", kWriteAmplification, "",
     "app/flash_meter.hpp: assumed, on the careful side"},
}};

}  // namespace

const Figure& figure(FigureOf which) {
  return kFigures[static_cast<std::size_t>(which)];
}

}  // namespace sluice::app
