#include "predictors/process/process_forecaster.h"

#include <gmock/gmock.h>

#include "models/base/error.h"
#include "predictors/forecast/laws.h"
#include "predictors/forecast/naive.h"
#include "tests/reference/paths.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;

/// Persistence in Python, `rows` steps of it; and the number of slots that it was told in all, on standard error.
std::unique_ptr<Forecaster> Persistence(int rows, const std::string& more = "") {
  const std::string script = fmt::format(R"(
import json, sys
def say(answer): print(json.dumps(answer), flush=True)
names, seen, told = ("demand", "price", "carbon_intensity", "water_intensity"), dict(), 0
for line in sys.stdin:
  message = json.loads(line)
  if message["message"] == "start": say(dict(protocol=1))
  elif message["message"] == "observe":
    told += len(message["time"])
    for name in names: seen.setdefault(name, [])[message["from"]:] = message[name]
  else:
    assert len(seen["demand"]) == message["seen"]
    {}
    rows = min({}, message["horizon"])
    say(dict(seen=message["seen"], forecast=dict((name, [seen[name][-1]] * rows) for name in names)))
)",
                                         more.empty() ? "pass" : more, rows);
  ProcessForecasterOptions options;
  options.program.command = {"/usr/bin/python3", "-c", script};
  options.program.name = "persistence";
  options.identity = {{"g0", "g1"}, {"r0", "r1", "r2"}, 1.0};
  return MakeProcessForecaster(options);
}

History HistoryOf(const Trace& trace) {
  History history;
  history.AppendAll(*MakeSlotSource(trace));
  return history;
}

TEST(ProcessForecasterTest, ForecastsWhatTheProgramDoes) {
  const History history = HistoryOf(SmallTrace(24 * 10));
  const auto one = Persistence(1000), other = MakePersistence();
  for (int seen : {1, 2, 30, 29, 240}) {
    const HistoryView view(history, seen);
    EXPECT_EQ(Forecast(*one, view, 30), Forecast(*other, view, 30)) << seen;
  }
  EXPECT_EQ(Forecast(*one, HistoryView(history), 0).rows(), 0);
}

TEST(ProcessForecasterTest, FadesBehindTheStepsThatThereAre) {
  const History history = HistoryOf(SmallTrace(24 * 10));
  const HistoryView view(history);
  RowMatrix expected(50, view.columns().size());
  PredictHourlyMean(view, 7, 50, &expected);
  expected.topRows(3) = Forecast(*MakePersistence(), view, 3);
  FadeIntoHourlyMean(view, 7, 3, &expected);
  EXPECT_EQ(Forecast(*Persistence(3), view, 50), expected);
}

TEST(ProcessForecasterTest, KeepsTheLawsOfForecasters) {
  EXPECT_THAT(BrokenForecasterLaws(SmallTrace(24 * 10), [] { return Persistence(24); }, {}), testing::IsEmpty());
}

// Views of 100, 101, .. 120 slots, then of 50 and 51 of the same history, then of another one of 60 that is equal to it
// in its first 40: 100 + 20, nothing, 1, then 20.
TEST(ProcessForecasterTest, EverySlotIsToldOnce) {
  const Trace trace = SmallTrace(24 * 10);
  const History history = HistoryOf(trace), changed = HistoryOf(ChangedAfter(trace, 39));
  const auto forecaster =
      Persistence(5, R"(if message["horizon"] == 7: say(dict(seen=message["seen"], error=str(told))); continue)");
  for (int seen = 100; seen <= 120; ++seen) Forecast(*forecaster, HistoryView(history, seen), 3);
  Forecast(*forecaster, HistoryView(history, 50), 3);
  Forecast(*forecaster, HistoryView(history, 51), 3);
  Forecast(*forecaster, HistoryView(changed, 60), 3);
  try {
    Forecast(*forecaster, HistoryView(changed, 60), 7);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "persistence: 141");
  }
}

TEST(ProcessForecasterTest, IsToldAllAnewAfterItFailed) {
  const History history = HistoryOf(SmallTrace(24 * 10));
  const auto forecaster = Persistence(5, R"(if message["horizon"] == 7: sys.exit("told " + str(told)))");
  const RowMatrix expected = Forecast(*forecaster, HistoryView(history, 100), 3);
  for (int k = 0; k < 2; ++k) {
    try {
      Forecast(*forecaster, HistoryView(history, 100), 7);
      FAIL();
    } catch (const InputError& error) {
      EXPECT_STREQ(error.what(), "persistence: ended with exit code 1; it said last: told 100");
    }
    EXPECT_EQ(Forecast(*forecaster, HistoryView(history, 100), 3), expected);
  }
}

TEST(ProcessForecasterTest, WrongForecastsAreRefused) {
  const History history = HistoryOf(SmallTrace(24 * 10));
  ProcessForecasterOptions options;
  options.program.command = {ChildProgramPath(), "good"};
  options.program.name = "good";
  options.program.timeout = 0.05;  // it waits for a decision
  const auto forecaster = MakeProcessForecaster(options);
  EXPECT_THROW(Forecast(*forecaster, HistoryView(history), 3), InputError);
}

}  // namespace
}  // namespace evenkeel
