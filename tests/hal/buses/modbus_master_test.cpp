#include "hal/buses/modbus_master.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/hal/buses/modbus_slave.hpp"
#include "tests/hal/buses/pty.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using namespace sluice::hal::modbus;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Long where an answer comes, however busy the machine is; short where none does.
constexpr Duration kPatient = seconds(10);
constexpr Duration kShort = milliseconds(100);

Stretch holding(std::uint16_t first, std::uint16_t count = 1, std::uint8_t unit = 5) {
  return {.unit = unit, .table = Table::kHolding, .first = first, .count = count};
}

// The registers that a request names, each with its own address in it, without unit and checksum.
Bytes right_answer(const Bytes& pdu) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(pdu[i]); };
  const int first = at(1) * 256 + at(2);
  const int count = at(3) * 256 + at(4);
  Bytes answer = bytes({at(0), 2 * count});
  for (int i = first; i < first + count; ++i) answer += bytes({i / 256, i % 256});
  return answer;
}
Bytes on_line(const Bytes& request) {
  return with_crc(request.substr(0, 1) + right_answer(request.substr(1, 5)));
}
Bytes on_tcp(const Bytes& request) {
  const Bytes answer = request.substr(6, 1) + right_answer(request.substr(7));
  return request.substr(0, 4) + bytes({0, static_cast<int>(answer.size())}) + answer;
}

}  // namespace

