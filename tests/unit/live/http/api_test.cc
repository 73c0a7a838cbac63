#include "live/http/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/reference/live_status.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

const char* const kToken = "0123456789abcdef-secret";

class ApiTest : public testing::Test {
 protected:
  LiveApi Make(const std::string& token = "", std::int64_t most_age_s = 0) {
    LiveCommands commands;
    commands.observe = [this](const std::vector<Reading>& readings) {
      observed.push_back(readings);
      if (fail) throw std::runtime_error("inner words");
      return ObserveResult{result, rejected};
    };
    commands.meter = [this](const MeterReport& report) { return reports.push_back(report), result; };
    commands.set_region_state = [this](int region, RegionState state) {
      return states.emplace_back(region, state), result;
    };
    commands.set_mode = [this](LiveMode mode) { return modes.push_back(mode), result; };
    return {{token, most_age_s, [this](const std::string& words) { failures.push_back(words); }},
            commands,
            [this] { return status; },
            [this] { return now; }};
  }

  static ApiRequest Get(const std::string& target, const ApiHeaders& more = {}) {
    ApiRequest request = {"GET", target, {{"host", "127.0.0.1:8080"}}, ""};
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    return request;
  }
  static ApiRequest Send(const std::string& method, const std::string& target, const std::string& body,
                         const ApiHeaders& more = {}) {
    ApiRequest request = Get(target, more);
    request.method = method;
    request.headers.emplace_back("content-type", "application/json");
    request.body = body;
    return request;
  }
  static std::string Header(const ApiAnswer& answer, const std::string& name) {
    for (const auto& [key, value] : answer.headers) {
      if (key == name) return value;
    }
    return "";
  }

  std::shared_ptr<const LiveStatus> status = std::make_shared<const LiveStatus>(MadeUpStatus());
  std::int64_t now = status->as_of + 5;
  CommandResult result;
  std::vector<RejectedReading> rejected;
  bool fail = false;
  std::vector<std::string> failures;
  std::vector<std::vector<Reading>> observed;
  std::vector<MeterReport> reports;
  std::vector<std::pair<int, RegionState>> states;
  std::vector<LiveMode> modes;
};

std::string Batch(const std::string& id, const std::string& readings) {
  return R"({"id":")" + id + R"(","readings":[)" + readings + "]}";
}
const char* const kCarbon = R"({"signal":"carbon_intensity","region":"south","value":0.31,"time":1777600000})";

