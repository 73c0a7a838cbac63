// What services answer, and what becomes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "live/sources/electricity_maps.h"
#include "live/sources/prometheus.h"
#include "live/sources/watttime.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;

template <typename Function>
std::string ErrorOf(const Function& function) {
  try {
    function();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

constexpr std::int64_t kNoon = 1'717'243'200;  // 2024-06-01 12:00:00 UTC

std::string MapsAnswer(const std::string& carbon, const std::string& more = "") {
  return R"({"zone":"DE","carbonIntensity":)" + carbon +
         R"(,"datetime":"2024-06-01T12:00:00.000Z","updatedAt":"2024-06-01T12:41:10.020Z",)" + more +
         R"("emissionFactorType":"lifecycle"})";
}

Answer ParseMaps(const std::string& body) {
  return ParseElectricityMapsAnswer(body, {"DE", 3}, CarbonScope::kLifecycle, "maps, zone DE");
}

TEST(ElectricityMapsTest, GramsBecomeKilogramsOfTheAnswersHour) {
  const Answer answer = ParseMaps(MapsAnswer("302", R"("isEstimated":true,"estimationMethod":"TIME_SLICER_AVERAGE",)"));
  ASSERT_EQ(answer.readings.size(), 1u);
  EXPECT_EQ(answer.readings[0].value, 0.302);
  EXPECT_EQ(answer.readings[0].time, kNoon);
  EXPECT_EQ(answer.readings[0].place, 3);
  EXPECT_EQ(answer.readings[0].signal, LiveSignal::kCarbonIntensity);
  EXPECT_TRUE(answer.readings[0].estimated);
  EXPECT_FALSE(ParseMaps(MapsAnswer("302", R"("isEstimated":null,)")).readings[0].estimated);
}

TEST(ElectricityMapsTest, NullIsMissingZeroIsForTheStore) {
  const Answer none = ParseMaps(MapsAnswer("null"));
  EXPECT_TRUE(none.readings.empty());
  ASSERT_EQ(none.refused.size(), 1u);
  EXPECT_EQ(none.refused[0].reason, RejectReason::kNull);
  EXPECT_EQ(none.refused[0].message, "maps, zone DE: \"carbonIntensity\" is null");
  EXPECT_EQ(ParseMaps(MapsAnswer("0")).readings[0].value, 0.0);
  EXPECT_EQ(ParseMaps(MapsAnswer("-1")).readings[0].value, -0.001);
}

TEST(ElectricityMapsTest, AnswersThatAreNoneAreLocated) {
  const auto error = [](const std::string& body) { return ErrorOf([&] { ParseMaps(body); }); };
  EXPECT_THAT(error(""), HasSubstr("maps, zone DE"));
  EXPECT_THAT(error("<html>"), HasSubstr("maps, zone DE"));
  EXPECT_THAT(error("{"), HasSubstr("maps, zone DE: it is no JSON document"));
  EXPECT_THAT(error("[]"), HasSubstr("no \"zone\""));
  EXPECT_THAT(error("{}"), HasSubstr("no \"zone\""));
  EXPECT_THAT(error(R"({"error":"no recent data for zone XX"})"), HasSubstr("no recent data for zone XX"));
  EXPECT_THAT(error(MapsAnswer("\"302\"")), HasSubstr("\"carbonIntensity\" is \"302\", allowed is null or a number"));
  EXPECT_THAT(error(MapsAnswer("302", R"("isEstimated":"yes",)")), HasSubstr("\"isEstimated\""));
  EXPECT_THAT(error(R"({"zone":"DE","carbonIntensity":3,"datetime":"2024-06-01T12:00:00"})"), HasSubstr("offset"));
  EXPECT_THAT(error(R"({"zone":"DE","datetime":"2024-06-01T12:00:00Z"})"), HasSubstr("no \"carbonIntensity\""));
  // The caller's own place, and another scope.
  EXPECT_THAT(error(R"({"zone":"US-CAL-CISO","carbonIntensity":3})"),
              HasSubstr("\"zone\" is 'US-CAL-CISO', asked for is 'DE'"));
  EXPECT_THAT(ErrorOf([] {
                ParseElectricityMapsAnswer(MapsAnswer("302"), {"DE", 3}, CarbonScope::kDirect, "maps, zone DE");
              }),
              HasSubstr("\"emissionFactorType\" is 'lifecycle', asked for is 'direct'"));
}

TEST(ElectricityMapsTest, TheRequest) {
  const HttpRequest request = ElectricityMapsRequest({"http://127.0.0.1:1", "secret", CarbonScope::kDirect, {}}, "A&B");
  EXPECT_EQ(request.url,
            "http://127.0.0.1:1/v3/carbon-intensity/latest?zone=A%26B&emissionFactorType=direct"
            "&shouldUseFallbackCallerLookup=false");
  ASSERT_EQ(request.headers.size(), 1u);
  EXPECT_EQ(request.headers[0].name, "auth-token");
  EXPECT_EQ(request.headers[0].value, "secret");
}

std::string Moer(const std::string& data, const std::string& region = "CAISO_NORTH",
                 const std::string& signal = "co2_moer") {
  return R"({"data":[)" + data + R"(],"meta":{"data_point_period_seconds":300,"region":")" + region +
         R"(","warnings":[],"signal_type":")" + signal +
         R"(","model":{"date":"2023-03-01"},"units":"lbs_co2_per_mwh","generated_at_period_seconds":300,)"
         R"("generated_at":"2024-06-01T12:00:00+00:00"}})";
}

