#include "hal/buses/modbus_master.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include <modbus.h>

#include "hal/small_file.hpp"

namespace sluice::hal::modbus {
namespace {

// Start bit, eight bits, parity and stop bits ("MODBUS over Serial Line V1.02", chapter 2.5.1).
constexpr int kBitsOfByte = 11;
// A request has 8 bytes and an answer at most 256 (chapter 2.5.1).
constexpr int kBytesOfExchange = 8 + 256;
// Silence between two frames: 3.5 bytes' time, and above 19,200 baud 1.75 ms (chapter 2.5.1.1).
constexpr Duration kSilenceMin = std::chrono::microseconds(1'750);

Duration time_of(int bytes, int baud) {
  return Duration(std::chrono::seconds(1)) * bytes * kBitsOfByte / baud;
}

Duration silence_on(const Line& line) {
  return std::max(kSilenceMin, time_of(7, line.baud) / 2);
}

std::pair<std::uint32_t, std::uint32_t> split(Duration duration) {
  const auto micros = std::chrono::ceil<std::chrono::microseconds>(duration).count();
  return {static_cast<std::uint32_t>(micros / 1'000'000),
          static_cast<std::uint32_t>(micros % 1'000'000)};
}

std::string number_in_words(Table table) {
  constexpr std::array<const char*, 4> kWords{"coil", "discrete input", "holding register",
                                              "input register"};
  return kWords[static_cast<std::size_t>(table)];
}

std::string in_words(const Stretch& stretch) {
  std::string text = "unit " + std::to_string(stretch.unit) + ", " +
                     number_in_words(stretch.table) + " " + std::to_string(stretch.first);
  if (stretch.count > 1) text += " to " + std::to_string(stretch.end() - 1);
  return text;
}

// Of a failure that leaves the line open: a frame that was damaged, or another's.
bool is_bad_frame(int number) {
  return number == EMBBADCRC || number == EMBBADDATA || number == EMBBADEXC ||
         number == EMBUNKEXC || number == EMBMDATA || number == EMBBADSLAVE;
}

// Chapter 7 of the application protocol, by the library's numbers.
std::optional<Answer> exception(int number, const std::string& what) {
  const auto answer = [&](ErrorCode code, const char* says, Reach reach = Reach::kBlock) {
    return Answer{.words = Error{code, what + ": " + says}, .reach = reach};
  };
  switch (number) {
    case EMBXILFUN:
      return answer(ErrorCode::kRefused, "the unit has no such table (exception 1)");
    case EMBXILADD: {
      Answer none = answer(ErrorCode::kRefused, "the unit has no such address (exception 2)");
      none.no_such = true;
      return none;
    }
    case EMBXILVAL: {
      Answer none = answer(ErrorCode::kRefused, "the unit refuses the request (exception 3)");
      none.no_such = true;
      return none;
    }
    case EMBXSFAIL:
      return answer(ErrorCode::kUnavailable, "the unit has failed (exception 4)");
    case EMBXACK:
      return answer(ErrorCode::kUnavailable, "the unit needs longer (exception 5)");
    case EMBXSBUSY:
      return answer(ErrorCode::kUnavailable, "the unit is busy (exception 6)");
    case EMBXNACK:
      return answer(ErrorCode::kUnavailable, "the unit cannot do that (exception 7)");
    case EMBXMEMPAR:
      return answer(ErrorCode::kUnreadable, "the unit's memory is damaged (exception 8)");
    case MODBUS_ENOBASE + MODBUS_EXCEPTION_NOT_DEFINED:
      return answer(ErrorCode::kUnavailable, "the unit says exception 9, which has no meaning");
    case EMBXGPATH:
      return answer(ErrorCode::kUnavailable, "the Modbus gateway has no way to it (exception 10)",
                    Reach::kUnit);
    case EMBXGTAR:
      return answer(ErrorCode::kTimeout, "the Modbus gateway gets no answer (exception 11)",
                    Reach::kUnit);
    default:
      return std::nullopt;
  }
}

// The context of a way, not connected; null only without memory.
struct New {
  modbus_t* operator()(const Line& line) const {
    return modbus_new_rtu(line.device.c_str(), line.baud, line.parity, 8, line.stop_bits);
  }
  modbus_t* operator()(const Host& host) const {
    return modbus_new_tcp_pi(host.name.c_str(), std::to_string(host.port).c_str());
  }
};

}  // namespace

Duration time_on(const Way& way) {
  const Line* const line = std::get_if<Line>(&way);
  return line == nullptr ? Duration{} : time_of(kBytesOfExchange, line->baud);
}

void Master::Free::operator()(_modbus* context) const {
  modbus_close(context);
  modbus_free(context);
}

std::string Master::name() const {
  if (const Line* const line = std::get_if<Line>(&way_)) return line->device;
  const Host& host = std::get<Host>(way_);
  return host.name + ":" + std::to_string(host.port);
}

Result<> Master::connect(Duration timeout) {
  if (context_ == nullptr) context_.reset(std::visit(New{}, way_));
  if (context_ == nullptr) return Error{ErrorCode::kUnavailable, name() + ": no memory"};
  const auto [seconds, micros] = split(timeout);
  // Also for the connection itself; the name is looked up for as long as the resolver takes.
  modbus_set_response_timeout(context_.get(), seconds, micros);
  // The whole answer has that time, however its bytes are spread.
  modbus_set_byte_timeout(context_.get(), 0, 0);
  connected_ = modbus_connect(context_.get()) == 0;
  if (connected_) return Ok{};
  const int number = errno;
  modbus_close(context_.get());
  Error error = system_error(name(), number);
  if (is_line() && number == EACCES) {
    error.message += "; the gateway's user belongs into the group dialout";
  }
  if (!is_line()) {
    error.code = number == ETIMEDOUT ? ErrorCode::kTimeout : ErrorCode::kUnavailable;
    // The library says so of a name without an address.
    if (number == ECONNREFUSED) error.message = name() + " has no address or refuses to connect";
  }
  return error;
}

void Master::disconnect() {
  modbus_close(context_.get());
  connected_ = false;
}

void Master::let_pass(const Stretch& stretch, Duration timeout) {
  const Line* const line = std::get_if<Line>(&way_);
  if (line == nullptr) return;
  const auto late = late_.find(stretch.unit);
  if (late != late_.end() && late->second.asked != stretch) {
    // Not longer than a request would take, however long the one before was.
    const Steady::time_point most = Steady::now() + timeout + time_on(way_);
    std::this_thread::sleep_until(std::min(late->second.until, most));
    late_.erase(late);
  }
  std::this_thread::sleep_for(silence_on(*line));
  modbus_flush(context_.get());
}

std::optional<std::vector<std::uint16_t>> Master::exchange(const Stretch& stretch,
                                                           Duration timeout) {
  let_pass(stretch, timeout);
  const auto [seconds, micros] = split(timeout + time_on(way_));
  modbus_t* const context = context_.get();
  modbus_set_response_timeout(context, seconds, micros);
  if (modbus_set_slave(context, stretch.unit) != 0) return std::nullopt;
  std::vector<std::uint16_t> words(stretch.count);
  std::vector<std::uint8_t> bits(is_bits(stretch.table) ? stretch.count : 0);
  int count = -1;
  switch (stretch.table) {
    case Table::kCoil:
      count = modbus_read_bits(context, stretch.first, stretch.count, bits.data());
      break;
    case Table::kDiscrete:
      count = modbus_read_input_bits(context, stretch.first, stretch.count, bits.data());
      break;
    case Table::kHolding:
      count = modbus_read_registers(context, stretch.first, stretch.count, words.data());
      break;
    case Table::kInput:
      count = modbus_read_input_registers(context, stretch.first, stretch.count, words.data());
      break;
  }
  if (count != stretch.count) {
    if (count >= 0) errno = EMBBADDATA;
    return std::nullopt;
  }
  std::copy(bits.begin(), bits.end(), words.begin());
  return words;
}

Answer Master::failure(const Stretch& stretch, int number, Duration timeout) {
  const std::string what = name() + ": " + in_words(stretch);
  if (const auto said = exception(number, what)) return *said;
  if (is_line() && (number == ETIMEDOUT || is_bad_frame(number))) {
    // Its own answer may come yet, also behind a frame that was another's.
    late_[stretch.unit] = {stretch, Steady::now() + timeout + time_on(way_)};
  } else {
    // Whatever else came on a connection would be of an unknown request.
    disconnect();
  }
  if (number == ETIMEDOUT) {
    return {.words = Error{ErrorCode::kTimeout, what + ": no answer"}, .reach = Reach::kUnit};
  }
  if (is_bad_frame(number)) {
    return {.words = Error{ErrorCode::kCorrupt,
                           what + ": what came is no answer to it: " + modbus_strerror(number)}};
  }
  Error error = system_error(what, number);
  error.code = ErrorCode::kUnavailable;
  if (number == ECONNRESET) error.message = name() + ": the other end has closed";
  return {.words = error, .reach = Reach::kLine};
}

Answer Master::ask(const Stretch& stretch, Duration timeout) {
  const bool was_connected = connected_;
  if (!was_connected) {
    if (const Result<> done = connect(timeout); !done) {
      return {.words = done.error(), .reach = Reach::kLine};
    }
  }
  if (auto words = exchange(stretch, timeout)) return {.words = *std::move(words)};
  Answer answer = failure(stretch, errno, timeout);
  // A server that ends silent connections is no failure: one of an earlier read is made anew.
  if (!was_connected || is_line() || answer.reach != Reach::kLine) return answer;
  if (const Result<> done = connect(timeout); !done) {
    return {.words = done.error(), .reach = Reach::kLine};
  }
  if (auto words = exchange(stretch, timeout)) return {.words = *std::move(words)};
  return failure(stretch, errno, timeout);
}

Answer Master::read(const Stretch& stretch, Duration timeout) {
  const Steady::time_point began = Steady::now();
  Answer answer = ask(stretch, timeout);
  answer.took = Steady::now() - began;
  return answer;
}

}  // namespace sluice::hal::modbus