// What is said of a class of work, by its name as a gateway's; of which nothing is said, no meter says 0.
TEST_F(ApiTest, KnowsWorkThatCanWait) {
  status = std::make_shared<const LiveStatus>(MadeUpWork());
  LiveApi api = Make();
  ASSERT_EQ(api.Answer(Send("POST", "/v1/observations",
                            Batch("w", R"({"signal":"demand","gateway":"reports","value":2,"time":1777600000})")))
                .status,
            200);
  EXPECT_EQ(observed.at(0).at(0).place, 3);
  const char* const meter = R"({"slot_begin":1777600800,"revision":1,"served":[
      {"gateway":"east","region":"north","workload":3}],"work_done":[
      {"work_class":"training","region":"north","work":0}]})";
  ASSERT_EQ(api.Answer(Send("POST", "/v1/meters", meter)).status, 200);
  const RowMatrix& served = reports.at(0).served;
  EXPECT_EQ(served.topRows(3), (RowMatrix(3, 3) << 3, 0, 0, 0, 0, 0, 0, 0, 0).finished());
  EXPECT_TRUE(served.row(3).array().isNaN().all());
  const char* const work = R"({"slot_begin":1777600800,"revision":1,"work_done":[
      {"work_class":"reports","region":"north","work":2},{"work_class":"reports","region":"north","work":2}]})";
  EXPECT_THAT(api.Answer(Send("POST", "/v1/meters", work)).body,
              HasSubstr("work_done[1]: work_class reports and region north are there twice"));
  const char* const alone = R"({"slot_begin":1777600800,"revision":1,"work_done":[
      {"work_class":"reports","region":"north","work":2}]})";
  ASSERT_EQ(api.Answer(Send("POST", "/v1/meters", alone)).status, 200);
  EXPECT_TRUE(reports.at(1).served.topRows(3).array().isNaN().all());
  EXPECT_EQ(reports.at(1).served.row(3), (RowMatrix(1, 3) << 2, 0, 0).finished());
  const Json weights = Json::parse(api.Answer(Get("/v1/weights")).body);
  EXPECT_EQ(weights["work_classes"], (Json{"training", "reports"}));
  EXPECT_EQ(weights["released"], (Json{{2.5, 0.0, 1.0}, {0.0, 0.75, 0.0}}));
  EXPECT_EQ(weights["shares"].size(), 2u);
  const Json told = Json::parse(api.Answer(Get("/v1/status")).body);
  EXPECT_EQ(told["work"][1], (Json{{"work_class", "reports"}, {"arrived", 7.0}, {"done", 3.0}, {"late", 1.5}}));
  EXPECT_EQ(told["readings"].back()["work_class"], "reports");
  EXPECT_EQ(told["readings"].back()["state"], "held");
  EXPECT_EQ(Json::parse(api.Answer(Get("/v1/ledger")).body)["work"][0]["done"], 100.25);
  const std::string metrics = api.Answer(Get("/metrics")).body;
  EXPECT_THAT(metrics, HasSubstr("evenkeel_decided_release{work_class=\"training\",region=\"north\"} 2.5\n"));
  EXPECT_THAT(metrics, HasSubstr("evenkeel_work_late{work_class=\"reports\"} 1.5\n"));
  status = std::make_shared<const LiveStatus>(MadeUpStatus());
  EXPECT_THAT(api.Answer(Get("/metrics")).body, Not(HasSubstr("work_class")));
  EXPECT_FALSE(Json::parse(api.Answer(Get("/v1/weights")).body).contains("released"));
}

TEST_F(ApiTest, TakesObservations) {
  LiveApi api = Make();
  const std::string demand =
      R"({"signal":"demand","gateway":"west","value":12,"time":"2026-05-01T10:00:00+02:00","estimated":true})";
  const ApiAnswer answer =
      api.Answer(Send("POST", "/v1/observations", Batch("b1", std::string(kCarbon) + "," + demand)));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body),
            Json({{"id", "b1"}, {"accepted", 2}, {"rejected", 0}, {"reasons", Json::array()}}));
  ASSERT_EQ(observed.size(), 1);
  const Reading& first = observed[0][0];
  EXPECT_EQ(first.signal, LiveSignal::kCarbonIntensity);
  EXPECT_EQ(first.place, 1);
  EXPECT_EQ(first.value, 0.31);
  EXPECT_EQ(first.time, 1777600000);
  EXPECT_FALSE(first.estimated);
  EXPECT_EQ(observed[0][1].place, 1);
  EXPECT_EQ(observed[0][1].time, 1777593600 + 8 * 3600);  // 10:00 at two hours east is 8:00 UTC
  EXPECT_TRUE(observed[0][1].estimated);
}

TEST_F(ApiTest, AnswersABatchOnce) {
  LiveApi api = Make();
  rejected = {{0, "in the future"}};
  const ApiRequest request = Send("POST", "/v1/observations", Batch("b1", kCarbon));
  const ApiAnswer first = api.Answer(request), second = api.Answer(request);
  EXPECT_EQ(first.body, second.body);
  EXPECT_THAT(first.body, HasSubstr(R"({"field":"readings[0]","error":"in the future"})"));
  EXPECT_EQ(observed.size(), 1);
  const ApiAnswer other = api.Answer(Send("POST", "/v1/observations", Batch("b1", std::string(kCarbon) + " ")));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(observed.size(), 1);
}

TEST_F(ApiTest, WhatWasNotTakenMayBeSentAgain) {
  LiveApi api = Make();
  const ApiRequest request = Send("POST", "/v1/observations", Batch("b1", kCarbon));
  result = {CommandOutcome::kUnavailable, "no space left on device"};
  EXPECT_EQ(api.Answer(request).status, 503);
  result = {};
  EXPECT_EQ(api.Answer(request).status, 200);
  EXPECT_EQ(observed.size(), 2);
}

