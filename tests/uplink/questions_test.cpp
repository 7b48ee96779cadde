#include "uplink/questions.hpp"

#include <cstdint>
#include <vector>

#include "tests/uplink/fake_link.hpp"
#include "tests/uplink/fake_outbox.hpp"
#include "uplink/messages.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr RunId kRun{{1}};
constexpr RunId kOldRun{{2}};
constexpr const char* kAsk = "sluice/v1/gw/ask";

}  // namespace

TEST_GROUP(Questions) {
  FakeLink link;
  FakeOutbox outbox;
  Options options{.gateway = "gw"};
  Questions questions{options, kRun, link, outbox};
  Instant now = instant_from_ns(0) + seconds(1000);

  void setup() override {
    outbox.questions = {{0, kOldRun, Stream::kRaw, 1, 40, {}},
                        {0, kRun, Stream::kEvent, 1, 5, {{5, 5, 0}}},
                        {0, kRun, Stream::kRaw, 1, 60, {{51, 60, 0}}}};
    outbox.states = {
        {kOldRun, Stream::kRaw, 0, 0}, {kRun, Stream::kEvent, 1, 1}, {kRun, Stream::kRaw, 10, 10}};
  }
  std::vector<Question> asked() {
    questions.step(now);
    std::vector<Question> all;
    for (const Published& message : link.take(kAsk)) {
      CHECK(message.retain == Retain::kNo);
      all.push_back(*decode_question(message.payload));
    }
    return all;
  }
  Question ask_one() {
    const std::vector<Question> all = asked();
    LONGS_EQUAL(1, all.size());
    return all.front();
  }
  static Ack answer_to(const Question& question, std::vector<Interval> held) {
    Ack ack{question.run, question.stream, std::move(held), {}};
    ack.answer = Answer{question.number, question.last};
    return ack;
  }
  static Ack whole_answer_to(const Question& question) {
    return answer_to(question, {{question.first, question.last, 0}});
  }
  // Everything that is asked in a row; the streams of it.
  std::vector<std::pair<RunId, Stream>> answer_all() {
    std::vector<std::pair<RunId, Stream>> streams;
    for (std::vector<Question> all = asked(); !all.empty(); all = asked()) {
      LONGS_EQUAL(1, all.size());
      streams.emplace_back(all.front().run, all.front().stream);
      CHECK(questions.answered(whole_answer_to(all.front())));
    }
    return streams;
  }
};

TEST(Questions, asks_about_everything_at_the_first_connect_newest_first) {
  questions.link_up();
  CHECK(
      (answer_all() == std::vector<std::pair<RunId, Stream>>{
                           {kRun, Stream::kRaw}, {kRun, Stream::kEvent}, {kOldRun, Stream::kRaw}}));
}

TEST(Questions, asks_about_what_may_have_changed_at_later_connects) {
  questions.link_up();
  answer_all();
  questions.link_down();
  questions.link_up();
  CHECK((answer_all() ==
         std::vector<std::pair<RunId, Stream>>{{kRun, Stream::kRaw}, {kRun, Stream::kEvent}}));
}

TEST(Questions, asks_about_everything_when_something_is_lost) {
  questions.link_up();
  answer_all();
  now += minutes(1);
  CHECK(asked().empty());
  questions.doubt(kRun, Stream::kRaw);
  CHECK(questions.answered(answer_to(ask_one(), {{1, 20, 0}})));
  LONGS_EQUAL(1, questions.counters().losses);
  now += minutes(1);
  LONGS_EQUAL(3, answer_all().size());
}

TEST(Questions, asks_about_everything_once_a_day) {
  questions.link_up();
  answer_all();
  now += options.ask_all_every - minutes(1);
  answer_all();
  now += minutes(1);
  LONGS_EQUAL(3, answer_all().size());
}

// Else what was asked a moment before the loss would be left out.
TEST(Questions, asks_at_once_about_everything_when_it_is_told_of_a_loss) {
  questions.link_up();
  answer_all();
  now += seconds(1);
  questions.doubt_all();
  LONGS_EQUAL(3, answer_all().size());
}

// A collector was restored right after it had been asked, and nothing more came to doubt it.
TEST(Questions, a_doubt_right_after_a_question_waits_for_the_pause_to_end) {
  questions.link_up();
  answer_all();
  questions.doubt(kRun, Stream::kRaw);
  CHECK(asked().empty());
  now += options.ack_timeout_min;
  CHECK((answer_all() == std::vector<std::pair<RunId, Stream>>{{kRun, Stream::kRaw}}));
}

