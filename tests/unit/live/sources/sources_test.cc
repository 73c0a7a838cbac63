// Sources over a network that is a function, secrets, kinds of carbon intensities, back-off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "live/sources/back_off.h"
#include "live/sources/constant.h"
#include "live/sources/electricity_maps.h"
#include "live/sources/prometheus.h"
#include "live/sources/watttime.h"
#include "models/base/error.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kNoon = 1'717'243'200;   // 2024-06-01 12:00:00 UTC
constexpr const char* kToken = "tok\"en-1234";  // JSON writes it as tok\"en-1234 with a backslash

/// Answers as scripted, and what was asked.
struct Script {
  std::deque<HttpResult> answers;
  std::vector<HttpRequest> asked;

  void Say(int status, const std::string& body = "", long retry_after = 0) {
    HttpResult result;
    result.status = status;
    result.body = body;
    result.retry_after = retry_after;
    answers.push_back(result);
  }
  void Fail(HttpError error) {
    HttpResult result;
    result.error = error;
    result.message = "it failed";
    answers.push_back(result);
  }
  Fetch fetch() {
    return [this](const HttpRequest& request) {
      asked.push_back(request);
      if (answers.empty()) throw InternalError("asked too often");
      const HttpResult result = answers.front();
      answers.pop_front();
      return result;
    };
  }
};

std::string MapsAnswer(const std::string& zone) {
  return R"({"zone":")" + zone + R"(","carbonIntensity":100,"datetime":"2024-06-01T12:00:00.000Z"})";
}

ElectricityMapsSource Maps(std::vector<ElectricityMapsOptions::Zone> zones) {
  return {"maps", {"http://127.0.0.1:1", kToken, CarbonScope::kLifecycle, std::move(zones)}};
}

TEST(SourcesTest, StatusesAndErrorsOfTheNetwork) {
  const std::pair<int, PollFailure> statuses[] = {{302, PollFailure::kRedirect},    {401, PollFailure::kUnauthorized},
                                                  {403, PollFailure::kForbidden},   {404, PollFailure::kRefused},
                                                  {429, PollFailure::kRateLimited}, {500, PollFailure::kServerError},
                                                  {503, PollFailure::kServerError}, {204, PollFailure::kRefused}};
  for (const auto& [status, reason] : statuses) {
    Script script;
    script.Say(status, "", 17);
    ElectricityMapsSource source = Maps({{"DE", 0}});
    const PollResult result = source.Poll(script.fetch(), kNoon);
    ASSERT_TRUE(result.failure);
    EXPECT_EQ(result.failure->reason, reason);
    EXPECT_EQ(result.failure->retry_after, 17);
    EXPECT_EQ(result.failure->message, fmt::format("maps, zone DE: the status is {}, expected is 200", status));
  }
  const std::pair<HttpError, PollFailure> errors[] = {
      {HttpError::kConnect, PollFailure::kConnect}, {HttpError::kTls, PollFailure::kTls},
      {HttpError::kTimeout, PollFailure::kTimeout}, {HttpError::kTooLarge, PollFailure::kTooLarge},
      {HttpError::kOther, PollFailure::kInternal},  {HttpError::kCancelled, PollFailure::kCancelled}};
  for (const auto& [error, reason] : errors) {
    Script script;
    script.Fail(error);
    ElectricityMapsSource source = Maps({{"DE", 0}});
    EXPECT_EQ(source.Poll(script.fetch(), kNoon).failure->reason, reason);
  }
}

TEST(SourcesTest, ABadZoneLeavesTheOthers) {
  Script script;
  script.Say(404);
  script.Say(200, "garbage");
  script.Say(200, MapsAnswer("FR"));
  ElectricityMapsSource source = Maps({{"XX", 0}, {"YY", 1}, {"FR", 2}});
  const PollResult result = source.Poll(script.fetch(), kNoon);
  ASSERT_EQ(result.readings.size(), 1u);
  EXPECT_EQ(result.readings[0].place, 2);
  EXPECT_EQ(result.failure->reason, PollFailure::kRefused);  // the first one
  EXPECT_THAT(result.failure->message, HasSubstr("zone XX"));
}

