#include "experiments/run/period_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// Slots from 1970-01-01T00:00 on.
std::shared_ptr<const Trace> FromTheEpoch(int slots) {
  auto trace = std::make_shared<Trace>(PlainTrace(2, 1, slots));
  for (int t = 0; t < slots; ++t) trace->signals.time[t] = 3600 * t;
  return trace;
}

std::string Message(const PeriodText& text) {
  try {
    OpenPeriod(text, FromTheEpoch(4));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

PeriodText FromTo(const std::string& from, const std::string& to) {
  PeriodText text;
  text.from = from;
  text.to = to;
  return text;
}

TEST(PeriodText, TakesThePartOfTheTraceThatItSays) {
  const GivenPeriod given = OpenPeriod(FromTo("1970-01-01T01:00", "1970-01-01T03:00"), FromTheEpoch(4));
  EXPECT_EQ(given.period.problem.num_slots, 2);
  EXPECT_EQ(given.period.time.start, 3600);
  EXPECT_EQ(given.text.from, "1970-01-01T01:00");
}

TEST(PeriodText, TimesMustBeStartsOfSlots) {
  EXPECT_THAT(Message(FromTo("1970-01-01T01:30", "")), HasSubstr("option --from: \"1970-01-01T01:30\" is not a start"));
  EXPECT_THAT(Message(FromTo("1970-01-01T04:00", "")), HasSubstr("option --from"));
  EXPECT_THAT(Message(FromTo("1970-01-01T02:00", "1970-01-01T02:00")), HasSubstr("option --to"));
  EXPECT_EQ(Message(FromTo("1970-01-01T02:00", "1970-01-01T04:00")), "no error");
}

TEST(PeriodText, SaysWhatIsWrongWithATextByTheNameOfItsOption) {
  PeriodText text;
  text.objective.weights = {"carbon=-1"};
  EXPECT_THAT(Message(text), HasSubstr("option --weight carbon: \"-1\""));
  text.objective = {};
  text.objective.shed_cost = {"dear"};
  EXPECT_THAT(Message(text), HasSubstr("option --shed-cost: \"dear\" is not a number"));
  text.objective = {};
  text.observed = "seen.h5";
  text.observe = "gaussian(level=0.1)";
  EXPECT_THAT(Message(text), HasSubstr("option --observe: --observed is given, too"));
}

TEST(PeriodText, IsToldAgainByTheOptionsNames) {
  PeriodText text = FromTo("1970-01-01T01:00", "");
  text.objective.weights = {"carbon=1", "water=2"};
  text.observe = "bias(level=0.5)";
  std::vector<std::pair<std::string, std::vector<std::string>>> given;
  for (const auto& [name, values] : NamedValues(text)) {
    if (!values.empty()) given.emplace_back(name, values);
  }
  EXPECT_THAT(
      given, ElementsAre(Pair("from", ElementsAre("1970-01-01T01:00")), Pair("observe", ElementsAre("bias(level=0.5)")),
                         Pair("weight", ElementsAre("carbon=1", "water=2"))));
}

}  // namespace
}  // namespace evenkeel
