#include "app/local_api.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

namespace {

// A client that keeps to no rule.
class RawClient {
 public:
  explicit RawClient(const std::string& path) : socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    connected_ =
        connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(socket_); }

  bool connected() const { return connected_; }
  void say(std::string_view text) const {
    static_cast<void>(send(socket_, text.data(), text.size(), MSG_NOSIGNAL));
  }
  // Each letter once the one before it has been taken, until the other side closes.
  void trickle(std::string_view text) const {
    for (const char letter : text) {
      if (send(socket_, &letter, 1, MSG_NOSIGNAL) != 1) return;
      for (int waiting = 1; waiting > 0;) {
        if (ioctl(socket_, SIOCOUTQ, &waiting) != 0) return;
        std::this_thread::yield();
      }
    }
  }
  void say_no_more() const { shutdown(socket_, SHUT_WR); }
  // All until the other side closes.
  std::string hear() const {
    std::string text;
    std::array<char, 256> part{};
    for (ssize_t length = 0; (length = recv(socket_, part.data(), part.size(), 0)) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(length));
    }
    return text;
  }

 private:
  int socket_;
  bool connected_ = false;
};

// The gateway's main thread: serves whoever comes, as long as this lives.
class Doorkeeper {
 public:
  explicit Doorkeeper(LocalApi& door)
      : thread_([this, &door] {
          while (!stop_) {
            pollfd waited{door.descriptor(), POLLIN, 0};
            poll(&waited, 1, 10);
            door.serve();
          }
        }) {}
  Doorkeeper(const Doorkeeper&) = delete;
  Doorkeeper& operator=(const Doorkeeper&) = delete;
  ~Doorkeeper() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

TEST_GROUP(LocalApi) {
  TemporaryFolder folder;
  const std::string path = folder.path_of("sluice.sock");
  std::unique_ptr<LocalApi> door;
  std::vector<std::string> requests;
  std::string answer = "an answer";

  void open() {
    Result<LocalApi> opened = LocalApi::listen(path, [this](std::string_view request) {
      requests.emplace_back(request);
      return answer;
    });
    CHECK_TRUE(opened.ok());
    door = std::make_unique<LocalApi>(std::move(*opened));
  }
  Result<std::string> ask(std::string_view request) {
    const Doorkeeper doorkeeper(*door);
    return ask_gateway(path, request);
  }
};

TEST(LocalApi, answers_a_request) {
  open();
  const Result<std::string> answered = ask("status");
  CHECK_TRUE(answered.ok());
  STRCMP_EQUAL("an answer", answered->c_str());
  CHECK_TRUE(requests == std::vector<std::string>{"status"});
}

TEST(LocalApi, answers_one_after_the_other) {
  open();
  for (int i = 0; i < 3; ++i) CHECK_TRUE(ask("acknowledge hot").ok());
  CHECK_EQUAL(3U, requests.size());
}

TEST(LocalApi, gives_long_answers_whole) {
  open();
  answer = std::string(1'000'000, 'x');
  const Result<std::string> answered = ask("status");
  CHECK_TRUE(answered.ok());
  CHECK_EQUAL(1'000'000U, answered->size());
}

TEST(LocalApi, serving_without_a_client_returns) {
  open();
  door->serve();
  CHECK_EQUAL(0U, requests.size());
}

TEST(LocalApi, nobody_else_may_open_the_door) {
  open();
  struct stat file {};
  CHECK_EQUAL(0, stat(path.c_str(), &file));
  CHECK_EQUAL(0660U, file.st_mode & 0777U);
}

TEST(LocalApi, leaves_no_socket_behind) {
  open();
  door.reset();
  CHECK_FALSE(access(path.c_str(), F_OK) == 0);
}

TEST(LocalApi, a_second_gateway_is_refused) {
  open();
  const Result<LocalApi> second = LocalApi::listen(path, [](std::string_view) { return ""; });
  CHECK_FALSE(second.ok());
  CHECK_TRUE(second.error().code == ErrorCode::kRefused);
  CHECK_TRUE(ask("status").ok());
}

TEST(LocalApi, a_dead_socket_is_replaced) {
  {
    // Bound and never unlinked, as by a process that was killed.
    const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    CHECK_EQUAL(0, bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
    ::close(dead);
  }
  open();
  CHECK_TRUE(ask("status").ok());
}

TEST(LocalApi, does_not_listen_in_a_folder_that_is_not_there) {
  const Result<LocalApi> opened = LocalApi::listen(folder.path_of("no/such/folder/sluice.sock"),
                                                   [](std::string_view) { return ""; });
  CHECK_TRUE(opened.error().code == ErrorCode::kUnavailable);
}

TEST(LocalApi, a_path_that_is_too_long_is_an_error) {
  const std::string too_long = folder.path_of(std::string(200, 'x'));
  const Result<LocalApi> opened = LocalApi::listen(too_long, [](std::string_view) { return ""; });
  CHECK_TRUE(opened.error().code == ErrorCode::kInvalid);
  CHECK_TRUE(ask_gateway(too_long, "status").error().code == ErrorCode::kInvalid);
}

TEST(LocalApi, asking_where_nobody_listens_is_an_error) {
  CHECK_TRUE(ask_gateway(path, "status").error().code == ErrorCode::kNotFound);
}

TEST(LocalApi, no_answer_is_an_error) {
  open();
  answer = "";
  CHECK_TRUE(ask("status").error().code == ErrorCode::kTimeout);
}

TEST(LocalApi, a_client_that_says_nothing_is_let_go) {
  open();
  const RawClient client(path);
  CHECK_TRUE(client.connected());
  door->serve();
  STRCMP_EQUAL("", client.hear().c_str());
  CHECK_EQUAL(0U, requests.size());
}

TEST(LocalApi, a_client_that_says_nothing_keeps_nobody_out) {
  open();
  const RawClient silent(path);
  CHECK_TRUE(ask("status").ok());
}

TEST(LocalApi, a_client_that_went_away_does_no_harm) {
  open();
  {
    const RawClient client(path);
    client.say("status\n");
  }
  door->serve();
  CHECK_TRUE(ask("status").ok());
}

TEST(LocalApi, an_answer_that_nobody_takes_is_given_up) {
  open();
  answer = std::string(4'000'000, 'x');
  const RawClient client(path);
  client.say("status\n");
  door->serve();
  CHECK_EQUAL(1U, requests.size());
}

TEST(LocalApi, a_request_that_is_too_long_is_not_answered) {
  open();
  const RawClient client(path);
  client.say(std::string(300, 'x') + "\n");
  door->serve();
  CHECK_EQUAL(0U, requests.size());
  STRCMP_EQUAL("", client.hear().c_str());
}

TEST(LocalApi, a_request_that_does_not_end_is_not_answered) {
  open();
  const RawClient client(path);
  client.say(std::string(100'000, 'x'));
  door->serve();
  CHECK_EQUAL(0U, requests.size());
}

TEST(LocalApi, a_client_that_trickles_is_let_go) {
  // It held the main thread for as long as its line was.
  open();
  const RawClient client(path);
  std::thread trickling([&] { client.trickle("acknowledge hot\n"); });
  door->serve();
  door.reset();
  trickling.join();
  CHECK_EQUAL(0U, requests.size());
}

TEST(LocalApi, a_line_in_two_pieces_is_answered) {
  open();
  const RawClient client(path);
  std::thread trickling([&] { client.trickle("x\n"); });
  door->serve();
  trickling.join();
  CHECK_TRUE(requests == std::vector<std::string>{"x"});
}

TEST(LocalApi, a_line_may_end_with_the_connection) {
  open();
  const RawClient client(path);
  client.say("status");
  client.say_no_more();
  door->serve();
  CHECK_TRUE(requests == std::vector<std::string>{"status"});
}

TEST(LocalApi, takes_the_first_line_only) {
  open();
  const RawClient client(path);
  client.say("status\nacknowledge hot\n");
  door->serve();
  CHECK_TRUE(requests == std::vector<std::string>{"status"});
}

TEST(LocalApi, serves_a_bounded_number_of_clients_in_one_go) {
  open();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(std::make_unique<RawClient>(path));
    clients.back()->say("status\n");
  }
  door->serve();
  CHECK_EQUAL(8U, requests.size());
  door->serve();
  CHECK_EQUAL(9U, requests.size());
}