TEST(SourcesTest, ATimeOutEndsTheRoundAndTheNextBeginsBehindIt) {
  Script script;
  script.Fail(HttpError::kTimeout);
  ElectricityMapsSource source = Maps({{"DE", 0}, {"FR", 1}});
  EXPECT_TRUE(source.Poll(script.fetch(), kNoon).readings.empty());
  EXPECT_EQ(script.asked.size(), 1u);
  script.Say(200, MapsAnswer("FR"));
  script.Fail(HttpError::kTimeout);
  const PollResult result = source.Poll(script.fetch(), kNoon);
  ASSERT_EQ(result.readings.size(), 1u);
  EXPECT_EQ(result.readings[0].place, 1);
  EXPECT_EQ(result.failure->reason, PollFailure::kTimeout);
}

TEST(SourcesTest, NoSecretIsEverSaid) {
  // Services that say a token back, where an answer is quoted: in errors, fields and keys.
  const std::string escaped = R"(tok\"en-1234)";
  for (const std::string& body :
       {R"({"error":"bad","message":"invalid token )" + escaped + "\"}", R"({"zone":")" + escaped + "\"}",
        R"({"zone":"DE","datetime":")" + escaped + "\"}", std::string(kToken), std::string("tok\\u0022en-1234"),
        R"({"error":"bad","message":")" + std::string(292, 'x') + escaped + "\"}",
        std::string(R"({"error":"bad","message":"tok\u0022en-1234"})")}) {
    Script script;
    script.Say(200, body);
    ElectricityMapsSource source = Maps({{"DE", 0}});
    const PollResult result = source.Poll(script.fetch(), kNoon);
    ASSERT_TRUE(result.failure) << body;
    EXPECT_THAT(result.failure->message, Not(HasSubstr("en-1234"))) << body;
    EXPECT_THAT(result.failure->message, Not(HasSubstr("tok\""))) << body;
    EXPECT_THAT(result.failure->message, HasSubstr("maps, zone DE"));
  }
  EXPECT_EQ(Redact("a secret, secret", {"", "secret"}), "a ***, ***");
  EXPECT_EQ(Redact("***", {"*"}), "*********");
}

TEST(SourcesTest, SecretsThatCannotBeSentAreRefusedWithoutSayingThem) {
  const auto error = [](const std::string& url, const std::string& token) -> std::string {
    try {
      ElectricityMapsSource source("maps", {url, token, CarbonScope::kLifecycle, {{"DE", 0}}});
    } catch (const InputError& refused) {
      return refused.what();
    }
    return "";
  };
  EXPECT_EQ(error("https://api.example.org", "fine"), "");
  EXPECT_EQ(error("http://127.0.0.1:8080", "fine"), "");
  EXPECT_EQ(error("http://localhost:8080/base", "fine"), "");
  EXPECT_EQ(error("http://[::1]:8080", "fine"), "");
  EXPECT_THAT(error("https://api.example.org", "sec\r\nret"), HasSubstr("maps: token: it has 8 characters"));
  EXPECT_THAT(error("https://api.example.org", "sec ret"), Not(HasSubstr("ret")));
  EXPECT_THAT(error("https://api.example.org", ""), HasSubstr("at least one"));
  EXPECT_THAT(error("http://api.example.org", "fine"), HasSubstr("allowed is https"));
  EXPECT_THAT(error("http://127.0.0.1.example.org", "fine"), HasSubstr("allowed is https"));
  EXPECT_THAT(error("https://user:hidden@api.example.org", "fine"), HasSubstr("no URL of a service"));
  EXPECT_THAT(error("https://user:hidden@api.example.org", "fine"), Not(HasSubstr("hidden")));
  for (const char* url : {"", "api.example.org", "ftp://api.example.org", "file:///etc/passwd", "https://",
                          "https://a b", "https://a\nb", "https://a#b"}) {
    EXPECT_THAT(error(url, "fine"), HasSubstr("maps: url")) << url;
  }
}

std::string Moer(const std::string& value) {
  return R"({"data":[{"point_time":"2024-06-01T12:00:00+00:00","value":)" + value +
         R"(}],"meta":{"region":"R","signal_type":"co2_moer","units":"lbs_co2_per_mwh"}})";
}

WattTimeOptions MoerOptions() {
  WattTimeOptions options;
  options.url = "http://127.0.0.1:1";
  options.user = "u";
  options.password = "pass-word";
  options.regions = {{"R", 0}};
  return options;
}