TEST_F(ApiTest, BadBodiesSayWhatIsWrong) {
  LiveApi api = Make();
  const auto reading = [](const std::string& what) { return Batch("b", what); };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not JSON"},
      {"{}{}", "not JSON"},
      {"[]", "an object"},
      {R"({"id":"b"})", "readings: is missing"},
      {R"({"id":"b","id":"c","readings":[]})", "id: the name is there twice"},
      {R"({"id":"b","readings":[]})", "readings: has 0 entries"},
      {R"({"id":7,"readings":[]})", "id: 7 is not allowed"},
      {R"({"id":"b","readings":[],"more":1})", "more: is not a name here; allowed: id, readings"},
      {reading(std::string(kCarbon) + R"(,{"signal":"wind"})"), R"(readings[1].signal: \"wind\" is not allowed)"},
      {reading(R"({"signal":"price","region":"nowhere","value":1,"time":1})"), "readings[0].region"},
      {reading(R"({"signal":"price","gateway":"east","region":"north","value":1,"time":1})"), "readings[0].gateway"},
      {reading(R"({"signal":"demand","region":"north","value":1,"time":1})"), "readings[0].region"},
      {reading(R"({"signal":"price","region":"north","value":null,"time":1})"),
       "readings[0].value: null is not allowed"},
      {reading(R"({"signal":"price","region":"north","value":"1","time":1})"), "a finite number"},
      {reading(R"({"signal":"price","region":"north","value":NaN,"time":1})"), "not JSON"},
      {reading(R"({"signal":"price","region":"north","value":1e400,"time":1})"), "not JSON"},
      {reading(R"({"signal":"price","region":"north","value":1,"time":-1})"), "readings[0].time: -1"},
      {reading(R"({"signal":"price","region":"north","value":1,"time":1.5})"), "readings[0].time: 1.5"},
      {reading(R"({"signal":"price","region":"north","value":1,"time":18446744073709551615})"), "readings[0].time"},
      {reading(R"({"signal":"price","region":"north","value":1,"time":"2026-05-01T10:00:00"})"), "readings[0].time"},
      {reading(R"({"signal":"price","region":"north","value":1,"time":1,"estimated":1})"), "true or false"},
      {reading(R"({"signal":"price","region":"north","value":1,"time":1,"unit":"kW"})"), "readings[0].unit"},
      {"[[[[[[[[[[]]]]]]]]]]", "deeper than 8"},
      {"{\"id\":\"\xff\"}", "not JSON"}};
  for (const auto& [body, words] : cases) {
    const ApiAnswer answer = api.Answer(Send("POST", "/v1/observations", body));
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr(words)) << body;
  }
  EXPECT_TRUE(observed.empty());
}

TEST_F(ApiTest, TakesMeters) {
  LiveApi api = Make();
  const ApiAnswer answer = api.Answer(Send("POST", "/v1/meters", R"({"slot_begin":1777593600,"revision":2,"served":[
      {"gateway":"east","region":"south","workload":7.5}],"energy_mwh":{"north":1.5},
      "price_usd_per_mwh":{"north":-3}})"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  ASSERT_EQ(reports.size(), 1);
  const MeterReport& report = reports[0];
  EXPECT_EQ(report.begin, 1777593600);
  EXPECT_EQ(report.revision, 2);
  EXPECT_EQ(report.served(0, 1), 7.5);
  EXPECT_EQ(report.served.sum(), 7.5);
  EXPECT_EQ(report.served.minCoeff(), 0.0);
  EXPECT_EQ((*report.energy_mwh)[0], 1.5);
  EXPECT_TRUE(std::isnan((*report.energy_mwh)[1]));
  EXPECT_EQ((*report.price)[0], -3.0);
  EXPECT_FALSE(report.carbon_intensity);
}