Answer ParseMoer(const std::string& body) {
  return ParseWattTimeAnswer(body, {"CAISO_NORTH", 1}, kNoon + 300, "wt, region CAISO_NORTH");
}

// 1000 lbs/MWh = 453.59237 kg/MWh = 0.45359237 kg/kWh.
TEST(WattTimeTest, PoundsPerMegawattHourBecomeKilogramsPerKilowattHour) {
  const Answer answer = ParseMoer(Moer(R"({"point_time":"2024-06-01T12:00:00+00:00","value":1000.0},)"
                                       R"({"point_time":"2024-06-01T12:05:00+00:00","value":null},)"
                                       R"({"point_time":"2024-06-01T12:10:00+00:00","value":900.0})"));
  ASSERT_EQ(answer.readings.size(), 1u);  // that of 12:10 is later than asked for
  EXPECT_DOUBLE_EQ(answer.readings[0].value, 0.45359237);
  EXPECT_EQ(answer.readings[0].time, kNoon);
  EXPECT_EQ(answer.readings[0].place, 1);
  EXPECT_TRUE(answer.readings[0].estimated);
  ASSERT_EQ(answer.refused.size(), 1u);
  EXPECT_EQ(answer.refused[0].reason, RejectReason::kNull);
  EXPECT_EQ(answer.refused[0].message, "wt, region CAISO_NORTH, 2024-06-01 12:05:00 UTC: \"value\" is null");
}

TEST(WattTimeTest, AnswersThatAreNoneAreLocated) {
  const auto error = [](const std::string& body) { return ErrorOf([&] { ParseMoer(body); }); };
  const std::string point = R"({"point_time":"2024-06-01T12:00:00+00:00","value":1000.0})";
  EXPECT_THAT(error(Moer(point, "PJM")), HasSubstr("\"region\" is 'PJM', asked for is 'CAISO_NORTH'"));
  EXPECT_THAT(error(Moer(point, "CAISO_NORTH", "co2_aoer")), HasSubstr("asked for is co2_moer"));
  EXPECT_THAT(error(Moer(point, "CAISO_NORTH", "health_damage")), HasSubstr("health_damage"));
  EXPECT_THAT(error(Moer(R"({"point_time":"2024-06-01T12:00:00+00:00","value":-1})")), HasSubstr("entry 1"));
  EXPECT_THAT(error(R"({"error":"invalid","message":"Region not found"})"), HasSubstr("Region not found"));
  EXPECT_THAT(error("[1,2"), HasSubstr("wt, region CAISO_NORTH"));
  EXPECT_THAT(error("null"), HasSubstr("wt, region CAISO_NORTH"));
  std::string other_unit = Moer(point);
  other_unit.replace(other_unit.find("lbs_co2"), 7, "kgs_co2");
  EXPECT_THAT(error(other_unit), HasSubstr("allowed is lbs_co2_per_mwh"));
}