TEST(WattTimeSourceTest, OneLoginForHalfAnHourAndOneMoreAfter401) {
  WattTimeSource source("wt", MoerOptions());
  Script script;
  const auto paths = [&] {
    std::string text;
    for (const HttpRequest& request : script.asked)
      text += request.url.find("/login") != std::string::npos ? "L" : "F(" + request.headers[0].value.substr(7) + ")";
    script.asked.clear();
    return text;
  };
  script.Say(200, R"({"token":"first"})");
  script.Say(200, Moer("1000"));
  EXPECT_EQ(source.Poll(script.fetch(), kNoon).readings.size(), 1u);
  EXPECT_EQ(paths(), "LF(first)");
  // 29 minutes less a second later the token is still good, a second later it is not.
  script.Say(200, Moer("1000"));
  source.Poll(script.fetch(), kNoon + 29 * 60 - 1);
  EXPECT_EQ(paths(), "F(first)");
  script.Say(200, R"({"token":"second"})");
  script.Say(200, Moer("1000"));
  source.Poll(script.fetch(), kNoon + 29 * 60);
  EXPECT_EQ(paths(), "LF(second)");
  // The service forgot it.
  script.Say(401);
  script.Say(200, R"({"token":"third"})");
  script.Say(200, Moer("1000"));
  EXPECT_FALSE(source.Poll(script.fetch(), kNoon + 30 * 60).failure);
  EXPECT_EQ(paths(), "F(second)LF(third)");
  // A new token that is refused as well is not tried again.
  script.Say(401);
  script.Say(200, R"({"token":"fourth"})");
  script.Say(401);
  EXPECT_EQ(source.Poll(script.fetch(), kNoon + 31 * 60).failure->reason, PollFailure::kUnauthorized);
  EXPECT_EQ(paths(), "F(third)LF(fourth)");
  // Nor is one of the same poll.
  script.Say(200, R"({"token":"fifth"})");
  script.Say(401);
  EXPECT_EQ(source.Poll(script.fetch(), kNoon + 3600).failure->reason, PollFailure::kUnauthorized);
  EXPECT_EQ(paths(), "LF(fifth)");
}

TEST(WattTimeSourceTest, ALoginThatFails) {
  WattTimeSource source("wt", MoerOptions());
  Script script;
  script.Say(403);
  const PollResult refused = source.Poll(script.fetch(), kNoon);
  EXPECT_EQ(refused.failure->reason, PollFailure::kForbidden);
  EXPECT_EQ(refused.failure->message, "wt, login: the status is 403, expected is 200");
  script.Say(200, "pass-word");
  const PollResult garbage = source.Poll(script.fetch(), kNoon);
  EXPECT_EQ(garbage.failure->reason, PollFailure::kBadAnswer);
  EXPECT_THAT(garbage.failure->message, Not(HasSubstr("pass-word")));
  // A token that the service says back, and a password.
  script.Say(200, R"({"token":"first"})");
  script.Say(200, R"({"error":"x","message":"first pass-word dTpwYXNzLXdvcmQ="})");  // u:pass-word as base64
  EXPECT_EQ(source.Poll(script.fetch(), kNoon).failure->message,
            "wt, region R: the service answered with an error: *** *** ***");
}

TEST(PrometheusSourceTest, EmptyResultsAndErrorsOfTheQuery) {
  const PrometheusQuery query = {"q", LiveSignal::kDemand, "gateway", {{"eu", 0}}};
  PrometheusSource source("prom", {"http://127.0.0.1:1", ""}, {query});
  Script script;
  script.Say(200, R"({"status":"success","data":{"resultType":"vector","result":[]}})");
  PollResult result = source.Poll(script.fetch(), kNoon);
  EXPECT_EQ(result.failure->reason, PollFailure::kNothing);
  script.Say(400, R"({"status":"error","errorType":"bad_data","error":"parse error: no"})");
  result = source.Poll(script.fetch(), kNoon);
  EXPECT_EQ(result.failure->reason, PollFailure::kBadAnswer);
  EXPECT_THAT(result.failure->message,
              HasSubstr("prom, query of demand by gateway: \"status\" is 'error': parse error"));
}

TEST(ServedSourceTest, ReadsCounters) {
  ServedOptions options;
  options.prometheus.url = "http://127.0.0.1:1";
  options.gateways = {{"eu", 0}};
  options.regions = {{"north", 1}};
  ServedSource source("served", options);
  const auto body = [](int time, int count) {
    const std::string metric = R"("__name__":"haproxy_server_http_responses_total","proxy":"eu","server":"north")";
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{)" + metric + R"(},"value":[)" +
           std::to_string(time) + ",\"" + std::to_string(count) + R"("]}]}})";
  };
  Script script;
  script.Say(200, body(1000, 5));
  PollResult result = source.Poll(script.fetch(), kNoon);
  EXPECT_TRUE(result.complete && result.served.empty() && !result.failure);
  script.Say(200, body(1015, 1285));
  result = source.Poll(script.fetch(), kNoon);
  ASSERT_EQ(result.served.size(), 1u);
  EXPECT_EQ(result.served[0].increment.value, 1280.0);
  EXPECT_EQ(result.served[0].region, 1);
}

