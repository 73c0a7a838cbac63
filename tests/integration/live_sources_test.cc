// Sources over real sockets: against the mock of the services in each of its moods, and against a real Prometheus.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "live/sources/electricity_maps.h"
#include "live/sources/prometheus.h"
#include "live/sources/source_runner.h"
#include "live/sources/watttime.h"
#include "models/base/error.h"
#include "tests/integration/live_services.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kToken = "maps-tok\"en-7319";
constexpr const char* kPassword = "pass-2718";

std::int64_t Now() { return std::time(nullptr); }

double SecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

HttpLimits QuickLimits() {
  HttpLimits limits;
  limits.connect_ms = 1000;
  limits.total_ms = 1500;
  limits.most_bytes = 1 << 20;
  return limits;
}

class LiveSourcesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "evenkeel_live_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    mock_ = std::make_unique<MockServices>(folder_ / "mock.log", Arguments());
    ASSERT_NE(mock_->port(), 0);
  }
  void TearDown() override {
    mock_.reset();
    std::filesystem::remove_all(folder_);
  }

  static std::vector<std::string> Arguments() {
    return {"--zones", "DE,FR", "--gateways", "eu,us", "--token", kToken, "--user", "u", "--password", kPassword};
  }
  std::string Url(const std::string& path = "") const { return "http://" + mock_->host() + path; }

  nlohmann::json Control(const std::string& path) const {
    HttpClient client(QuickLimits());
    const HttpResult result = client.Get({Url("/mock/" + path), {}});
    EXPECT_EQ(result.status, 200) << path << result.message << result.body;
    return nlohmann::json::parse(result.body, nullptr, false);
  }
  void SetMode(const std::string& mode, const std::string& service = "all") const {
    Control("mode?service=" + service + "&mode=" + mode);
  }
  /// By POST, which sources never do.
  void Post(const std::string& path, const std::string& body) const {
    std::ofstream(folder_ / "body") << body;
    const std::string command = "curl -sf --noproxy '*' --max-time 5 --data-binary @" + (folder_ / "body").string() +
                                " '" + Url("/mock/" + path) + "' >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  std::unique_ptr<Source> Maps() const {
    return std::make_unique<ElectricityMapsSource>(
        "maps", ElectricityMapsOptions{Url(), kToken, CarbonScope::kLifecycle, {{"DE", 0}, {"FR", 1}}});
  }
  WattTimeOptions MoerOptions() const {
    WattTimeOptions options;
    options.url = Url();
    options.user = "u";
    options.password = kPassword;
    options.regions = {{"DE", 0}, {"FR", 1}};
    return options;
  }
  std::unique_ptr<Source> Moer() const { return std::make_unique<WattTimeSource>("wt", MoerOptions()); }
  std::unique_ptr<Source> Demand(const std::string& url) const {
    const PrometheusQuery query = {"demand", LiveSignal::kDemand, "gateway", {{"eu", 0}, {"us", 1}}, 2.0, 0};
    return std::make_unique<PrometheusSource>("prom", PrometheusOptions{url, "prom-token"},
                                              std::vector<PrometheusQuery>{query});
  }

  static PollResult Poll(Source* source) {
    HttpClient client(QuickLimits());
    return source->Poll([&](const HttpRequest& request) { return client.Get(request); }, Now());
  }

  std::filesystem::path folder_;
  std::unique_ptr<MockServices> mock_;
};

/// What a mode of the mock gives: readings, refusals, and a failure or none (then kInternal stands for it).
struct Expected {
  const char* mode;
  int readings;
  int refused;
  PollFailure failure;
};
constexpr PollFailure kNoFailure = PollFailure::kInternal;

// Null is refused by the parser; zeros, negative values, stale and future ones are the store's to judge.
constexpr Expected kOfMaps[] = {{"ok", 2, 0, kNoFailure},
                                {"null", 0, 2, kNoFailure},
                                {"zero", 2, 0, kNoFailure},
                                {"negative", 2, 0, kNoFailure},
                                {"nan", 0, 0, PollFailure::kBadAnswer},
                                {"stale", 2, 0, kNoFailure},
                                {"future", 2, 0, kNoFailure},
                                {"garbage", 0, 0, PollFailure::kBadAnswer},
                                {"error", 0, 0, PollFailure::kBadAnswer},
                                {"other", 0, 0, PollFailure::kBadAnswer},
                                {"huge", 0, 0, PollFailure::kTooLarge},
                                {"drip", 0, 0, PollFailure::kTimeout},
                                {"silent", 0, 0, PollFailure::kTimeout},
                                {"redirect", 0, 0, PollFailure::kRedirect},
                                {"echo", 0, 0, PollFailure::kBadAnswer},
                                {"401", 0, 0, PollFailure::kUnauthorized},
                                {"403", 0, 0, PollFailure::kForbidden},
                                {"429", 0, 0, PollFailure::kRateLimited},
                                {"500", 0, 0, PollFailure::kServerError},
                                {"ok", 2, 0, kNoFailure}};