TEST_F(ApiTest, BadMetersSayWhatIsWrong) {
  LiveApi api = Make();
  const std::string row = R"({"gateway":"east","region":"south","workload":7})";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"slot_begin":0,"revision":1})", "served: is missing"},
      {R"({"slot_begin":0,"revision":0,"served":[]})", "revision: 0"},
      {R"({"slot_begin":0,"revision":1,"served":[)" + row + "," + row + "]}",
       "served[1]: gateway east and region south"},
      {R"({"slot_begin":0,"revision":1,"served":[{"gateway":"east","region":"south","workload":-1}]})",
       "served[0].workload"},
      {R"({"slot_begin":0,"revision":1,"served":[],"energy_mwh":{"north":-1}})", "energy_mwh.north: -1"},
      {R"({"slot_begin":0,"revision":1,"served":[],"energy_mwh":{"no":1}})", "energy_mwh.no"},
      {R"({"slot_begin":0,"revision":1,"served":[],"energy_mwh":[1]})", "energy_mwh: a list is not allowed"}};
  for (const auto& [body, words] : cases) {
    const ApiAnswer answer = api.Answer(Send("POST", "/v1/meters", body));
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr(words)) << body;
  }
  EXPECT_TRUE(reports.empty());
  result = {CommandOutcome::kConflict, "the period 2026-04 is closed"};
  const ApiAnswer closed = api.Answer(Send("POST", "/v1/meters", R"({"slot_begin":0,"revision":1,"served":[]})"));
  EXPECT_EQ(closed.status, 409);
  EXPECT_THAT(closed.body, HasSubstr("the period 2026-04 is closed"));
}

TEST_F(ApiTest, WeightsHaveATag) {
  LiveApi api = Make();
  const ApiAnswer answer = api.Answer(Get("/v1/weights"));
  EXPECT_EQ(answer.status, 200);
  const Json json = Json::parse(answer.body);
  EXPECT_EQ(json["slot"], 30);
  EXPECT_EQ(json["mode"], "active");
  EXPECT_EQ(json["shares"][1][2], status->published->share(1, 2));
  const std::string tag = Header(answer, "ETag");
  for (const std::string& match : {tag, "\"x\", W/" + tag, std::string("*")}) {
    const ApiAnswer same = api.Answer(Get("/v1/weights", {{"if-none-match", match}}));
    EXPECT_EQ(same.status, 304);
    EXPECT_TRUE(same.body.empty());
    EXPECT_EQ(Header(same, "ETag"), tag);
  }
  EXPECT_EQ(api.Answer(Get("/v1/weights", {{"if-none-match", "\"x\""}})).status, 200);
  LiveStatus other = *status;
  other.published->share(0, 0) += 1e-15;
  status = std::make_shared<const LiveStatus>(other);
  EXPECT_NE(Header(api.Answer(Get("/v1/weights")), "ETag"), tag);
  other.published.reset();
  status = std::make_shared<const LiveStatus>(other);
  EXPECT_EQ(api.Answer(Get("/v1/weights")).status, 503);
}

TEST_F(ApiTest, SlotsByNumber) {
  LiveApi api = Make();
  const auto slots = [&](const std::string& query) {
    const ApiAnswer answer = api.Answer(Get("/v1/slots" + query));
    std::vector<int> numbers = {answer.status};
    if (answer.status == 200) {
      const Json json = Json::parse(answer.body);
      for (const Json& slot : json["slots"]) numbers.push_back(slot["slot"]);
    }
    return numbers;
  };
  EXPECT_EQ(slots("?count=2"), (std::vector<int>{200, 28, 29}));
  EXPECT_EQ(slots("?from=3&count=2"), (std::vector<int>{200, 3, 4}));
  EXPECT_EQ(slots("?from=29"), (std::vector<int>{200, 29}));
  EXPECT_EQ(slots("?from=500"), (std::vector<int>{200}));
  EXPECT_EQ(slots("").size(), 31);
  for (const char* bad : {"?from=-1", "?from=", "?count=0", "?count=1001", "?count=1e2", "?from=1&from=2", "?to=3",
                          "?from=99999999999999"}) {
    EXPECT_EQ(slots(bad), std::vector<int>{400}) << bad;
  }
}