TEST(SourcesTest, AverageAndMarginalAreNeverMixed) {
  ElectricityMapsSource maps = Maps({{"DE", 0}});
  WattTimeSource moer("wt", MoerOptions());
  ConstantSource price("prices", {{LiveSignal::kPrice, 0, 40.0}});
  ConstantSource carbon("book", {{LiveSignal::kCarbonIntensity, 1, 0.3}}, CarbonKind::kAverage);
  CheckCarbonKinds({&price, &maps, &carbon});
  CheckCarbonKinds({&price, &moer});
  try {
    CheckCarbonKinds({&price, &maps, &carbon, &moer});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'maps' is average, that of 'wt' is marginal"));
  }
  EXPECT_THROW(ConstantSource("book", {{LiveSignal::kCarbonIntensity, 1, 0.3}}), InputError);
  EXPECT_THROW(ConstantSource("book", {{LiveSignal::kPrice, 1, 0.3}}, CarbonKind::kAverage), InputError);
  EXPECT_THROW(ConstantSource("book", {{LiveSignal::kPrice, 1, std::nan("")}}), InputError);
}

TEST(ConstantSourceTest, ConstantsAndTraces) {
  Script script;
  ConstantSource price("prices", {{LiveSignal::kPrice, 1, 40.0}});
  const PollResult constant = price.Poll(script.fetch(), kNoon);
  ASSERT_EQ(constant.readings.size(), 1u);
  EXPECT_EQ(constant.readings[0].time, kNoon);
  EXPECT_EQ(constant.readings[0].value, 40.0);
  EXPECT_EQ(constant.readings[0].place, 1);

  Trace trace = PlainTrace(2, 1, 3);
  trace.signals.time = {kNoon, kNoon + 3600, kNoon + 7200};
  trace.signals.price(1, 0) = 7.0;
  TraceSource source("recorded", trace, {LiveSignal::kPrice});
  EXPECT_EQ(source.carbon_kind(), std::nullopt);
  EXPECT_EQ(TraceSource("c", trace, {LiveSignal::kCarbonIntensity}).carbon_kind(), CarbonKind::kAverage);
  const PollResult second = source.Poll(script.fetch(), kNoon + 7199);
  ASSERT_EQ(second.readings.size(), 2u);
  EXPECT_EQ(second.readings[0].value, 7.0);
  EXPECT_EQ(second.readings[0].time, kNoon + 3600);
  EXPECT_EQ(source.Poll(script.fetch(), kNoon - 1).failure->reason, PollFailure::kNothing);
  EXPECT_FALSE(source.Poll(script.fetch(), kNoon + 10799).failure);
  EXPECT_EQ(source.Poll(script.fetch(), kNoon + 10800).failure->reason, PollFailure::kNothing);
}