void ExpectResult(const Expected& expected, const PollResult& result) {
  EXPECT_EQ(result.readings.size(), expected.readings) << expected.mode;
  EXPECT_EQ(result.refused.size(), expected.refused) << expected.mode;
  const Failure failure = result.failure.value_or(Failure{kNoFailure, ""});
  EXPECT_EQ(Name(failure.reason), std::string(Name(expected.failure))) << expected.mode << ": " << failure.message;
  for (const char* secret : {"7319", kPassword, "token-1-of", "prom-token", "dTpwYXNz"})
    EXPECT_THAT(failure.message, Not(HasSubstr(secret))) << expected.mode;
}

TEST_F(LiveSourcesTest, ElectricityMapsInEachMood) {
  const std::unique_ptr<Source> source = Maps();
  for (const Expected& expected : kOfMaps) {
    SetMode(expected.mode);
    PollResult result;
    // One request that takes all its time ends the round.
    EXPECT_LT(SecondsOf([&] { result = Poll(source.get()); }), 4.0) << expected.mode;
    ExpectResult(expected, result);
    EXPECT_EQ(result.failure ? result.failure->retry_after : 0, std::string(expected.mode) == "429" ? 7 : 0);
    for (const Reading& reading : result.readings) EXPECT_LE(std::abs(reading.value), 0.5);
  }
}

TEST_F(LiveSourcesTest, WhatTheStoreMakesOfEachMood) {
  ReadingStoreOptions options;
  options.num_gateways = options.num_regions = 2;
  options.time_base = {Now() / 3600 * 3600, 2.0};
  const std::unique_ptr<Source> source = Maps();
  ReadingStore store(options);
  const auto poll = [&](const std::string& mode) {
    SetMode(mode);
    const PollResult result = Poll(source.get());
    for (const Refusal& refusal : result.refused) store.CountRejected(source->name(), refusal.reason);
    for (const Reading& reading : result.readings) store.Add(source->name(), reading, Now());
    return store.Compose(options.time_base.start, Now());
  };
  const auto carbon = [](const ComposedSlot& slot) { return slot.values[3][0]; };
  EXPECT_EQ(carbon(poll("zero")).origin, ValueOrigin::kMissing);
  // 25 hours ago: another hour of another day, and too old.
  EXPECT_EQ(carbon(poll("stale")).origin, ValueOrigin::kMissing);
  const ComposedSlot fresh = poll("ok");
  EXPECT_EQ(carbon(fresh).origin, ValueOrigin::kFresh);
  for (const char* mode : {"zero", "null", "negative", "future", "stale", "garbage", "401"}) {
    const ComposedSlot slot = poll(mode);
    EXPECT_EQ(carbon(slot).origin, ValueOrigin::kFresh) << mode;
    EXPECT_EQ(slot.slot.carbon_intensity, fresh.slot.carbon_intensity) << mode;
  }
  const std::map<std::pair<std::string, RejectReason>, std::int64_t> expected = {
      {{"maps", RejectReason::kZero}, 4},
      {{"maps", RejectReason::kNull}, 2},
      {{"maps", RejectReason::kOutOfRange}, 2},
      {{"maps", RejectReason::kFuture}, 2}};
  EXPECT_EQ(store.rejected(), expected);
}

TEST_F(LiveSourcesTest, WattTimeInEachMood) {
  const std::unique_ptr<Source> source = Moer();
  ExpectResult({"ok", 4, 0, kNoFailure}, Poll(source.get()));  // now and in five minutes, of two regions
  for (Expected expected : kOfMaps) {
    const std::string mode = expected.mode;
    if (mode == "ok" || mode == "zero") expected.readings = 4;
    if (mode == "null") expected.refused = 4;
    if (mode == "future") expected.readings = 0;       // points after now are left out
    if (mode == "stale") expected.readings = 2 * 288;  // a forecast of yesterday, for yesterday
    if (mode == "negative") expected = {"negative", 0, 0, PollFailure::kBadAnswer};  // the format has no such values
    SetMode(mode);
    PollResult result;
    EXPECT_LT(SecondsOf([&] { result = Poll(source.get()); }), 4.0) << mode;
    ExpectResult(expected, result);
  }
}

