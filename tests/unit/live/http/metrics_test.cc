#include "live/http/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/reference/live_status.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What `promtool check metrics` says of a text, with its exit status.
std::string Promtool(const std::string& text) {
  const std::string path = testing::TempDir() + "metrics-" + std::to_string(getpid());
  std::ofstream(path) << text;
  FILE* pipe = popen(("promtool check metrics < " + path + " 2>&1; echo status $?").c_str(), "r");
  std::string said;
  for (int letter = fgetc(pipe); letter != EOF; letter = fgetc(pipe)) said += static_cast<char>(letter);
  pclose(pipe);
  std::filesystem::remove(path);
  return said;
}

TEST(MetricsText, PromtoolFindsNoFault) {
  ASSERT_EQ(std::system("promtool --version >/dev/null 2>&1"), 0) << "scripts/setup installs it";
  EXPECT_THAT(Promtool("# TYPE a counter\na 1\n"), HasSubstr("_total"));  // it does look
  LiveStatus hostile = MadeUpTrouble();
  hostile.regions[0] = "no\nrth\xff\\";
  for (const LiveStatus& status :
       {MadeUpStatus(), MadeUpStatus(0), MadeUpTrouble(), MadeUpLargeStatus(), hostile, LiveStatus()}) {
    EXPECT_EQ(Promtool(MetricsText(status)), "status 0\n");
  }
}

TEST(MetricsText, SaysWhatIsKnown) {
  const LiveStatus status = MadeUpTrouble();
  const std::string text = MetricsText(status);
  EXPECT_THAT(text, HasSubstr("\nevenkeel_period_carbon_grams{region=\"north\"} 900000\n"));
  EXPECT_THAT(text, HasSubstr("\nevenkeel_mode{mode=\"canary\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nevenkeel_region_state{region=\"south\",state=\"down\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nevenkeel_apply_failures_total{output=\"haproxy\",reason=\"refused\"} 31\n"));
  EXPECT_THAT(text, HasSubstr("\nevenkeel_degraded{reason=\"stale_input\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nevenkeel_ready 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("evenkeel_realised_share_ratio{")));  // not known
  EXPECT_THAT(text, Not(HasSubstr("evenkeel_region_utilisation_ratio{region=\"south\"")));
  EXPECT_THAT(text, HasSubstr(R"({gateway="east",region="<b id=\"x\">\"a\\b\"</b> & ü, rather long"} )"));
}

TEST(MetricsText, TheHistogramAddsUp) {
  // 2, 20, 7, 1, 0 up to 10 s, none above.
  const std::string text = MetricsText(MadeUpStatus());
  EXPECT_THAT(text, HasSubstr("evenkeel_decide_duration_seconds_bucket{le=\"0.001\"} 2\n"
                              "evenkeel_decide_duration_seconds_bucket{le=\"0.01\"} 22\n"
                              "evenkeel_decide_duration_seconds_bucket{le=\"0.1\"} 29\n"
                              "evenkeel_decide_duration_seconds_bucket{le=\"1\"} 30\n"
                              "evenkeel_decide_duration_seconds_bucket{le=\"10\"} 30\n"
                              "evenkeel_decide_duration_seconds_bucket{le=\"+Inf\"} 30\n"
                              "evenkeel_decide_duration_seconds_sum 1.23\n"
                              "evenkeel_decide_duration_seconds_count 30\n"));
}

}  // namespace
}  // namespace evenkeel
