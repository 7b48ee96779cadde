#include "uplink/tls.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "tests/temporary_folder.hpp"
#include "tests/uplink/certificates.hpp"
#include "tests/uplink/scripted_broker.hpp"
#include "uplink/mqtt_connection.hpp"
#include "uplink/mqtt_link.hpp"
#include "uplink/tls_verdict.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// Looks of one millisecond; only a broken test needs them all.
constexpr int kLooks = 5'000;
constexpr Duration kDay = hours(24);
// About the summer of 2026.
const WallTime kToday = wall_time_from_ns(1'782'000'000'000'000'000);
using Ssl = std::unique_ptr<SSL, FreeOpenSsl>;

}  // namespace

// The link against a broker with every kind of certificate: it comes up, or says why not.
TEST_GROUP(Tls) {
  TemporaryFolder folder;
  Authority authority{folder, "authority", kToday};
  ScriptedBroker broker;
  std::unique_ptr<SSL_CTX, FreeOpenSsl> context;
  LinkOptions options;
  MqttSession session;
  std::optional<MqttLink> link;
  WallTime clock = kToday;
  bool synchronised = true;
  Instant now = instant_from_ns(0) + seconds(1'000);
  std::string why;

  void setup() override {
    options.host = "localhost";
    options.port = broker.port();
    options.client_id = "gw";
    options.use_tls = true;
    options.tls.ca_file = authority.file();
    session.wall_clock = [this] { return MqttSession::WallClock{clock, synchronised}; };
    session.built = kToday - 100 * kDay;
  }
  void teardown() override {
    link.reset();
    broker.hang_up();
  }

  static Claim claim(const std::string& dns_name = "localhost") {
    Claim right;
    right.dns_name = dns_name;
    right.from = kToday - 10 * kDay;
    right.to = kToday + 10 * kDay;
    return right;
  }
  void serve_with(const Identity& identity, const Authority* clients = nullptr) {
    broker.hang_up();
    context = server_context(identity, clients);
    broker.speak_tls(context.get());
  }
  // Of the next connect; kNone when the link comes up.
  LinkFault outcome() {
    if (!link) link.emplace(options, session);
    now += Backoff::kBoundMax;  // whatever was the matter before
    for (int look = 0; look < kLooks; ++look) {
      while (const std::optional<LinkEvent> event = link->poll(now)) {
        if (std::holds_alternative<LinkUp>(*event)) return LinkFault::kNone;
        if (const auto* down = std::get_if<LinkDown>(&*event)) {
          why = down->why;
          return down->fault;
        }
      }
      for (const ScriptedBroker::Packet& packet : broker.receive()) {
        if (packet.type == ScriptedBroker::kConnect) broker.send({0x20, 3, 0, 0, 0});
      }
      link->wait(std::chrono::milliseconds(1));
    }
    FAIL("nothing more happens");
    return LinkFault::kNone;
  }
  void expect(LinkFault fault, const Identity& identity) {
    serve_with(identity);
    const LinkFault got = outcome();
    STRCMP_EQUAL_TEXT(std::string(name_of(fault)).c_str(), std::string(name_of(got)).c_str(),
                      why.c_str());
  }
  // Of a handshake in memory, with a host of any name.
  LinkFault verify(const std::string& host, const Identity& identity) {
    const Result<TlsContext> made = TlsContext::make(options.tls, host, {clock, true, clock});
    CHECK(made.ok());
    const auto server_side = server_context(identity);
    const Ssl client(SSL_new(static_cast<SSL_CTX*>(made->native())));
    const Ssl server(SSL_new(server_side.get()));
    BIO* client_end = nullptr;
    BIO* server_end = nullptr;
    CHECK(BIO_new_bio_pair(&client_end, 0, &server_end, 0) == 1);
    SSL_set_bio(client.get(), client_end, client_end);
    SSL_set_bio(server.get(), server_end, server_end);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    for (int turns = 0; turns < 10; ++turns) {
      SSL_do_handshake(client.get());
      SSL_do_handshake(server.get());
    }
    const std::optional<Fault> fault = made->fault();
    CHECK(fault.has_value() != (tls_progress(client.get()) == TlsProgress::kDone));
    return fault ? fault->kind : LinkFault::kNone;
  }
  // Refused for that reason, and by itself accepted once the broker has a good one.
  void expect_then_mend(LinkFault fault, const Identity& identity) {
    expect(fault, identity);
    expect(LinkFault::kNone, authority.issue(claim()));
  }
};

TEST(Tls, takes_a_right_certificate) {
  expect(LinkFault::kNone, authority.issue(claim()));
}

TEST(Tls, asks_for_the_name_and_not_for_the_address) {
  expect(LinkFault::kNone, authority.issue(claim()));
  STRCMP_EQUAL("localhost", broker.asked_for().c_str());
}

TEST(Tls, refuses_an_expired_certificate) {
  Claim expired = claim();
  expired.to = kToday - kDay;
  expect_then_mend(LinkFault::kTlsExpired, authority.issue(expired));
}

TEST(Tls, refuses_one_that_is_not_yet_valid) {
  Claim early = claim();
  early.from = kToday + kDay;
  expect_then_mend(LinkFault::kTlsNotYetValid, authority.issue(early));
}

TEST(Tls, refuses_one_for_another_host) {
  expect_then_mend(LinkFault::kTlsWrongHost, authority.issue(claim("broker.example")));
}

TEST(Tls, refuses_one_of_an_unknown_authority) {
  Authority stranger(folder, "stranger", kToday);
  expect_then_mend(LinkFault::kTlsUnknownCa, stranger.issue(claim()));
}

TEST(Tls, refuses_one_of_a_stranger_with_the_name_of_the_authority) {
  const TemporaryFolder elsewhere;
  Authority stranger(elsewhere, "authority", kToday);
  expect(LinkFault::kTlsUnknownCa, stranger.issue(claim()));
}

TEST(Tls, refuses_one_that_signs_for_itself) {
  expect_then_mend(LinkFault::kTlsUnknownCa, authority.pretend(claim()));
}

// The MQTT library's own check reads the name up to the NUL.
TEST(Tls, refuses_a_name_with_a_nul_in_it) {
  using std::string_literals::operator""s;
  expect_then_mend(LinkFault::kTlsWrongHost, authority.issue(claim("localhost\0.evil.example"s)));
}

TEST(Tls, refuses_a_host_that_stands_in_the_common_name_alone) {
  Claim common = claim("");
  common.common_name = "localhost";
  expect_then_mend(LinkFault::kTlsWrongHost, authority.issue(common));
}

// The MQTT library's own check takes it.
TEST(Tls, refuses_a_wildcard_for_a_whole_top_level_domain) {
  CHECK(verify("broker.example", authority.issue(claim("*.example"))) == LinkFault::kTlsWrongHost);
  expect_then_mend(LinkFault::kTlsWrongHost, authority.issue(claim("*")));
}

TEST(Tls, takes_a_wildcard_for_one_whole_label_only) {
  const auto verdict = [this](const char* name) {
    return verify("b1.site.example", authority.issue(claim(name)));
  };
  CHECK(verdict("*.site.example") == LinkFault::kNone);
  CHECK(verdict("b*.site.example") == LinkFault::kTlsWrongHost);
  CHECK(verdict("*.example") == LinkFault::kTlsWrongHost);
}

TEST(Tls, refuses_a_weak_key) {
  Claim weak = claim();
  weak.rsa_bits = 1'024;
  expect_then_mend(LinkFault::kTlsWeakKey, authority.issue(weak));
}

TEST(Tls, refuses_a_revoked_certificate) {
  const Identity revoked = authority.issue(claim());
  options.tls.crl_file = authority.revoke(&revoked, kToday - hours(1));
  expect_then_mend(LinkFault::kTlsRevoked, revoked);
}

TEST(Tls, refuses_every_certificate_when_the_list_of_revoked_ones_is_old) {
  options.tls.crl_file = authority.revoke(nullptr, kToday - 2 * kDay);
  expect(LinkFault::kTlsRevocationList, authority.issue(claim()));
}

TEST(Tls, refuses_a_key_that_is_not_pinned) {
  const Identity pinned = authority.issue(claim());
  options.tls.pins = {std::string(64, '0'), pin_of(pinned.certificate.get())};
  expect(LinkFault::kTlsPin, authority.issue(claim()));
  expect(LinkFault::kNone, pinned);
}

TEST(Tls, refuses_an_address_that_the_certificate_does_not_name) {
  options.host = "127.0.0.1";
  expect(LinkFault::kTlsWrongHost, authority.issue(claim("127.0.0.1")));
  STRCMP_EQUAL("", broker.asked_for().c_str());
}

TEST(Tls, does_not_speak_old_versions) {
  serve_with(authority.issue(claim()));
  CHECK(SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION) == 1);
  CHECK(outcome() == LinkFault::kTlsHandshake);
}

