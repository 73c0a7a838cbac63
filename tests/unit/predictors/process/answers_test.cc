#include "predictors/process/answers.h"

#include <gmock/gmock.h>

#include "models/base/error.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Two regions, two gateways: four arcs, and a group of two buckets.
class AnswersTest : public testing::Test {
 protected:
  std::string PolicyFailure(const std::string& line) {
    try {
      PolicyAnswer answer;
      ReadPolicyAnswer(problem_, 3, line, &answer);
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  }

  std::string PredictorFailure(const std::string& line) {
    try {
      ReadPredictorAnswer(columns_, 5, 2, line);
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  }

  Trace trace_ = PlainTrace(2, 2, 4);
  Problem problem_ = ProblemOf(trace_, CarbonObjective(2.0, kInfinity));
  SignalColumns columns_{1, 2};
};

TEST_F(AnswersTest, Ready) {
  CheckReady(R"({"protocol": 1})");
  for (const char* line : {"", "1", "{}", R"({"protocol": 2})", R"({"protocol": 1.0})", R"({"protocol": 1, "x": 1})"})
    EXPECT_THROW(CheckReady(line), InputError) << line;
  try {
    CheckReady(R"({"error": "no weights here"})");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "no weights here");
  }
}

TEST_F(AnswersTest, Flows) {
  PolicyAnswer answer;
  ReadPolicyAnswer(problem_, 3, R"({"slot": 3, "flow": [1, 0.5, 0, 2e-3]})", &answer);
  ASSERT_EQ(answer.kind, AnswerKind::kFlow);
  EXPECT_EQ(answer.allocation.flow, (Vector(4) << 1.0, 0.5, 0.0, 0.002).finished());
  EXPECT_EQ(answer.allocation.shed, Vector::Zero(2));
  ReadPolicyAnswer(problem_, 3, R"({"slot": 3, "flow": [1, 0, 0, 0], "shed": [0, 1]})", &answer);
  EXPECT_EQ(answer.allocation.shed, (Vector(2) << 0.0, 1.0).finished());
}

TEST_F(AnswersTest, PricesAndErrors) {
  PolicyAnswer answer;
  ReadPolicyAnswer(problem_, 3, R"({"slot": 3, "prices": [[0, 1.25]]})", &answer);
  ASSERT_EQ(answer.kind, AnswerKind::kPrices);
  EXPECT_EQ(answer.prices[0], (Vector(2) << 0.0, 1.25).finished());
  ReadPolicyAnswer(problem_, 3, R"({"slot": 3, "error": "no idea"})", &answer);
  ASSERT_EQ(answer.kind, AnswerKind::kError);
  EXPECT_EQ(answer.error, "no idea");
}

TEST_F(AnswersTest, WhatIsWrongWithADecisionIsSaid) {
  EXPECT_EQ(PolicyFailure("hello"), "answered with what is not JSON: hello");
  EXPECT_EQ(PolicyFailure("[1]"), "answered with what is no JSON object: [1]");
  EXPECT_EQ(PolicyFailure(R"({"flow": [0,0,0,0]})"), "answered without \"slot\", expected is 3");
  EXPECT_EQ(PolicyFailure(R"({"slot": 4, "flow": [0,0,0,0]})"), "answered with \"slot\" 4, expected is 3");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3})"), "answered with none of flow, prices, error");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "flow": [0,0,0,0], "prices": [[0,0]]})"),
            "answered with both \"flow\" and \"prices\"");
  EXPECT_THAT(PolicyFailure(R"({"slot": 3, "flows": [0,0,0,0]})"), StartsWith("answered with \"flows\", expected are"));
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "flow": [0,0,0]})"),
            "answered with flow that has 3 entries, expected is a list of 4 numbers");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "flow": 7})"),
            "answered with flow that has no list, expected is a list of 4 numbers");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "flow": [0,0,"1",0]})"), "answered with flow[2] that is no finite number");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "flow": [0,0,null,0]})"), "answered with flow[2] that is no finite number");
  EXPECT_THAT(PolicyFailure(R"({"slot": 3, "flow": [0,0,NaN,0]})"), HasSubstr("not JSON"));
  EXPECT_NE(PolicyFailure(R"({"slot": 3, "flow": [0,0,1e999,0]})"), "");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "prices": [[0, -1]]})"),
            "answered with prices[0] of -1, allowed are at least 0");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "prices": [[0,0],[0,0]]})"),
            "answered with prices that are no list of 1 groups");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "prices": [[0,0]], "shed": [0,0]})"),
            "answered with \"shed\" without \"flow\"");
  EXPECT_EQ(PolicyFailure(R"({"slot": 3, "error": 1})"), "answered with an \"error\" that is no text");
}