TEST_F(LiveSourcesTest, WattTimeLogsInOnceAndAgainWhenItsTokenIsForgotten) {
  const std::unique_ptr<Source> source = Moer();
  for (int k = 0; k < 3; ++k) EXPECT_EQ(Poll(source.get()).readings.size(), 4u);
  EXPECT_EQ(Control("log")["counts"]["login"], 1);
  Control("tokens?live=1800");
  EXPECT_EQ(Poll(source.get()).readings.size(), 4u);
  EXPECT_EQ(Control("log")["counts"]["login"], 2);
  // Tokens that are dead when they are given: one more login for the region, and an end.
  Control("tokens?live=-1");
  EXPECT_EQ(Poll(source.get()).failure->reason, PollFailure::kUnauthorized);
  EXPECT_EQ(Control("log")["counts"]["login"], 3);
}

TEST_F(LiveSourcesTest, PrometheusInEachMood) {
  const std::unique_ptr<Source> source = Demand(Url());
  for (Expected expected : kOfMaps) {
    const std::string mode = expected.mode;
    if (mode == "null" || mode == "nan") expected = {expected.mode, 0, 2, kNoFailure};
    if (mode == "other") expected = {"other", 0, 2, kNoFailure};  // without the label
    SetMode(mode);
    ExpectResult(expected, Poll(source.get()));
  }
  SetMode("empty");
  ExpectResult({"empty", 0, 0, PollFailure::kNothing}, Poll(source.get()));
}

TEST_F(LiveSourcesTest, NoRedirectIsFollowed) {
  SetMode("redirect");
  const std::unique_ptr<Source> source = Maps();
  Poll(source.get());
  EXPECT_EQ(Control("log")["counts"]["maps"], 2);  // one for each zone, and none for where they lead
}

TEST_F(LiveSourcesTest, NobodyListensOrSpeaksAnotherProtocol) {
  HttpClient client(QuickLimits());
  HttpResult result = client.Get({"http://127.0.0.1:" + std::to_string(FreePort()) + "/", {}});
  EXPECT_EQ(result.error, HttpError::kConnect);
  EXPECT_NE(result.message, "");
  EXPECT_EQ(client.Get({"https://" + mock_->host() + "/", {}}).error, HttpError::kTls);
  EXPECT_EQ(client.Get({"http://no-such-host.invalid/", {}}).error, HttpError::kConnect);
  EXPECT_EQ(client.Get({"file:///etc/passwd", {}}).error, HttpError::kOther);
  EXPECT_EQ(client.Get({Url("/mock/log"), {}}).status, 200);  // and is none the worse for it
  client.Cancel();
  EXPECT_EQ(client.Get({Url("/mock/log"), {}}).error, HttpError::kCancelled);
}

TEST_F(LiveSourcesTest, CertificatesAreVerified) {
  const std::string pem = folder_ / "own.pem";
  const std::string command =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
      "subjectAltName=DNS:localhost -keyout " +
      pem + " -out " + pem + ".crt 2>/dev/null && cat " + pem + ".crt >> " + pem;
  ASSERT_EQ(std::system(command.c_str()), 0);
  const MockServices secure(folder_ / "tls.log", {"--tls", pem});
  const std::string port = std::to_string(secure.port());
  HttpLimits limits = QuickLimits();
  limits.total_ms = 5000;
  EXPECT_EQ(HttpClient(limits).Get({"https://localhost:" + port + "/mock/log", {}}).error, HttpError::kTls);
  limits.ca_file = pem + ".crt";
  HttpClient trusting(limits);
  EXPECT_EQ(trusting.Get({"https://localhost:" + port + "/mock/log", {}}).status, 200);
  EXPECT_EQ(trusting.Get({"https://127.0.0.1:" + port + "/mock/log", {}}).error, HttpError::kTls);  // another name
}

TEST_F(LiveSourcesTest, ASilentSourceHoldsUpNobodyAndStopsAtOnce) {
  SetMode("silent", "maps");
  HttpLimits patient = QuickLimits();
  patient.total_ms = 60'000;
  PollPolicy policy;
  policy.interval = 1.0;
  std::atomic<int> of_maps{0}, of_demand{0};
  std::atomic<bool> stopped{false};
  SourceRunner silent(Maps(), patient, policy, Now, [&](const SourceReport&) { ++of_maps; });
  SourceRunner good(Demand(Url()), QuickLimits(), policy, Now, [&](const SourceReport& report) {
    EXPECT_FALSE(stopped);
    of_demand += static_cast<int>(report.result.readings.size());
  });
  silent.Start();
  good.Start();
  EXPECT_TRUE(WaitUntil(10.0, [&] { return of_demand >= 4; }));
  EXPECT_EQ(good.state().consecutive_failures, 0);
  EXPECT_GE(*good.state().last_success, Now() - 5);
  EXPECT_EQ(silent.state().polls, 0);
  EXPECT_LT(SecondsOf([&] { silent.Stop(); }), 2.5);
  EXPECT_LT(SecondsOf([&] { good.Stop(); }), 2.5);
  stopped = true;
  EXPECT_EQ(of_maps, 0);
}

