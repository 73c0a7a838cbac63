#include "live/outputs/haproxy_answers.h"

#include <gmock/gmock.h>

#include <functional>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Refusal(const std::function<void()>& parse) {
  try {
    parse();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

// As HAProxy 2.6.12 writes them.
constexpr char kServers[] =
    "1\n"
    "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state "
    "bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr "
    "srv_agent_addr srv_agent_port\n"
    "3 g 1 a1 127.0.0.1 2 0 42 100 2 1 0 2 0 0 0 0 - 18091 - 0 0 - - 0\n"
    "3 g 2 a2 127.0.0.1 0 1 0 100 2 1 0 2 0 22 0 0 - 18092 - 0 0 - - 18100\n"
    "\n";

constexpr char kStat[] =
    "# pxname,svname,stot,wretr,wredis,bck,type,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,req_tot,mode,"
    "algo,\n"
    "g,FRONTEND,900,,,,0,0,899,0,0,1,0,900,http,,\n"
    "g,a1,500,3,1,0,2,7,490,0,9,1,0,501,http,,\n"
    "g,a2,400,0,0,1,2,0,0,0,0,0,0,0,tcp,,\n"
    "g,BACKEND,900,3,1,0,1,7,890,0,9,1,0,901,http,roundrobin,\n"
    "\n";

TEST(HaproxyAnswersTest, SplitsAnswersToSeveralCommands) {
  EXPECT_THAT(SplitAnswers("\n", 1), ElementsAre(""));
  EXPECT_THAT(SplitAnswers("\n\n", 2), ElementsAre("", ""));
  EXPECT_THAT(SplitAnswers("\nNo such server.\n\n\n3 (initial 100)\n\n", 4),
              ElementsAre("", "No such server.", "", "3 (initial 100)"));
  EXPECT_THAT(SplitAnswers("Unknown command.\n  one\n  two\n\n", 1), ElementsAre("Unknown command.\n  one\n  two"));
  EXPECT_THAT(Refusal([] { SplitAnswers("\n", 2); }), HasSubstr("1 answers to 2 commands"));
  EXPECT_THAT(Refusal([] { SplitAnswers("No\x01such\n\n\n", 1); }),
              HasSubstr("2 answers to 1 commands, the first \"No?such\""));
  EXPECT_THAT(Refusal([] { SplitAnswers("", 1); }), HasSubstr("0 answers"));
}

TEST(HaproxyAnswersTest, Info) {
  const std::string text =
      "Name: HAProxy\nVersion: 2.6.12-1\nPid: 5278\nUptime: 0d 0h00m02s\nUptime_sec: 2\nStopping: 0\n"
      "Start_time_sec: 1795735148\n\n";
  const HaproxyProcess process = ParseInfo(text);
  EXPECT_EQ(process.pid, 5278);
  EXPECT_EQ(process.started, 1795735148);
  EXPECT_EQ(process.uptime, 2);
  EXPECT_EQ(process.version, "2.6.12-1");
  EXPECT_FALSE(process.stopping);
  HaproxyProcess other = process;
  other.uptime = 3;
  EXPECT_TRUE(process.IsSameAs(other));
  other.pid = 5279;
  EXPECT_FALSE(process.IsSameAs(other));
  EXPECT_THAT(Refusal([] { ParseInfo("Permission denied\n\n"); }),
              HasSubstr("has no Pid, it begins \"Permission denied\""));
  EXPECT_THAT(Refusal([] { ParseInfo("Pid: -3\n"); }), HasSubstr("Pid \"-3\""));
}

TEST(HaproxyAnswersTest, ServersState) {
  const std::vector<HaproxyServer> servers = ParseServersState(kServers);
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_EQ(servers[0].backend, "g");
  EXPECT_EQ(servers[0].server, "a1");
  EXPECT_EQ(servers[0].weight, 42);
  EXPECT_EQ(servers[0].initial_weight, 100);
  EXPECT_TRUE(servers[0].IsUsable());
  EXPECT_FALSE(servers[0].agent);
  EXPECT_FALSE(servers[1].IsUsable());
  EXPECT_EQ(servers[1].administration, kForcedMaintenance);
  EXPECT_TRUE(servers[1].agent) << "22 has the bit of a configured one";

  const std::string text = kServers;
  EXPECT_THAT(Refusal([] { ParseServersState("2\n# a\n"); }), HasSubstr("format \"2\", expected 1"));
  EXPECT_THAT(Refusal([] { ParseServersState("Can't find backend.\n\n"); }), HasSubstr("Can't find backend."));
  EXPECT_THAT(Refusal([] { ParseServersState("1\n# be_name srv_name\ng a1\n"); }), HasSubstr("no column srv_op_state"));
  EXPECT_THAT(Refusal([&] { ParseServersState(text.substr(0, text.size() - 30)); }), HasSubstr("fields, expected 25"));
  std::string heavy = text;
  heavy.replace(heavy.find(" 42 "), 4, " 999 ");
  EXPECT_THAT(Refusal([&] { ParseServersState(heavy); }),
              HasSubstr("srv_uweight \"999\", expected a whole number up to 256, in \"3 g 1 a1"));
}

TEST(HaproxyAnswersTest, StatLeavesOutAFrontendOfTheSameName) {
  const std::vector<HaproxyCounters> counters = ParseStat(kStat);
  ASSERT_EQ(counters.size(), 3u);
  EXPECT_EQ(counters[0].server, "a1");
  EXPECT_EQ(counters[0].sessions, 500);
  EXPECT_EQ(counters[0].requests, 501);
  EXPECT_EQ(counters[0].Served(), 500) << "490 + 9 + 1, interim answers left out";
  EXPECT_EQ(counters[0].retries, 3);
  EXPECT_EQ(counters[0].redispatches, 1);
  EXPECT_TRUE(counters[1].backup);
  EXPECT_EQ(counters[1].Served(), 400) << "sessions, in tcp mode";
  EXPECT_EQ(counters[2].server, "");
  EXPECT_EQ(counters[2].backend, "g");
  EXPECT_EQ(counters[2].algorithm, "roundrobin");
  EXPECT_THAT(Refusal([] { ParseStat("Permission denied\n\n"); }), HasSubstr("\"Permission denied\""));
  EXPECT_THAT(Refusal([] { ParseStat("# pxname,svname,type,\ng,a1,2,,,\n"); }), HasSubstr("6 fields, expected 4"));
}

TEST(HaproxyAnswersTest, Weight) {
  EXPECT_EQ(ParseWeight("42 (initial 100)\n\n"), 42);
  EXPECT_EQ(ParseWeight("0 (initial 100)\n\n"), 0);
  EXPECT_THAT(Refusal([] { ParseWeight("No such server.\n\n"); }), HasSubstr("No such server."));
  EXPECT_THAT(Refusal([] { ParseWeight("257 (initial 100)"); }), HasSubstr("257"));
  EXPECT_THAT(Refusal([] { ParseWeight(""); }), HasSubstr("get weight"));
}

TEST(HaproxyAnswersTest, MessagesShowNoControlCharacters) {
  EXPECT_EQ(ShownAnswer("\n\r\na\x1b[31m\tb\nc"), "a?[31m?b");
  EXPECT_EQ(ShownAnswer(std::string(1000, 'x')).size(), 200u);
}

}  // namespace
}  // namespace evenkeel
