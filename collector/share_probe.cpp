#include "collector/share_probe.hpp"

#include "core/chunk.hpp"
#include "core/log.hpp"

namespace sluice::collector {
namespace {

std::string topic_of(const std::string& self) {
  return "sluice/v1/collector/" + self + "/probe";
}

}  // namespace

ShareProbe::ShareProbe(const std::string& group, const std::string& self, uplink::Link& link)
    : topic_(group.empty() ? "" : topic_of(self)), link_(link) {}

std::string ShareProbe::subscription(const std::string& group, const std::string& self) {
  return "$share/" + group + "/" + topic_of(self);
}

void ShareProbe::link_up() {
  is_due_ = !topic_.empty();
}

void ShareProbe::link_down() {
  is_due_ = false;
  sent_.reset();
}

bool ShareProbe::heard(const uplink::Message& message) {
  if (topic_.empty() || message.topic != topic_) return false;
  sent_.reset();
  is_missing_ = false;
  return true;
}

void ShareProbe::step(Instant now) {
  if (is_due_ && link_.publish(topic_, Bytes(), uplink::Retain::kNo)) {
    is_due_ = false;
    sent_ = now;
  }
  if (!sent_ || now - *sent_ < kPatience) return;
  sent_.reset();
  is_missing_ = true;
  log(LogLevel::kError,
      "collector: the broker does not know shared subscriptions: nothing that gateways send "
      "arrives here; run a single collector, without --share, or another broker");
}

}  // namespace sluice::collector