TEST_F(LiveSourcesTest, ARunnerBacksOffAndComesBack) {
  SetMode("500");
  PollPolicy policy;
  policy.interval = 3600.0;
  policy.first_back_off = 1.0;
  policy.longest_back_off = 1.0;
  SourceRunner runner(Maps(), QuickLimits(), policy, Now, [](const SourceReport&) {});
  runner.Start();
  EXPECT_TRUE(WaitUntil(10.0, [&] { return runner.state().consecutive_failures >= 2; }));
  EXPECT_EQ(runner.state().failure->reason, PollFailure::kServerError);
  EXPECT_EQ(runner.state().last_success, std::nullopt);
  SetMode("ok");
  EXPECT_TRUE(WaitUntil(10.0, [&] { return runner.state().last_success.has_value(); }));
  EXPECT_EQ(runner.state().consecutive_failures, 0);
  // The next poll is in an hour, unless it is wanted now.
  const std::int64_t polls = runner.state().polls;
  runner.Wake();
  EXPECT_TRUE(WaitUntil(10.0, [&] { return runner.state().polls > polls; }));
}

TEST_F(LiveSourcesTest, ARealPrometheus) {
  const int port = FreePort();
  std::ofstream(folder_ / "prometheus.yml") << "global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: haproxy\n"
                                               "    static_configs: [{targets: ['" +
                                                   mock_->host() + "']}]\n";
  const auto metrics = [&](int start, int north, int errors, const std::string& tokens) {
    Post("metrics", fmt::format("# TYPE haproxy_process_start_time_seconds gauge\n"
                                "haproxy_process_start_time_seconds {}\n"
                                "# TYPE haproxy_server_http_responses_total counter\n"
                                "haproxy_server_http_responses_total{{proxy=\"eu\",server=\"north\",code=\"2xx\"}} {}\n"
                                "haproxy_server_http_responses_total{{proxy=\"eu\",server=\"north\",code=\"5xx\"}} {}\n"
                                "# TYPE demand gauge\ndemand{{gateway=\"eu\"}} {}\ndemand{{gateway=\"us\"}} 2.5\n",
                                start, north, errors, tokens));
  };
  metrics(1'700'000'000, 1000, 5, "1.25");
  const Server prometheus(
      {"prometheus", "--config.file=" + (folder_ / "prometheus.yml").string(),
       "--storage.tsdb.path=" + (folder_ / "tsdb").string(), "--web.listen-address=127.0.0.1:" + std::to_string(port)},
      folder_ / "prometheus.log");
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  const std::unique_ptr<Source> demand = Demand(url);
  PollResult result;
  ASSERT_TRUE(WaitUntil(60.0, [&] { return (result = Poll(demand.get())).readings.size() == 2; }));
  EXPECT_EQ(result.readings[0].value, 2.5);  // 1.25 times the factor 2
  EXPECT_EQ(result.readings[1].value, 5.0);
  EXPECT_NEAR(static_cast<double>(result.readings[0].time), static_cast<double>(Now()), 3.0);

  ServedOptions options;
  options.prometheus.url = url;
  options.gateways = {{"eu", 0}};
  options.regions = {{"north", 0}};
  ServedSource served("served", options);
  EXPECT_TRUE(Poll(&served).complete);
  // Polls until something was counted, and what it was, exactly.
  const auto next = [&] {
    CounterIncrement increment;
    EXPECT_TRUE(WaitUntil(30.0, [&] {
      const PollResult read = Poll(&served);
      if (read.served.empty() || read.served[0].increment.value == 0.0) return false;
      increment = read.served[0].increment;
      return true;
    }));
    return increment;
  };
  metrics(1'700'000'000, 2280, 9, "NaN");
  EXPECT_EQ(next().value, 1280.0);
  metrics(1'700'000'500, 2290, 0, "NaN");  // reloaded, and more has been served since than before
  const CounterIncrement increment = next();
  EXPECT_EQ(increment.value, 2290.0);
  EXPECT_TRUE(increment.reset);

  result = Poll(demand.get());
  ASSERT_EQ(result.readings.size(), 1u);
  ASSERT_EQ(result.refused.size(), 1u);
  EXPECT_EQ(result.refused[0].reason, RejectReason::kNotFinite);
  PrometheusSource wrong("prom", {url, ""}, {{"demand{", LiveSignal::kDemand, "gateway", {{"eu", 0}}}});
  const PollResult refused = Poll(&wrong);
  EXPECT_EQ(refused.failure->reason, PollFailure::kBadAnswer);
  EXPECT_THAT(refused.failure->message, HasSubstr("parse error"));
}

}  // namespace
}  // namespace evenkeel