TEST(Tls, says_when_there_is_no_tls_at_the_other_end) {
  broker.speak_tls(nullptr);
  link.emplace(options, session);
  for (int look = 0; look < kLooks && broker.connections() == 0; ++look) {
    CHECK_FALSE(link->poll(now).has_value());
    broker.receive();
  }
  broker.send({0x20, 3, 0, 0, 0});
  CHECK(outcome() == LinkFault::kTlsHandshake);
}

TEST(Tls, notices_that_the_broker_hangs_up_in_the_middle_of_the_handshake) {
  broker.speak_tls(nullptr);
  link.emplace(options, session);
  for (int look = 0; look < kLooks && broker.connections() == 0; ++look) {
    CHECK_FALSE(link->poll(now).has_value());
    broker.receive();
  }
  broker.hang_up();
  CHECK(outcome() == LinkFault::kTlsHandshake);
}

TEST(Tls, says_when_nobody_listens) {
  broker.stop_listening();
  CHECK(outcome() == LinkFault::kUnreachable);
  STRCMP_EQUAL("127.0.0.1: Connection refused", why.c_str());
}

// The handshake could fail before the connect was back, and passed for an address that leads
// nowhere.
TEST(Tls, blames_tls_for_a_handshake_that_fails_at_once) {
  MqttSetup setup;
  setup.address = "127.0.0.1";
  setup.port = options.port;
  setup.client_id = options.client_id;
  setup.tls = std::move(*TlsContext::make(options.tls, options.host, {clock, true, clock}));
  auto* const ours = static_cast<SSL_CTX*>(setup.tls->native());
  CHECK(SSL_CTX_set_max_proto_version(ours, TLS1_1_VERSION) == 1);  // nothing to offer
  const MqttConnection connection = MqttConnection::open(std::move(setup));
  CHECK(connection.end().kind == LinkFault::kTlsHandshake);
}