TEST_GROUP(ModbusLine) {
  Pty pty;
  Slave slave;
  std::unique_ptr<Master> master;

  void serve(Slave::Script script) {
    slave.serve_line(pty.end(), std::move(script));
    master = std::make_unique<Master>(Line{.device = pty.path(), .baud = 115'200, .parity = 'N'});
  }
  void teardown() override {
    master.reset();
  }
  int first_of(const Stretch& stretch, Duration timeout = kPatient) {
    const Answer answer = master->read(stretch, timeout);
    CHECK_TRUE_TEXT(answer.words.ok(),
                    answer.words.ok() ? "" : answer.words.error().message.c_str());
    CHECK_EQUAL(stretch.count, answer.words->size());
    return (*answer.words)[0];
  }
  ErrorCode failure_of(const Stretch& stretch, Duration timeout = kPatient) {
    const Answer answer = master->read(stretch, timeout);
    CHECK_FALSE(answer.words.ok());
    return answer.words.error().code;
  }
};

TEST(ModbusLine, asks_as_the_specification_says) {
  Bytes asked;
  serve([&](const Bytes& request, std::size_t) {
    asked = request;
    return with_crc(bytes({17, 3, 6, 0xAE, 0x41, 0x56, 0x52, 0x43, 0x40}));
  });
  // The example of many manuals: registers 40108 to 40110 of unit 17.
  const Answer answer = master->read(holding(107, 3, 17), kPatient);
  CHECK_TRUE(answer.words.value() == (std::vector<std::uint16_t>{0xAE41, 0x5652, 0x4340}));
  CHECK_TRUE(asked == bytes({0x11, 0x03, 0x00, 0x6B, 0x00, 0x03, 0x76, 0x87}));
}

TEST(ModbusLine, reads_all_four_tables) {
  serve([&](const Bytes& request, std::size_t) {
    const int function = request[1];
    return function <= 2 ? with_crc(bytes({5, function, 2, 0x05, 0x02}))
                         : with_crc(bytes({5, function, 2, 0, function}));
  });
  for (const Table table : {Table::kCoil, Table::kDiscrete}) {
    const Answer bits =
        master->read({.unit = 5, .table = table, .first = 0, .count = 10}, kPatient);
    CHECK_TRUE(bits.words.value() == (std::vector<std::uint16_t>{1, 0, 1, 0, 0, 0, 0, 0, 0, 1}));
  }
  CHECK_EQUAL(3, first_of(holding(0)));
  CHECK_EQUAL(4, first_of({.unit = 5, .table = Table::kInput}));
}

TEST(ModbusLine, takes_no_answer_of_another_unit) {
  serve([](const Bytes& request, std::size_t number) {
    return number == 0 ? with_crc(bytes({6, 3, 2, 9, 9})) : on_line(request);
  });
  CHECK_TRUE(failure_of(holding(7), kShort) == ErrorCode::kCorrupt);
  CHECK_EQUAL(7, first_of(holding(7)));
}

TEST(ModbusLine, takes_no_answer_with_a_wrong_checksum) {
  serve([](const Bytes& request, std::size_t number) {
    Bytes answer = on_line(request);
    // Each bit of it is wrong once.
    if (number < 8 * answer.size()) {
      answer[number / 8] = static_cast<char>(answer[number / 8] ^ (1 << (number % 8)));
    }
    return answer;
  });
  for (std::size_t i = 0; i < 8 * 7; ++i) CHECK_FALSE(master->read(holding(7), kShort).words.ok());
  CHECK_EQUAL(7, first_of(holding(7)));
}

TEST(ModbusLine, finds_its_way_after_garbage) {
  serve([](const Bytes& request, std::size_t number) {
    return number == 0 ? "\xFF\x03\x7F" + on_line(request) : on_line(request);
  });
  CHECK_FALSE(master->read(holding(7), kShort).words.ok());
  CHECK_EQUAL(8, first_of(holding(8)));
}

TEST(ModbusLine, takes_no_answer_of_another_length_or_function) {
  serve([](const Bytes& request, std::size_t number) {
    if (number == 0) return with_crc(bytes({5, 3, 4, 9, 9, 9, 9}));
    if (number == 1) return with_crc(bytes({5, 4, 2, 9, 9}));
    return on_line(request);
  });
  CHECK_FALSE(master->read(holding(7), kShort).words.ok());
  CHECK_FALSE(master->read(holding(7), kShort).words.ok());
  CHECK_EQUAL(7, first_of(holding(7)));
}

TEST(ModbusLine, says_what_each_exception_means) {
  serve([](const Bytes&, std::size_t number) {
    return with_crc(bytes({5, 0x83, static_cast<int>(number) + 1}));
  });
  const std::vector<ErrorCode> codes{
      ErrorCode::kRefused,     ErrorCode::kRefused,     ErrorCode::kRefused,
      ErrorCode::kUnavailable, ErrorCode::kUnavailable, ErrorCode::kUnavailable,
      ErrorCode::kUnavailable, ErrorCode::kUnreadable,  ErrorCode::kUnavailable,
      ErrorCode::kUnavailable, ErrorCode::kTimeout};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const Answer answer = master->read(holding(7), kPatient);
    CHECK_TRUE(answer.words.error().code == codes[i]);
    CHECK_TRUE(answer.words.error().message.find("exception " + std::to_string(i + 1)) !=
               std::string::npos);
    CHECK_EQUAL(i == 1 || i == 2, answer.no_such);
    CHECK_TRUE(answer.reach == (i >= 9 ? Reach::kUnit : Reach::kBlock));
  }
}

TEST(ModbusLine, takes_no_late_answer_for_that_of_the_next_request) {
  std::atomic<bool> given_up = false;
  std::thread late;
  serve([&](const Bytes& request, std::size_t number) {
    // The next answer comes behind the late one, whenever it was asked for.
    if (number == 1) late.join();
    if (number > 0) return on_line(request);
    late = std::thread([&, answer = on_line(request)] {
      while (!given_up) std::this_thread::yield();
      // Behind what is thrown away before the next request; or behind that, if it comes too early.
      pty.wait_for_request(milliseconds(100));
      pty.say(answer);
    });
    return Bytes();
  });
  constexpr Duration kTimeout = milliseconds(1'000);
  CHECK_TRUE(failure_of(holding(7), kTimeout) == ErrorCode::kTimeout);
  given_up = true;
  CHECK_EQUAL(300, first_of(holding(300), kTimeout));
  CHECK_EQUAL(301, first_of(holding(301)));
}

TEST(ModbusLine, a_late_answer_does_for_the_same_request_and_is_gone_before_the_next) {
  serve([&](const Bytes& request, std::size_t number) {
    if (number == 0) return Bytes();
    // The late one and its own.
    return number == 1 ? on_line(request) + on_line(request) : on_line(request);
  });
  CHECK_TRUE(failure_of(holding(7), kShort) == ErrorCode::kTimeout);
  CHECK_EQUAL(7, first_of(holding(7), seconds(1)));
  CHECK_EQUAL(8, first_of(holding(8), seconds(1)));
}

TEST(ModbusLine, gives_an_answer_up_that_trickles) {
  std::thread trickle;
  std::atomic<bool> enough = false;
  serve([&](const Bytes&, std::size_t) {
    trickle = std::thread([&] {
      while (!enough) {
        pty.say(std::string("\x05", 1));
        pty.wait_for_request(milliseconds(20));
      }
    });
    return with_crc(bytes({5, 3, 250})).substr(0, 3);
  });
  const Answer answer = master->read(holding(0, 125), kShort);
  enough = true;
  trickle.join();
  CHECK_FALSE(answer.words.ok());
  // 250 bytes would have taken 5 s.
  CHECK_TRUE(answer.took < seconds(4));
}

TEST(ModbusLine, is_found_again_after_it_was_unplugged) {
  TemporaryFolder folder;
  const std::string link = folder.path_of("usb-adapter");
  Pty second;
  CHECK_EQUAL(0, symlink(pty.path().c_str(), link.c_str()));
  master = std::make_unique<Master>(Line{.device = link, .baud = 9'600});
  {
    Slave first;
    first.serve_line(pty.end(), [](const Bytes& request, std::size_t) { return on_line(request); });
    CHECK_EQUAL(7, first_of(holding(7)));
  }
  folder.remove("usb-adapter");
  pty.unplug();
  CHECK_TRUE(failure_of(holding(7), kShort) == ErrorCode::kUnavailable);
  CHECK_TRUE(failure_of(holding(7), kShort) == ErrorCode::kNotFound);
  CHECK_EQUAL(0, symlink(second.path().c_str(), link.c_str()));
  slave.serve_line(second.end(),
                   [](const Bytes& request, std::size_t) { return on_line(request); });
  CHECK_EQUAL(7, first_of(holding(7)));
}

TEST(ModbusLine, takes_its_time_by_the_rate) {
  // A request of 8 bytes and an answer of 256, at 11 bits each.
  CHECK_TRUE(time_on(Line{.device = "", .baud = 1'100}) == milliseconds(2'640));
  CHECK_TRUE(time_on(Host{}) == Duration{});
}

TEST_GROUP(ModbusTcp) {
  Slave slave;
  std::unique_ptr<Master> master;

  void serve(Slave::Script script) {
    master = std::make_unique<Master>(
        Host{.name = "127.0.0.1", .port = slave.serve_tcp(std::move(script))});
  }
  void teardown() override {
    master.reset();
  }
};

TEST(ModbusTcp, asks_as_the_specification_says) {
  Bytes asked;
  serve([&](const Bytes& request, std::size_t) {
    asked = request;
    return on_tcp(request);
  });
  CHECK_TRUE(master->read(holding(107, 3, 17), kPatient).words.value() ==
             (std::vector<std::uint16_t>{107, 108, 109}));
  // "MODBUS Messaging on TCP/IP V1.0b", chapter 3.1.3: transaction, protocol 0, length, unit.
  CHECK_TRUE(asked.substr(2) == bytes({0, 0, 0, 6, 17, 3, 0, 107, 0, 3}));
}

TEST(ModbusTcp, takes_no_answer_of_another_transaction) {
  serve([](const Bytes& request, std::size_t number) {
    Bytes answer = on_tcp(request);
    if (number == 0) answer[1] = static_cast<char>(answer[1] - 1);
    return answer;
  });
  CHECK_FALSE(master->read(holding(7), kShort).words.ok());
  CHECK_EQUAL(8, master->read(holding(8), kPatient).words.value()[0]);
}

TEST(ModbusTcp, takes_no_late_answer_for_that_of_the_next_request) {
  serve([last = Bytes()](const Bytes& request, std::size_t number) mutable {
    if (number == 0) {
      last = on_tcp(request);
      return Bytes();
    }
    return number == 1 ? last + on_tcp(request) : on_tcp(request);
  });
  CHECK_TRUE(master->read(holding(7), kShort).words.error().code == ErrorCode::kTimeout);
  const Answer next = master->read(holding(300), kPatient);
  // The connection of the first is not used again, so its answer is no answer to anything here.
  if (next.words.ok()) CHECK_EQUAL(300, (*next.words)[0]);
  CHECK_EQUAL(301, master->read(holding(301), kPatient).words.value()[0]);
}

TEST(ModbusTcp, a_server_that_ends_silent_connections_is_no_failure) {
  serve([](const Bytes& request, std::size_t number) {
    return number == 1 ? Bytes(Slave::kClose) : on_tcp(request);
  });
  CHECK_EQUAL(7, master->read(holding(7), kPatient).words.value()[0]);
  CHECK_EQUAL(8, master->read(holding(8), kPatient).words.value()[0]);
}

TEST(ModbusTcp, a_server_that_hangs_up_each_time_is_one) {
  serve([](const Bytes&, std::size_t) { return Bytes(Slave::kClose); });
  for (int i = 0; i < 3; ++i) {
    const Answer answer = master->read(holding(7), kPatient);
    CHECK_TRUE(answer.words.error().code == ErrorCode::kUnavailable);
    CHECK_TRUE(answer.reach == Reach::kLine);
  }
}

TEST(ModbusTcp, a_unit_that_a_gateway_does_not_reach_leaves_the_others_connected) {
  serve([](const Bytes& request, std::size_t number) {
    if (number == 0) return request.substr(0, 4) + bytes({0, 3, 5, 0x83, 11});
    return on_tcp(request);
  });
  const Answer answer = master->read(holding(7), kPatient);
  CHECK_TRUE(answer.words.error().code == ErrorCode::kTimeout);
  CHECK_TRUE(answer.reach == Reach::kUnit);
  CHECK_EQUAL(7, master->read(holding(7, 1, 6), kPatient).words.value()[0]);
}

TEST(ModbusTcp, says_that_nobody_is_there) {
  std::uint16_t port = 0;
  {
    Slave gone;
    port = gone.serve_tcp([](const Bytes&, std::size_t) { return Bytes(); });
  }
  Master alone(Host{.name = "127.0.0.1", .port = port});
  const Answer answer = alone.read(holding(7), kPatient);
  CHECK_TRUE(answer.words.error().code == ErrorCode::kUnavailable);
  CHECK_TRUE(answer.words.error().message.find("refuses") != std::string::npos);
}
