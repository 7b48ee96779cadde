#include "uplink/lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

Error no_address(const std::string& host, int failure) {
  return {
      ErrorCode::kNotFound,
      "no address for " + host + (failure == 0 ? "" : std::string(": ") + gai_strerror(failure))};
}

std::vector<std::string> by_turns(const addrinfo* list) {
  std::deque<std::string> v6;
  std::deque<std::string> v4;
  bool v6_first = list != nullptr && list->ai_family == AF_INET6;  // the system's own preference
  for (; list != nullptr; list = list->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(list->ai_addr, list->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0) {
      continue;
    }
    std::deque<std::string>& family = list->ai_family == AF_INET6 ? v6 : v4;
    if (std::ranges::find(family, text.data()) == family.end()) family.emplace_back(text.data());
  }
  std::vector<std::string> addresses;
  for (bool take_v6 = v6_first; addresses.size() < Lookup::kAddressesMax; take_v6 = !take_v6) {
    if (v6.empty() && v4.empty()) break;
    std::deque<std::string>& family = (take_v6 && !v6.empty()) || v4.empty() ? v6 : v4;
    addresses.push_back(std::move(family.front()));
    family.pop_front();
  }
  return addresses;
}

}  // namespace

struct Lookup::Question {
  Question() = default;
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;
  ~Question() {
    if (call.ar_result != nullptr) ::freeaddrinfo(call.ar_result);
  }
  // 0, EAI_INPROGRESS, or what went wrong.
  int state() { return asked ? ::gai_error(&call) : failure; }

  std::string host;
  addrinfo hints{};
  gaicb call{};
  bool asked = false;  // the resolver knows of it
  int failure = 0;     // otherwise
};

Lookup::Lookup(std::string host) : host_(std::move(host)) {}
Lookup::Lookup(Lookup&&) noexcept = default;
Lookup& Lookup::operator=(Lookup&&) noexcept = default;

Lookup::~Lookup() {
  if (!question_ || question_->state() != EAI_INPROGRESS) return;
  // One that is being worked on cannot be taken back: its memory is the resolver's until it is
  // done. One object at most, and then the process is about to end.
  if (::gai_cancel(&question_->call) == EAI_NOTCANCELED) static_cast<void>(question_.release());
}

void Lookup::start() {
  if (question_ && question_->state() == EAI_INPROGRESS) return;
  question_ = std::make_unique<Question>();
  question_->host = host_;
  question_->hints.ai_family = AF_UNSPEC;
  question_->hints.ai_socktype = SOCK_STREAM;
  // An address needs nobody to be asked.
  question_->hints.ai_flags = AI_NUMERICHOST;
  if (::getaddrinfo(host_.c_str(), nullptr, &question_->hints, &question_->call.ar_result) == 0) {
    return;
  }
  question_->hints.ai_flags = 0;
  question_->call.ar_name = question_->host.c_str();
  question_->call.ar_request = &question_->hints;
  gaicb* list[] = {&question_->call};
  question_->failure = ::getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr);
  question_->asked = question_->failure == 0;
}

std::optional<Result<std::vector<std::string>>> Lookup::poll() {
  CHECK(question_ != nullptr);
  const int state = question_->state();
  if (state == EAI_INPROGRESS) return std::nullopt;
  if (state != 0) return no_address(host_, state);
  std::vector<std::string> addresses = by_turns(question_->call.ar_result);
  if (addresses.empty()) return no_address(host_, 0);
  return addresses;
}

}  // namespace sluice::uplink