TEST(WattTimeTest, LoginsAndRequests) {
  EXPECT_EQ(ParseWattTimeLogin(R"({"token":"abc.def"})", "wt"), "abc.def");
  EXPECT_EQ(ErrorOf([] { ParseWattTimeLogin(R"({"token":7})", "wt"); }), "wt: no text \"token\" in the answer");
  EXPECT_EQ(ErrorOf([] { ParseWattTimeLogin("hidden", "wt"); }), "wt: no text \"token\" in the answer");
  // A line break in a header would be another header.
  const std::string broken = ErrorOf([] { ParseWattTimeLogin(R"({"token":"hidden\r\nX: y"})", "wt"); });
  EXPECT_THAT(broken, HasSubstr("wt: \"token\": it has 12 characters"));
  EXPECT_THAT(broken, testing::Not(HasSubstr("hidden")));

  WattTimeOptions options;
  options.user = "Aladdin";
  options.password = "open sesame";  // RFC 7617's example
  EXPECT_EQ(WattTimeLoginRequest(options).url, "https://api.watttime.org/login");
  EXPECT_EQ(WattTimeLoginRequest(options).headers[0].value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  const HttpRequest request = WattTimeForecastRequest(options, "CAISO_NORTH", "t");
  EXPECT_EQ(request.url, "https://api.watttime.org/v3/forecast?region=CAISO_NORTH&signal_type=co2_moer");
  EXPECT_EQ(request.headers[0].value, "Bearer t");
}

std::string Vector(const std::string& elements) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + elements + "]}}";
}

PrometheusQuery TokensQuery() {
  return {"sum by (gateway) (increase(tokens_total[1h]))",
          LiveSignal::kDemand,
          "gateway",
          {{"eu", 0}, {"us", 1}},
          2e-6,
          3600};
}

Answer ParseTokens(const std::string& elements) {
  return ReadingsOfSamples(ParsePrometheusAnswer(Vector(elements), "prom"), TokensQuery(), "prom");
}

// 1.5e6 tokens of the hour before at 2e-6 each: 3 units of workload.
TEST(PrometheusTest, ElementsBecomeReadingsByLabel) {
  const Answer answer = ParseTokens(R"({"metric":{"gateway":"us"},"value":[1717246800.781,"1.5e+06"]})");
  ASSERT_EQ(answer.readings.size(), 1u);
  EXPECT_DOUBLE_EQ(answer.readings[0].value, 3.0);
  EXPECT_EQ(answer.readings[0].place, 1);
  EXPECT_EQ(answer.readings[0].signal, LiveSignal::kDemand);
  EXPECT_EQ(answer.readings[0].time, kNoon);
  EXPECT_TRUE(answer.refused.empty());
  EXPECT_TRUE(ParseTokens("").readings.empty());
}

TEST(PrometheusTest, ElementsThatAreMissing) {
  const Answer answer =
      ParseTokens(R"({"metric":{"gateway":"eu"},"value":[1717246800,"NaN"]},)"
                  R"({"metric":{"gateway":"us"},"value":[1717246800,"+Inf"]},)"
                  R"({"metric":{},"value":[1717246800,"1"]},{"metric":{"gateway":"asia"},"value":[1717246800,"1"]})");
  EXPECT_TRUE(answer.readings.empty());
  ASSERT_EQ(answer.refused.size(), 4u);
  EXPECT_EQ(answer.refused[0].reason, RejectReason::kNotFinite);
  EXPECT_EQ(answer.refused[1].reason, RejectReason::kNotFinite);
  EXPECT_EQ(answer.refused[2].reason, RejectReason::kMissingLabel);
  EXPECT_EQ(answer.refused[3].reason, RejectReason::kUnknownPlace);
  EXPECT_EQ(answer.refused[3].message, "prom: gateway='asia' is no place");
  const Answer minus = ParseTokens(R"({"metric":{"gateway":"eu"},"value":[1717246800,"-Inf"]})");
  EXPECT_EQ(minus.refused[0].reason, RejectReason::kNotFinite);
}

