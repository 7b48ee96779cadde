#pragma once
// A line or host of Modbus devices, shared by the channels that are read over it. What is due
// together is read together: a request brings in a block of registers, which serves every channel
// that has some of them and asks within half a period. A failure serves the others, too, so that a
// unit that does not answer costs its line one timeout and not one for each channel.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/buses/modbus_blocks.hpp"
#include "hal/buses/modbus_client.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal::modbus {

// Who asks, and how.
struct Asker {
  const void* who = nullptr;  // only compared
  Duration period{};
  Duration timeout{};  // of one request
};

class Bus final : public SharedBus {
 public:
  explicit Bus(std::unique_ptr<Client> client) : client_(std::move(client)) {}

  // That `stretch` is wanted. Called for all of them with one and the same `now`; those that are
  // left out are forgotten.
  void want(const Stretch& stretch, Instant now);
  // Its words. As Client::read(). REQUIRES: want() before.
  Result<std::vector<std::uint16_t>> read(const Stretch& stretch, const Asker& asker, Instant now);

 private:
  struct Kept {
    Block block;
    std::optional<Result<std::vector<std::uint16_t>>> outcome{};  // of the last request
    Instant back{};
    const void* asked_by = nullptr;
  };
  void plan();
  Kept& block_with(const Stretch& stretch);
  static bool serves(const Kept& kept, const Asker& asker, Instant now);
  void keep(Kept& asked, const Answer& answer, const Asker& asker, Instant back);

  const std::unique_ptr<Client> client_;
  std::vector<Stretch> wanted_;      // what the blocks are of, sorted
  std::vector<Stretch> now_wanted_;  // in the newest round of want()
  Instant round_;
  bool planned_ = false;
  std::vector<Kept> blocks_;  // cut where a device refuses one as a whole, until others are wanted
};

}  // namespace sluice::hal::modbus