TEST_F(ApiTest, StatusAndLedger) {
  status = std::make_shared<const LiveStatus>(MadeUpTrouble());
  LiveApi api = Make();
  const Json json = Json::parse(api.Answer(Get("/v1/status")).body);
  EXPECT_EQ(json["now"], now);
  EXPECT_EQ(json["mode"], "canary");
  EXPECT_TRUE(json["realised"].is_null());
  EXPECT_TRUE(json["regions"][1]["utilisation"].is_null());  // not known
  EXPECT_EQ(json["regions"][1]["state"], "down");
  EXPECT_EQ(json["readings"][0]["gateway"], "east");
  EXPECT_EQ(json["outputs"][0]["failures"]["refused"], 31);
  const Json ledger = Json::parse(api.Answer(Get("/v1/ledger")).body);
  EXPECT_EQ(ledger["carbon_kg"], 900.0 + 650.0 + 400.0);
  EXPECT_EQ(ledger["guarantee"]["objective_usd"], status->objective);
  EXPECT_FALSE(ledger["regions"][0].contains("state"));
}

TEST_F(ApiTest, RegionsAndModes) {
  LiveApi api = Make();
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/regions/south/state", R"({"state":"drain"})")).status, 200);
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/regions/so%75th/state", R"({"state":"down"})")).status, 200);
  EXPECT_EQ(states, (std::vector<std::pair<int, RegionState>>{{1, RegionState::kDrain}, {1, RegionState::kDown}}));
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/regions/so%7/state", R"({"state":"down"})")).status, 400);
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/regions/no/state", R"({"state":"down"})")).status, 404);
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/regions/south/state", R"({"state":"off"})")).status, 400);
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/mode", R"({"mode":"shadow"})")).status, 200);
  EXPECT_EQ(modes, std::vector<LiveMode>{LiveMode::kShadow});
}

TEST_F(ApiTest, Readiness) {
  LiveApi api = Make("", 60);
  EXPECT_EQ(api.Answer(Get("/readyz")).status, 200);
  now = status->as_of + 61;
  EXPECT_THAT(api.Answer(Get("/readyz")).body, HasSubstr("said nothing for 61 s"));
  status = std::make_shared<const LiveStatus>(MadeUpTrouble());
  const ApiAnswer trouble = api.Answer(Get("/readyz"));
  EXPECT_EQ(trouble.status, 503);
  EXPECT_THAT(trouble.body, HasSubstr("no space left on device"));
  status = nullptr;
  for (const char* path : {"/readyz", "/v1/status", "/v1/weights", "/v1/slots", "/v1/ledger", "/metrics"}) {
    EXPECT_EQ(api.Answer(Get(path)).status, 503) << path;
  }
  EXPECT_EQ(api.Answer(Get("/healthz")).status, 200);
  EXPECT_EQ(api.Answer(Get("/")).status, 200);
}