TEST(Questions, asks_about_a_run_that_is_closed) {
  questions.link_up();
  answer_all();
  outbox.states[0].asks_last = true;
  now += options.ack_timeout_max;
  CHECK((answer_all() == std::vector<std::pair<RunId, Stream>>{{kOldRun, Stream::kRaw}}));
}

TEST(Questions, passes_the_question_on_with_its_answer) {
  questions.link_up();
  const Question question = ask_one();
  CHECK(question.unsettled == outbox.questions[2].unsettled);
  CHECK(questions.answered(answer_to(question, {{1, 50, 9}})));
  LONGS_EQUAL(1, outbox.answers.size());
  CHECK(outbox.answers[0].question == question);
  CHECK((outbox.answers[0].ack.held == std::vector<Interval>{{1, 50, 9}}));
}

TEST(Questions, sends_the_same_question_again_until_it_is_answered) {
  questions.link_up();
  const Question question = ask_one();
  CHECK(asked().empty());
  now += options.ack_timeout_min;
  CHECK(ask_one() == question);
  now += options.ack_timeout_min;
  CHECK(asked().empty());  // it waits twice as long
  now += options.ack_timeout_min;
  CHECK(ask_one() == question);
}

TEST(Questions, believes_no_answer_to_another_question) {
  questions.link_up();
  Ack wrong = whole_answer_to(ask_one());
  ++wrong.answer->number;
  CHECK_FALSE(questions.answered(wrong));
  --wrong.answer->number;
  wrong.stream = Stream::kEvent;
  CHECK_FALSE(questions.answered(wrong));
  CHECK(outbox.answers.empty());
}

TEST(Questions, believes_an_answer_once) {
  questions.link_up();
  const Ack answer = whole_answer_to(ask_one());
  CHECK(questions.answered(answer));
  CHECK_FALSE(questions.answered(answer));
}

TEST(Questions, believes_no_answer_to_a_question_from_before_the_link_was_lost) {
  questions.link_up();
  const Ack answer = whole_answer_to(ask_one());
  questions.link_down();
  questions.link_up();
  CHECK(ask_one().number != answer.answer->number);
  CHECK_FALSE(questions.answered(answer));
}

TEST(Questions, of_two_runs_have_other_numbers) {
  Questions other{options, kOldRun, link, outbox};
  questions.link_up();
  const std::uint64_t number = ask_one().number;
  other.link_up();
  other.step(now);
  CHECK(decode_question(link.take(kAsk).at(0).payload)->number != number);
}

TEST(Questions, waits_while_storage_is_behind) {
  questions.link_up();
  const Ack answer = whole_answer_to(ask_one());
  outbox.behind = true;
  CHECK_FALSE(questions.answered(answer));
  outbox.behind = false;
  CHECK(questions.answered(answer));
}

TEST(Questions, asks_about_the_rest_of_what_an_answer_was_too_long_for) {
  questions.link_up();
  const Question question = ask_one();
  Ack part = answer_to(question, {{1, 30, 0}});
  part.answer->last = 30;
  CHECK(questions.answered(part));
  LONGS_EQUAL(0, questions.counters().losses);
  const Question rest = ask_one();
  CHECK(rest.run == question.run && rest.stream == question.stream);
  LONGS_EQUAL(31, rest.first);
}

TEST(Questions, asks_about_a_doubt_but_not_for_every_one) {
  questions.link_up();
  answer_all();
  questions.doubt(kRun, Stream::kRaw);
  questions.doubt(kRun, Stream::kRaw);
  CHECK(asked().empty());  // it has just been asked about
  now += options.ack_timeout_min;
  CHECK((answer_all() == std::vector<std::pair<RunId, Stream>>{{kRun, Stream::kRaw}}));
}

TEST(Questions, asks_now_and_then_about_what_nothing_is_sent_for) {
  outbox.states[0].unsettled = 3;
  questions.link_up();
  answer_all();
  now += options.ack_timeout_max;
  CHECK((answer_all() == std::vector<std::pair<RunId, Stream>>{{kOldRun, Stream::kRaw}}));
}

TEST(Questions, asks_nothing_while_the_link_is_down) {
  questions.doubt(kRun, Stream::kRaw);
  CHECK(asked().empty());
  questions.link_up();
  link.room = 0;
  CHECK(asked().empty());
  link.room = 10;
  ask_one();
}

}  // namespace sluice::uplink
