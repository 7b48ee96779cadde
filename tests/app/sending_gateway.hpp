#pragma once
// The half of a gateway behind its loop, storage and uplink, under virtual time: readings of a
// recording are stored and go over a metered link. A step a second, and one whenever the link has
// something to say.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/crossings.hpp"
#include "app/storage_service.hpp"
#include "app/uplink_service.hpp"
#include "core/check.hpp"
#include "hal/local_time.hpp"
#include "tests/app/metered_link.hpp"
#include "tests/bench/recording.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::app {

class SendingGateway {
 public:
  // Of the hot tail while the link is up: as the gateway decides it, or always by age.
  enum class Seal : std::uint8_t { kAsDecided, kByAge };

  struct Options {
    double bytes_per_second = 12.5e6;
    std::vector<uplink::LinkProfile> profiles{};
    Seal seal = Seal::kAsDecided;
  };

  // The recording outlives it.
  SendingGateway(const bench::Recording& recording, const Options& options)
      : seal_(options.seal), left_(recording.readings), now_(recording.readings.front().time) {
    StorageService::Options stored;
    stored.store.path = folder_.path_of("sluice.db");
    stored.store.free_floor_bytes = 0;  // of the machine that tests
    stored.run.bytes.fill(1);
    stored.boot = kBootId;
    Result<StorageService> storage = StorageService::open(stored, crossings_, now_);
    CHECK(storage.ok());
    storage_ = std::make_unique<StorageService>(std::move(*storage));
    uplink::Options sent;
    sent.gateway = "gateway-7";
    sent.profiles = options.profiles;
    sent.live_every = Duration(0);
    MeteredLink::Options wire{sent.gateway};
    wire.bytes_per_second = options.bytes_per_second;
    auto link = std::make_unique<MeteredLink>(wire);
    link_ = link.get();
    uplink_ = std::make_unique<UplinkService>(
        UplinkService::Setup{sent, stored.run, *storage::Reader::open(stored.store.path),
                             *storage::Reader::open(stored.store.path), std::move(link)},
        crossings_);
    CHECK(crossings_.news.try_push(
        {RunStarted{now_, kBootId, "1", "0"}, ClockRecord{now_, kWall, Duration(0), true}}));
    declare(recording);
  }

  // Of the local day, at the beginning.
  static int first_minute() { return hal::local_minute_of_day(kWall); }

  MeteredLink& link() { return *link_; }
  MeteredLink::Count count() const { return link_->count(); }
  std::uint64_t readings_stored() const { return storage_->status().totals.stored; }
  // Of the newest reading that has arrived.
  Duration age() const { return now_ - link_->newest(); }
  std::uint64_t chunks_waiting() const { return storage_->status().totals.pending_chunks; }

  // REQUIRES: the recording is as long.
  void run(Duration length) {
    for (const Instant end = now_ + length; now_ < end;) {
      now_ += std::chrono::seconds(1);
      feed();
      step_storage(now_);
      step_uplink(now_);
      for (Instant next = link_->next(); next < now_ + std::chrono::seconds(1);
           next = link_->next()) {
        step_uplink(std::max(next, now_));
      }
    }
  }

 private:
  static constexpr const char* kBootId = "01234567-89ab-cdef-0123-456789abcdef";
  static constexpr WallTime kWall{std::chrono::seconds(1'790'000'000)};

  // As the loop's plan declares its channels to storage.
  void declare(const bench::Recording& recording) {
    std::vector<Event> events;
    for (const bench::DeclaredChannel& channel : recording.channels) {
      ChannelDeclared declared;
      declared.time = now_;
      declared.channel = static_cast<ChannelId>(events.size());
      declared.name = channel.name;
      if (channel.scale) declared.calibration = {*channel.scale, channel.offset};
      events.emplace_back(declared);
    }
    CHECK(crossings_.notes.try_push(events));
  }
  void feed() {
    CHECK(left_.back().time >= now_);
    for (; left_.front().time < now_; left_ = left_.subspan(1)) {
      CHECK(crossings_.readings.try_push(left_.front()));
    }
  }
  void step_storage(Instant now) {
    if (seal_ == Seal::kByAge) {
      uplink::Snapshot link = crossings_.uplink.read();
      link.policy.takes_raw = true;
      link.delivery.raw_handed_over = std::numeric_limits<std::uint64_t>::max();
      crossings_.uplink.publish(link);
    }
    storage_->step(now);
    CHECK(storage_->status().commit_failures == 0);
  }
  void step_uplink(Instant now) {
    uplink_->step(now);
    if (crossings_.acks.size() > 0) step_storage(now);
  }

  const Seal seal_;
  const TemporaryFolder folder_;
  std::span<const Reading> left_;
  Instant now_;
  Crossings crossings_{1U << 12U};
  std::unique_ptr<StorageService> storage_;
  MeteredLink* link_ = nullptr;  // the service owns it
  std::unique_ptr<UplinkService> uplink_;
};

}  // namespace sluice::app