TEST(BackOffTest, DoublesToACapAndObeysRetryAfter) {
  PollPolicy policy;
  policy.jitter = 0.0;
  const double expected[] = {5, 10, 20, 40, 80, 160, 320, 640, 900, 900};
  for (int k = 0; k < 10; ++k) EXPECT_EQ(BackOffSeconds(policy, k + 1, 0), expected[k]);
  EXPECT_EQ(BackOffSeconds(policy, 2'000'000'000, 0), 900.0);
  EXPECT_EQ(BackOffSeconds(policy, 1, 60), 60.0);
  EXPECT_EQ(BackOffSeconds(policy, 5, 60), 80.0);
  EXPECT_EQ(BackOffSeconds(policy, 1, 1'000'000), 7200.0);
  EXPECT_EQ(BackOffSeconds(policy, 1, -5), 5.0);
}

TEST(BackOffTest, TheJitterIsDrawnFromTheSeed) {
  PollPolicy policy;
  double least = 1.0, most = 0.0;
  for (int k = 0; k < 1000; ++k) {
    policy.seed = k;
    const double part = BackOffSeconds(policy, 3, 0) / 20.0;
    EXPECT_EQ(part, BackOffSeconds(policy, 3, 0) / 20.0);
    least = std::min(least, part);
    most = std::max(most, part);
  }
  EXPECT_GT(least, 0.8);
  EXPECT_LT(least, 0.81);
  EXPECT_LT(most, 1.2);
  EXPECT_GT(most, 1.19);
  policy.seed = 1;
  const double third = BackOffSeconds(policy, 3, 0) / 20.0, fourth = BackOffSeconds(policy, 4, 0) / 40.0;
  EXPECT_NE(third, fourth);
}

TEST(BackOffTest, PoliciesThatAreNone) {
  const auto refuses = [](const std::function<void(PollPolicy*)>& spoil) {
    PollPolicy policy;
    CheckPollPolicy(policy, "s");
    spoil(&policy);
    EXPECT_THROW(CheckPollPolicy(policy, "s"), InputError);
  };
  refuses([](auto* policy) { policy->interval = 0.5; });
  refuses([](auto* policy) { policy->first_back_off = std::nan(""); });
  refuses([](auto* policy) { policy->longest_back_off = 4.0; });
  refuses([](auto* policy) { policy->longest_retry_after = 1e9; });
  refuses([](auto* policy) { policy->jitter = 1.0; });
}

PollResult Gave(int readings, std::optional<Failure> failure = std::nullopt) {
  PollResult result;
  result.readings.resize(readings);
  result.failure = std::move(failure);
  return result;
}

TEST(SourceStateTest, SuccessesAndFailuresInARow) {
  PollPolicy policy;
  policy.jitter = 0.0;
  SourceState state = AfterPoll({}, Gave(2), 1000, policy);
  EXPECT_EQ(state.last_success, 1000);
  EXPECT_EQ(state.wait, 300.0);
  EXPECT_EQ(state.consecutive_failures, 0);

  state = AfterPoll(state, Gave(0, Failure{PollFailure::kTimeout, "late"}), 1300, policy);
  state = AfterPoll(state, Gave(0, Failure{PollFailure::kRateLimited, "slow", 120}), 1305, policy);
  EXPECT_EQ(state.last_success, 1000);
  EXPECT_EQ(state.last_poll, 1305);
  EXPECT_EQ(state.consecutive_failures, 2);
  EXPECT_EQ(state.failures, 2);
  EXPECT_EQ(state.polls, 3);
  EXPECT_EQ(state.failure->reason, PollFailure::kRateLimited);
  EXPECT_EQ(state.wait, 120.0);
  state = AfterPoll(state, Gave(0, Failure{PollFailure::kBadAnswer, "?"}), 1425, policy);
  EXPECT_EQ(state.wait, 20.0);  // the third

  state = AfterPoll(state, Gave(1), 1445, policy);
  EXPECT_EQ(state.consecutive_failures, 0);
  EXPECT_FALSE(state.failure);
  EXPECT_EQ(state.failures, 3);
}

TEST(SourceStateTest, WhatIsNoReasonToBackOff) {
  PollPolicy policy;
  policy.jitter = 0.0;
  PollResult refused;
  refused.refused.push_back({RejectReason::kNull, "it is null"});
  SourceState state = AfterPoll({}, refused, 1000, policy);
  EXPECT_EQ(state.wait, 300.0);
  EXPECT_EQ(state.consecutive_failures, 1);
  EXPECT_EQ(state.last_success, std::nullopt);
  EXPECT_EQ(state.failure->message, "it is null");
  state = AfterPoll(state, Gave(0, Failure{PollFailure::kNothing, "empty"}), 1300, policy);
  EXPECT_EQ(state.wait, 300.0);
  // One bad place among good ones, and one that the service's limit left over.
  state = AfterPoll(state, Gave(3, Failure{PollFailure::kForbidden, "XX"}), 1600, policy);
  EXPECT_EQ(state.wait, 300.0);
  EXPECT_EQ(state.last_success, 1600);
  state = AfterPoll(state, Gave(3, Failure{PollFailure::kRateLimited, "slow"}), 1900, policy);
  EXPECT_EQ(state.wait, 300.0);
  state = AfterPoll(state, Gave(3, Failure{PollFailure::kRateLimited, "slow", 400}), 2200, policy);
  EXPECT_EQ(state.wait, 400.0);
  // Nor where the interval is shorter than a back-off.
  policy.interval = 2.0;
  EXPECT_EQ(AfterPoll({}, Gave(3, Failure{PollFailure::kForbidden, "XX"}), 2600, policy).wait, 2.0);
  EXPECT_EQ(AfterPoll({}, Gave(3, Failure{PollFailure::kTimeout, "late"}), 2600, policy).wait, 5.0);
  // Counters without an increment yet are a success.
  PollResult counters;
  counters.complete = true;
  EXPECT_EQ(AfterPoll({}, counters, 1000, policy).consecutive_failures, 0);
}

}  // namespace
}  // namespace evenkeel