// A clock that has not been set is no proof against a certificate, and none for it.
TEST(Tls, says_that_it_is_the_clock_when_the_clock_is_not_trusted) {
  synchronised = false;
  clock = wall_time_from_ns(0);
  expect(LinkFault::kTlsTime, authority.issue(claim()));
  clock = kToday;
  synchronised = true;
  expect(LinkFault::kNone, authority.issue(claim()));
}

TEST(Tls, says_that_it_is_the_clock_when_that_may_be_ahead) {
  synchronised = false;
  clock = kToday + 1'000 * kDay;
  expect(LinkFault::kTlsTime, authority.issue(claim()));
}

TEST(Tls, takes_a_certificate_by_the_day_of_the_build_without_a_clock) {
  synchronised = false;
  clock = wall_time_from_ns(0);
  session.built = kToday;
  expect(LinkFault::kNone, authority.issue(claim()));
}

TEST(Tls, knows_an_expired_certificate_without_a_clock) {
  synchronised = false;
  clock = wall_time_from_ns(0);
  Claim expired = claim();
  expired.to = session.built - kDay;
  expired.from = expired.to - kDay;
  expect(LinkFault::kTlsExpired, authority.issue(expired));
}

TEST(Tls, remembers_the_time_of_a_verified_certificate_across_a_restart) {
  session.good_time_file = folder.path_of("good_time");
  expect(LinkFault::kNone, authority.issue(claim()));
  link.reset();
  synchronised = false;
  clock = wall_time_from_ns(0);
  session.built = kToday - 2'000 * kDay;
  expect(LinkFault::kNone, authority.issue(claim()));
}

TEST(Tls, shows_its_own_certificate) {
  const Identity own = authority.issue(claim(""));
  options.tls.certificate_file = own.certificate_file;
  options.tls.key_file = own.key_file;
  serve_with(authority.issue(claim()), &authority);
  CHECK(outcome() == LinkFault::kNone);
}

TEST(Tls, says_when_the_broker_does_not_accept_its_own_certificate) {
  Authority stranger(folder, "stranger", kToday);
  const Identity own = stranger.issue(claim(""));
  options.tls.certificate_file = own.certificate_file;
  options.tls.key_file = own.key_file;
  serve_with(authority.issue(claim()), &authority);
  const LinkFault fault = outcome();
  STRCMP_EQUAL_TEXT("tls_client_certificate", std::string(name_of(fault)).c_str(), why.c_str());
}

TEST(Tls, picks_up_files_that_were_replaced) {
  Authority stranger(folder, "stranger", kToday);
  options.tls.ca_file = folder.write("ca.crt", "no certificate");
  expect(LinkFault::kTlsSetup, authority.issue(claim()));
  const auto replace_with = [this](const std::string& file) {
    std::filesystem::copy_file(file, options.tls.ca_file,
                               std::filesystem::copy_options::overwrite_existing);
  };
  replace_with(stranger.file());
  expect(LinkFault::kTlsUnknownCa, authority.issue(claim()));
  replace_with(authority.file());
  expect(LinkFault::kNone, authority.issue(claim()));
}

TEST(Tls, does_not_use_a_key_that_others_may_read) {
  const Identity own = authority.issue(claim(""));
  options.tls.certificate_file = own.certificate_file;
  options.tls.key_file = own.key_file;
  CHECK(::chmod(own.key_file.c_str(), 0640) == 0);
  expect(LinkFault::kTlsSetup, authority.issue(claim()));
  LONGS_EQUAL(0, broker.connections());
}

TEST(Tls, does_not_use_a_key_of_another_certificate) {
  options.tls.certificate_file = authority.issue(claim("")).certificate_file;
  options.tls.key_file = authority.issue(claim("")).key_file;
  expect(LinkFault::kTlsSetup, authority.issue(claim()));
}

TEST(Tls, does_not_connect_without_anybody_to_trust) {
  options.tls.ca_file.clear();
  expect(LinkFault::kTlsSetup, authority.issue(claim()));
  LONGS_EQUAL(0, broker.connections());
}

TEST(Tls, does_not_ask_for_a_pass_phrase) {
  const Identity own = authority.issue(claim(""));
  options.tls.certificate_file = own.certificate_file;
  options.tls.key_file = folder.write("locked.key",
                                      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n"
                                      "-----END ENCRYPTED PRIVATE KEY-----\n");
  CHECK(::chmod(options.tls.key_file.c_str(), 0600) == 0);
  expect(LinkFault::kTlsSetup, authority.issue(claim()));
}

}  // namespace sluice::uplink
