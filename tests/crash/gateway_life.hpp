#pragma once
// The storing half of a gateway on a faulty disk, and a collector that takes what it gets: all that
// was produced, all that was promised to be durable, and whether it is there or declared missing.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/crossings.hpp"
#include "app/storage_service.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/interval_set.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::crash {

enum class Honesty : std::uint8_t {
  kHonest,  // what the disk says is synced is there
  kLying,   // not so: what was promised may be missing, but must not be missing unseen
};

class GatewayLife {
 public:
  // `crossings` are empty. They outlive it, for they are large, and many lives are lived.
  GatewayLife(const std::string& folder, app::Crossings& crossings, Honesty honesty)
      : folder_(folder), crossings_(crossings), honesty_(honesty) {}

  // A start, as a run of its own.
  Result<> start();
  // A second of readings, and an alert now and then.
  void live_a_second();
  Result<> say_goodbye();
  // The process dies.
  void stop();
  // The collector gets what is pending, and acknowledges it.
  void deliver();

  // Delivers the rest. What is wrong, if something is; the first thing only.
  std::optional<std::string> violation();

  const app::StorageStatus& status() const { return status_; }
  bool is_healing() const { return status_.failing || status_.salvaging; }
  std::uint64_t missing() const { return missing_; }  // promised, not there, and declared

 private:
  struct Run {
    RunId id;
    Instant start;
    bool began = false;    // the start returned with success
    bool leaving = false;  // the goodbye was said: if it has failed, it may be durable all the same
    bool ended = false;    // it returned with success
    std::uint64_t produced = 0;
    std::uint64_t promised = 0;                  // the first so many readings are durable
    std::map<std::uint64_t, ChunkKey> readings;  // received, by number
    std::set<Instant> alerts_promised;
    std::set<Instant> alerts;  // received
  };

  Instant stamp(const Run& run, std::uint64_t number) const;
  void take_promises();
  void receive(const Chunk& chunk);
  void receive_readings(const Chunk& chunk, Run& run);
  void receive_events(const Chunk& chunk, Run& run);
  void check(const Run& run);
  void check_gaps(const Run& run);
  bool is_declared(const Run& run, std::uint64_t number) const;
  void complain(std::string what);

  std::string folder_;
  app::Crossings& crossings_;
  Honesty honesty_;
  Instant now_{std::chrono::hours(1)};
  std::map<RunId, Run> runs_;
  Run* run_ = nullptr;  // the current one
  std::unique_ptr<app::StorageService> service_;
  app::StorageStatus status_;
  std::map<ChunkKey, std::uint32_t> received_;  // checksums
  std::map<std::pair<RunId, Stream>, IntervalSet> held_;
  std::vector<Gap> gaps_;
  std::uint64_t missing_ = 0;
  std::optional<std::string> complaint_;
};

}  // namespace sluice::crash