TEST(PrometheusTest, TwoElementsOfOnePlaceAreNoneAndLeaveTheOthers) {
  const Answer answer = ParseTokens(R"({"metric":{"gateway":"eu","pod":"a"},"value":[1717246800,"1"]},)"
                                    R"({"metric":{"gateway":"eu","pod":"b"},"value":[1717246800,"2"]},)"
                                    R"({"metric":{"gateway":"us"},"value":[1717246800,"3"]})");
  ASSERT_EQ(answer.readings.size(), 1u);
  EXPECT_EQ(answer.readings[0].place, 1);
  ASSERT_EQ(answer.refused.size(), 2u);
  EXPECT_EQ(answer.refused[0].reason, RejectReason::kDuplicate);
  EXPECT_THAT(answer.refused[1].message, HasSubstr("gateway='eu' has 2 elements, allowed is one"));
}

TEST(PrometheusTest, AnswersThatAreNoneAreLocated) {
  const auto error = [](const std::string& body) { return ErrorOf([&] { ParsePrometheusAnswer(body, "prom"); }); };
  EXPECT_EQ(error("hello"), "prom: the answer is no object of JSON");
  EXPECT_THAT(error(R"({"status":"error","errorType":"bad_data","error":"parse error: unexpected end of input"})"),
              HasSubstr("unexpected end of input"));
  EXPECT_EQ(error(R"({"status":"success","data":{"resultType":"matrix","result":[]}})"),
            "prom: the result is a matrix, allowed is a vector");
  EXPECT_THAT(error(Vector(R"({"metric":{},"value":[1717246800,1]})")), HasSubstr("prom, element 1: the value is ''"));
  EXPECT_THAT(error(Vector(R"({"metric":{},"value":[1717246800,"0x10"]})")), HasSubstr("the value is '0x10'"));
  EXPECT_THAT(error(Vector(R"({"metric":{},"value":["1717246800","1"]})")), HasSubstr("no [time, \"value\"]"));
  EXPECT_THAT(error(Vector(R"({"metric":{},"value":[1e300,"1"]})")), HasSubstr("the time is 1e+300"));
  EXPECT_THAT(error(Vector(R"({"metric":{"a":1},"value":[1717246800,"1"]})")), HasSubstr("the label 'a' is no text"));
  EXPECT_THAT(error(Vector(R"({"metric":[],"value":[1717246800,"1"]})")), HasSubstr("no object of labels"));
}

TEST(PrometheusTest, RequestsAndTheCountersQuery) {
  EXPECT_EQ(PrometheusRequest({"http://127.0.0.1:9090", ""}, "up{a=\"b\"} + 1").url,
            "http://127.0.0.1:9090/api/v1/query?query=up%7Ba%3D%22b%22%7D%20%2B%201");
  EXPECT_TRUE(PrometheusRequest({"http://127.0.0.1:9090", ""}, "up").headers.empty());
  EXPECT_EQ(PrometheusRequest({"http://127.0.0.1:9090", "t"}, "up").headers[0].value, "Bearer t");
  ServedOptions options;
  options.matchers = "job=\"haproxy\"";
  EXPECT_EQ(ServedQuery(options),
            "{__name__=~\"haproxy_server_http_responses_total|haproxy_process_start_time_seconds\",job=\"haproxy\"}");
}

}  // namespace
}  // namespace evenkeel