TEST_F(ApiTest, PathsAndMethods) {
  LiveApi api = Make();
  EXPECT_EQ(api.Answer(Get("/v2/status")).status, 404);
  EXPECT_EQ(api.Answer(Get("/v1/status?x=1")).status, 400);
  EXPECT_EQ(api.Answer(Get("/v1/regions//state")).status, 404);
  const ApiAnswer wrong = api.Answer(Send("POST", "/v1/mode", "{}"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(Header(wrong, "Allow"), "PUT");
  ApiRequest no_json = Send("PUT", "/v1/mode", R"({"mode":"shadow"})");
  no_json.headers.back().second = "text/plain";
  EXPECT_EQ(api.Answer(no_json).status, 415);
  EXPECT_TRUE(modes.empty());
}

TEST_F(ApiTest, InnerFailuresStayInside) {
  LiveApi api = Make();
  fail = true;
  const ApiAnswer answer = api.Answer(Send("POST", "/v1/observations", Batch("b1", kCarbon)));
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, Not(HasSubstr("inner")));
  EXPECT_EQ(failures, std::vector<std::string>{"inner words"});
}

TEST_F(ApiTest, EverythingButHealthNeedsTheToken) {
  LiveApi api = Make(kToken);
  const std::string bearer = std::string("Bearer ") + kToken;
  for (const char* path : {"/", "/page.js", "/v1/status", "/metrics", "/readyz", "/nowhere"}) {
    EXPECT_EQ(api.Answer(Get(path)).status, 401) << path;
    EXPECT_EQ(api.Answer(Get(path, {{"authorization", bearer + "x"}})).status, 401) << path;
    EXPECT_EQ(api.Answer(Get(path, {{"authorization", "Bearer 0123"}})).status, 401) << path;
    EXPECT_EQ(api.Answer(Get(path, {{"authorization", "Bearer "}})).status, 401) << path;
    EXPECT_EQ(api.Answer(Get(path, {{"authorization", kToken}})).status, 401) << path;
  }
  EXPECT_EQ(api.Answer(Send("PUT", "/v1/mode", R"({"mode":"shadow"})")).status, 401);
  EXPECT_TRUE(modes.empty());
  EXPECT_EQ(api.Answer(Get("/healthz")).status, 200);
  EXPECT_EQ(api.Answer(Get("/v1/status", {{"authorization", bearer}})).status, 200);
  // base64 of "ann:0123456789abcdef-secret"
  EXPECT_EQ(api.Answer(Get("/", {{"authorization", "Basic YW5uOjAxMjM0NTY3ODlhYmNkZWYtc2VjcmV0"}})).status, 200);
  EXPECT_EQ(api.Answer(Get("/", {{"authorization", "Basic YW5uOjAxMjM0NTY3ODlhYmNkZWYtc2VjcmV1"}})).status, 401);
  EXPECT_THAT(api.Answer(Get("/")).body, Not(HasSubstr("secret")));
}

TEST_F(ApiTest, OtherSitesChangeNothing) {
  LiveApi api = Make();
  const auto put = [&](const ApiHeaders& more) {
    return api.Answer(Send("PUT", "/v1/mode", R"({"mode":"shadow"})", more)).status;
  };
  EXPECT_EQ(put({{"origin", "http://evil.example"}}), 403);
  EXPECT_EQ(put({{"origin", "null"}}), 403);
  EXPECT_EQ(put({{"sec-fetch-site", "cross-site"}}), 403);
  EXPECT_TRUE(modes.empty());
  EXPECT_EQ(put({{"origin", "http://127.0.0.1:8080"}, {"sec-fetch-site", "same-origin"}}), 200);
  // A stranger's name that leads to this machine.
  ApiRequest rebound = Get("/v1/status");
  for (const auto& [host, status_code] : std::vector<std::pair<std::string, int>>{
           {"evil.example:8080", 421}, {"127.0.0.1.evil.example", 421}, {"localhost:1", 200}, {"[::1]:1", 200}}) {
    rebound.headers[0].second = host;
    EXPECT_EQ(api.Answer(rebound).status, status_code) << host;
  }
}

TEST_F(ApiTest, ThePageLoadsNothingFromElsewhere) {
  LiveApi api = Make();
  const ApiAnswer page = api.Answer(Get("/"));
  EXPECT_THAT(Header(page, "Content-Security-Policy"), HasSubstr("default-src 'none'; script-src 'self'"));
  EXPECT_THAT(Header(page, "Content-Security-Policy"), Not(HasSubstr("unsafe")));
  const std::string all = page.body + api.Answer(Get("/page.js")).body + api.Answer(Get("/page.css")).body;
  for (const char* bad :
       {"innerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://", " onclick=", "style=\""}) {
    EXPECT_THAT(all, Not(HasSubstr(bad)));
  }
}

TEST(AnsweredBatches, ForgetsTheOldestFirst) {
  AnsweredBatches batches(3, 1 << 20);
  ApiAnswer answer;
  for (const char* id : {"a", "b", "c", "d"}) batches.Keep(id, "body", {});
  EXPECT_EQ(batches.size(), 3);
  EXPECT_EQ(batches.Find("a", "body", &answer), AnsweredBatches::Known::kNew);
  EXPECT_EQ(batches.Find("d", "body", &answer), AnsweredBatches::Known::kSame);
  EXPECT_EQ(batches.Find("d", "bodY", &answer), AnsweredBatches::Known::kOther);
  AnsweredBatches small(100, 10000);
  answer.body = std::string(3000, 'x');
  for (int k = 0; k < 50; ++k) small.Keep(std::to_string(k), "body", answer);
  EXPECT_LE(small.size(), 3);
  EXPECT_EQ(small.Find("49", "body", &answer), AnsweredBatches::Known::kSame);
}

}  // namespace
}  // namespace evenkeel