constexpr char kForecast[] = R"({"demand": [[1],[2]], "price": [[3,-4],[5,6]], "carbon_intensity": [[1,1],[1,1]],
 "water_intensity": [[7,8],[9,10]]})";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(AnswersTest, Forecasts) {
  const PredictorAnswer answer =
      ReadPredictorAnswer(columns_, 5, 2, std::string(R"({"seen": 5, "forecast": )") + kForecast + "}");
  RowMatrix expected(2, 7);
  expected << 1, 3, -4, 1, 1, 7, 8, 2, 5, 6, 1, 1, 9, 10;
  EXPECT_EQ(answer.forecast, expected);
  EXPECT_EQ(answer.error, "");
  EXPECT_EQ(ReadPredictorAnswer(columns_, 5, 2, R"({"seen": 5, "error": "too early"})").error, "too early");
}

TEST_F(AnswersTest, OfQuantilesTheMedianIsTaken) {
  const std::string low = Replaced(kForecast, "[[1],[2]]", "[[0.5],[0]]"),
                    high = Replaced(kForecast, "[[1],[2]]", "[[1],[9]]");
  const auto line = [&](const std::string& a, const std::string& b) {
    return R"({"seen": 5, "quantiles": {"0.9": )" + a + R"(, "0.5": )" + kForecast + R"(, "0.1": )" + b + "}}";
  };
  EXPECT_EQ(ReadPredictorAnswer(columns_, 5, 2, line(high, low)).forecast(1, 0), 2.0);
  EXPECT_EQ(PredictorFailure(line(low, high)), "answered with quantiles 0.1 and 0.5 that are not in order");
  EXPECT_EQ(PredictorFailure(std::string(R"({"seen": 5, "quantiles": {"0.4": )") + kForecast + "}}"),
            "answered with quantiles without \"0.5\"");
  EXPECT_EQ(PredictorFailure(std::string(R"({"seen": 5, "quantiles": {"1": )") + kForecast + "}}"),
            "answered with a quantile \"1\", allowed are numbers between 0 and 1");
}

TEST_F(AnswersTest, WhatIsWrongWithAForecastIsSaid) {
  const auto failure = [&](const std::string& from, const std::string& to) {
    return PredictorFailure(R"({"seen": 5, "forecast": )" + Replaced(kForecast, from, to) + "}");
  };
  EXPECT_EQ(failure("[[1],[2]]", "[]"), "answered with forecast.demand of 0 rows, allowed are 1 to 2");
  EXPECT_EQ(failure("[[1],[2]]", "[[1],[2],[3]]"), "answered with forecast.demand of 3 rows, allowed are 1 to 2");
  EXPECT_EQ(failure("[[3,-4],[5,6]]", "[[3,-4]]"),
            "answered with forecast.price of 1 rows, expected are the 2 of the others");
  EXPECT_EQ(failure("[[3,-4],[5,6]]", "[[3,-4],[5]]"),
            "answered with forecast.price[1] that has 1 entries, expected is a list of 2 numbers");
  EXPECT_EQ(failure("\"price\"", "\"prize\""), "answered without a list forecast.price");
  EXPECT_EQ(failure("[1,1]", "[1,false]"), "answered with forecast.carbon_intensity[0][1] that is no finite number");
  EXPECT_EQ(PredictorFailure(R"({"seen": 4, "error": ""})"), "answered with \"seen\" 4, expected is 5");
}

}  // namespace
}  // namespace evenkeel
