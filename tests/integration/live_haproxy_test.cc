// Outputs against HAProxy itself. Figures in comments: one run each on a machine with two cores.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <regex>
#include <sstream>
#include <type_traits>

#include "live/outputs/agent_responder.h"
#include "live/outputs/haproxy_output.h"
#include "live/outputs/repeat.h"
#include "live/outputs/whole_weights.h"
#include "tests/integration/haproxy_world.h"

namespace evenkeel {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum RegionIndex { kDe, kFr, kPl };

BalancerMap Paris() {
  return {{"paris"},
          {"de", "fr", "pl"},
          {{0, "paris", {{"de1", kDe, 1.0}, {"de2", kDe, 1.0}, {"fr1", kFr, 1.0}, {"pl1", kPl, 1.0}}}}};
}

WantedShares Wanted(double de, double fr, double pl) {
  WantedShares wanted;
  wanted.shares.share = RowMatrix{{de, fr, pl}};
  return wanted;
}

std::vector<std::string> Reasons(const HaproxySnapshot& snapshot) {
  std::vector<std::string> reasons;
  for (const ApplyFailure& failure : snapshot.failures)
    reasons.push_back(std::string(Name(failure.reason)) + ": " + failure.text);
  return reasons;
}

class LiveHaproxyTest : public HaproxyTest {
 protected:
  void Begin(const std::string& more = "") {
    WriteConfiguration(more);
    Start();
  }

  HaproxyOutput Output(BalancerMap map = Paris(), const ReconcileOptions& options = {}) const {
    return HaproxyOutput(std::move(map), HaproxyReader(Address()), HaproxyWriter(Address()), options);
  }

  /// `show servers state`, but for the seconds since a server's last change.
  std::string State() const {
    return std::regex_replace(Ask("show servers state"), std::regex("(\n(\\S+ ){9})\\d+ "), "$1T ");
  }
};

double Distance(const RowMatrix& one, const RowMatrix& other) { return 0.5 * (one - other).cwiseAbs().sum(); }

TEST_F(LiveHaproxyTest, DecidedSharesAreRealised) {
  Begin();
  HaproxyOutput output = Output();
  const WantedShares wanted = Wanted(0.37, 0.41, 0.22);
  output.Step(100);
  EXPECT_EQ(output.Snapshot().commands, 0) << "nothing is wanted";
  output.Want(wanted);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(output.Step(101), 5.0);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  HaproxySnapshot snapshot = output.Snapshot();
  EXPECT_THAT(Reasons(snapshot), IsEmpty());
  EXPECT_EQ(snapshot.applied_at, 101);
  EXPECT_LT(Distance(snapshot.applied, wanted.shares.share), MostWeightError(4));
  EXPECT_EQ(snapshot.commands, 4);
  EXPECT_LT(took.count(), 1000.0) << "of 4 servers";
  std::cout << "applied and read back in " << took.count() << " ms\n";

  constexpr int kRequests = 2000;
  std::map<std::string, int> served;
  for (int i = 0; i < kRequests; ++i) {
    const auto [status, name] = Get(paris_);
    ASSERT_EQ(status, 200);
    ++served[name];
  }
  const RowMatrix realised =
      RowMatrix{{double(served["de1"] + served["de2"]), double(served["fr1"]), double(served["pl1"])}} / kRequests;
  std::cout << "realised " << realised << ", off by " << Distance(realised, wanted.shares.share) << "\n";
  EXPECT_LT((realised - wanted.shares.share).cwiseAbs().maxCoeff(), 0.01);
  EXPECT_LT(std::abs(served["de1"] - served["de2"]), 20);

  output.Step(106);
  snapshot = output.Snapshot();
  EXPECT_EQ(snapshot.commands, 4) << "nothing was left to do";
  EXPECT_EQ(snapshot.requests.served, realised * kRequests) << "HAProxy's own counters";
  EXPECT_EQ(snapshot.requests.resets, 0);
}

TEST_F(LiveHaproxyTest, TenByTen) {
  std::string more;
  BalancerMap map;
  WantedShares wanted;
  wanted.shares.share = RowMatrix::Zero(10, 10);
  for (int j = 0; j < 10; ++j) {
    map.gateways.push_back("g" + std::to_string(j));
    map.regions.push_back("r" + std::to_string(j));
    map.backends.push_back({j, map.gateways.back(), {}});
    more += "backend g" + std::to_string(j) + "\n  balance roundrobin\n";
    for (int r = 0; r < 10; ++r) {
      map.backends[j].servers.push_back({"s" + std::to_string(r), r, 1.0});
      more += "  server s" + std::to_string(r) + " 127.0.0.1:1 no-check\n";
      wanted.shares.share(j, r) = (1 + (3 * j + 7 * r) % 10) / 55.0;
    }
  }
  Begin(more);
  HaproxyOutput output = Output(map);
  for (int i = 0; i < 3; ++i) {
    wanted.shares.share.row(0).swap(wanted.shares.share.row(i));
    output.Want(wanted);
    const auto start = std::chrono::steady_clock::now();
    output.Step(100 + i);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::cout << "100 servers applied and read back in " << took.count() << " ms\n";
    EXPECT_LT(took.count(), 1000.0);
  }
  EXPECT_THAT(Reasons(output.Snapshot()), IsEmpty());
  for (int j = 0; j < 10; ++j)
    EXPECT_LT(Distance(output.Snapshot().applied.row(j), wanted.shares.share.row(j)), MostWeightError(10));
}

TEST_F(LiveHaproxyTest, DriftIsMended) {
  Begin();
  HaproxyOutput output = Output();
  output.Want(Wanted(0.5, 0.5, 0.0));
  output.Step(100);
  EXPECT_EQ(HaproxyReader(Address()).Weight("paris", "fr1"), 256);
  EXPECT_EQ(Ask("set server paris/fr1 weight 3"), "\n");
  output.Step(105);
  EXPECT_EQ(HaproxyReader(Address()).Weight("paris", "fr1"), 256);
  EXPECT_EQ(output.Snapshot().commands, 4 + 1);
  // A server that an operator stopped stays so, unless evenkeel is told to have an opinion.
  EXPECT_EQ(Ask("set server paris/fr1 state maint"), "\n");
  output.Step(110);
  EXPECT_EQ(output.Snapshot().applied, (RowMatrix{{1.0, 0.0, 0.0}}));
  WantedShares orders = Wanted(0.5, 0.5, 0.0);
  orders.regions = {RegionOrder::kAsIs, RegionOrder::kUp, RegionOrder::kDown};
  output.Want(orders);
  output.Step(115);
  output.Step(120);
  EXPECT_EQ(output.Snapshot().applied, (RowMatrix{{0.5, 0.5, 0.0}}));
  EXPECT_THAT(State(), HasSubstr(" pl1 127.0.0.1 0 1 "));
}

TEST_F(LiveHaproxyTest, ChangesUnderTrafficFailNoRequest) {
  Begin();
  HaproxyOutput output = Output();
  Traffic traffic(paris_, 4);
  constexpr int kFlips = 300;
  for (int i = 0; i < kFlips; ++i) {
    output.Want(i % 2 == 0 ? Wanted(0.0, 1.0, 0.0) : Wanted(0.0, 0.0, 1.0));
    output.Step(100 + i);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(traffic.failed(), 0) << "of " << traffic.good();
  EXPECT_GT(traffic.good(), 100);
  const int good = traffic.good();
  // The other order: 318 of 1,745 requests were answered with 503.
  for (int i = 0; i < kFlips; ++i) {
    const std::string up = i % 2 == 0 ? "fr1" : "pl1", down = i % 2 == 0 ? "pl1" : "fr1";
    Ask("set server paris/" + down + " weight 0");
    Ask("set server paris/" + up + " weight 256");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::cout << kFlips << " flips: none of " << good << " requests failed; lowered first, " << traffic.failed() << " of "
            << traffic.good() - good << "\n";
}

TEST_F(LiveHaproxyTest, WeightsAreBackAfterAReload) {
  Begin();
  ReconcileOptions options;
  options.interval = 1.0;
  HaproxyOutput output = Output(Paris(), options);
  const WantedShares wanted = Wanted(0.0, 0.8, 0.2);  // 256 and 64, exactly
  output.Want(wanted);
  std::atomic<std::int64_t> now = 100;
  Repeat repeat([&] { return output.Step(++now); });
  ASSERT_TRUE(Await(10.0, [&] { return output.Snapshot().applied_at > 0; }));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(Get(paris_).first, 200);
  ASSERT_TRUE(Await(10.0, [&] { return output.Snapshot().requests.served.sum() == 40.0; }));
  const auto start = std::chrono::steady_clock::now();
  Start();
  const pid_t process = processes_.back();
  EXPECT_TRUE(Await(10.0, [&] {
    const HaproxySnapshot snapshot = output.Snapshot();
    return snapshot.process.pid == process && Distance(snapshot.applied, wanted.shares.share) < 1e-9;
  }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::cout << "weights are back " << took.count() << " s after the reload began\n";
  EXPECT_LT(took.count(), 10.0);
  EXPECT_EQ(HaproxyReader(Address()).Weight("paris", "fr1"), 256);
  EXPECT_EQ(output.Snapshot().restarts, 1);
  EXPECT_EQ(output.Snapshot().requests.resets, 1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Get(paris_).first, 200);
  EXPECT_TRUE(Await(10.0, [&] { return output.Snapshot().requests.served.sum() == 60.0; }))
      << output.Snapshot().requests.served << ": counted through the reload";
}

TEST_F(LiveHaproxyTest, AKilledRegionFailsNoGetAndComesBackByARamp) {
  Begin();
  ReconcileOptions options;
  options.ramp = {0.2, 10};
  HaproxyOutput output = Output(Paris(), options);
  output.Want(Wanted(0.6, 0.4, 0.0));
  output.Step(100);
  Traffic traffic(paris_, 4);
  ASSERT_TRUE(Await(20.0, [&] { return traffic.good() > 200; }));
  fr1_.Kill();
  std::int64_t now = 101;
  ASSERT_TRUE(Await(20.0, [&] {
    output.Step(++now);
    return output.Snapshot().applied(0, kFr) == 0.0;
  }));
  const int good = traffic.good();
  ASSERT_TRUE(Await(20.0, [&] { return traffic.good() > good + 200; }));
  traffic.End();
  EXPECT_EQ(traffic.failed(), 0) << "of " << traffic.good();
  std::int64_t retries = 0;
  for (const HaproxyCounters& one : HaproxyReader(Address()).Counters())
    retries += one.server.empty() ? one.retries : 0;
  std::cout << "none of " << traffic.good() << " requests failed, " << retries << " were retried\n";
  EXPECT_GT(retries, 0);
  output.Step(200);
  EXPECT_EQ(output.Snapshot().target, (RowMatrix{{0.8, 0.2, 0.0}})) << "ready for its return";
  fr1_.Start();
  now = 300;
  ASSERT_TRUE(Await(20.0, [&] {
    output.Step(now);
    return output.Snapshot().applied(0, kFr) > 0.0;
  }));
  EXPECT_EQ(output.Snapshot().applied, (RowMatrix{{0.8, 0.2, 0.0}}));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Get(paris_).first, 200);
  output.Step(now + 9);
  EXPECT_EQ(output.Snapshot().target(0, kFr), 0.2);
  output.Step(now + 10);
  EXPECT_EQ(output.Snapshot().target, (RowMatrix{{0.6, 0.4, 0.0}}));
  EXPECT_LT(Distance(output.Snapshot().applied, output.Snapshot().target), MostWeightError(3));
}

TEST_F(LiveHaproxyTest, WatchingChangesNothing) {
  static_assert(!std::is_constructible_v<HaproxyWatch, BalancerMap, HaproxyReader, HaproxyWriter, ReconcileOptions>);
  static_assert(!std::is_convertible_v<HaproxyReader, HaproxyWriter>);
  WriteConfiguration();
  // Without checks, which change the state by themselves.
  std::string text = Configuration();
  text = std::regex_replace(text, std::regex(" check inter .*| agent-check .*| track .*"), "");
  std::ofstream(folder_ / "haproxy.cfg") << text;
  Start();
  Ask("set server paris/fr1 weight 17");
  const std::string before = State();
  HaproxyWatch watch(Paris(), HaproxyReader(Address("shadow.sock")), {});
  for (int i = 0; i < 50; ++i) EXPECT_EQ(watch.Look(100 + 5 * i), 5.0);
  EXPECT_EQ(State(), before);
  const HaproxySnapshot snapshot = watch.Snapshot();
  EXPECT_THAT(Reasons(snapshot), IsEmpty());
  EXPECT_NEAR(snapshot.applied(0, kFr), 17.0 / 317.0, 1e-12);
  EXPECT_EQ(snapshot.process.pid, processes_.back());
  EXPECT_EQ(snapshot.process.version.substr(0, 4), "2.6.");
  // HAProxy keeps that promise as well.
  HaproxyOutput output(Paris(), HaproxyReader(Address("shadow.sock")), HaproxyWriter(Address("shadow.sock")), {});
  output.Want(Wanted(0.0, 1.0, 0.0));
  output.Step(100);
  EXPECT_EQ(State(), before);
  EXPECT_EQ(output.Snapshot().failed[static_cast<int>(ApplyReason::kPermission)], 1);
  EXPECT_THAT(Reasons(output.Snapshot()),
              ElementsAre("permission: server paris/fr1: to \"set server paris/fr1 weight 256\" haproxy says: "
                          "Permission denied"));
}

TEST_F(LiveHaproxyTest, WhatIsWrongIsNamedAndTheRestApplied) {
  Begin(
      "backend lc\n  balance leastconn\n  server a 127.0.0.1:1\n"
      "backend srr\n  balance static-rr\n  server a 127.0.0.1:1\n"
      "backend rnd\n  balance random\n  server a 127.0.0.1:1\n");
  BalancerMap map = Paris();
  map.gateways = {"paris", "l", "s", "r", "none"};
  map.backends[0].servers.push_back({"fr2", kFr, 1.0});
  map.backends[0].servers.erase(map.backends[0].servers.begin());  // de1 is in no region
  for (int j = 1; j < 5; ++j) {
    const std::vector<std::string> names = {"", "lc", "srr", "rnd", "none"};
    map.backends.push_back({j, names[j], {{"a", kDe, 1.0}}});
  }
  HaproxyOutput output = Output(map);
  WantedShares wanted;
  wanted.shares.share = RowMatrix::Zero(5, 3);
  wanted.shares.share.col(kDe).setOnes();
  wanted.shares.share.row(0) = RowVector{{0.25, 0.5, 0.25}};
  output.Want(wanted);
  output.Step(100);
  const auto reasons = Reasons(output.Snapshot());
  EXPECT_THAT(reasons,
              ElementsAre("no_server: server paris/fr2: haproxy has none of that name",
                          HasSubstr("unmapped: server paris/de1: it stands for no region"),
                          HasSubstr("algorithm: backend lc: balance leastconn ignores exact shares"),
                          HasSubstr("algorithm: backend srr: balance static-rr refuses weights"),
                          HasSubstr("inexact: backend rnd: balance random"), HasSubstr("no_backend: backend none")));
  const HaproxyReader reader(Address());
  EXPECT_EQ(reader.Weight("paris", "fr1"), 256);
  EXPECT_EQ(reader.Weight("paris", "de2"), 128);
  EXPECT_EQ(reader.Weight("paris", "pl1"), 128);
  EXPECT_EQ(reader.Weight("rnd", "a"), 256);
  EXPECT_EQ(reader.Weight("srr", "a"), 100);
}

TEST_F(LiveHaproxyTest, ServersThatAreDownAreNotGivenAll) {
  Begin();
  pl1_.Kill();
  HaproxyOutput output = Output();
  ASSERT_TRUE(Await(20.0, [&] { return Ask("show servers state").find(" pl1 127.0.0.1 0 ") != std::string::npos; }));
  output.Want(Wanted(0.0, 0.0, 1.0));
  output.Step(100);
  EXPECT_THAT(Reasons(output.Snapshot()), ElementsAre(HasSubstr("no_usable_server: backend paris")));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Get(paris_).first, 200);
}

TEST_F(LiveHaproxyTest, AgentChecksAreAnswered) {
  Begin();
  const BalancerMap map = {{"berlin"}, {"de", "fr"}, {{0, "berlin", {{"de1", 0, 1.0}, {"fr1", 1, 1.0}}}}};
  ResponderOptions options;
  options.port = agent_;
  AgentResponder responder(AgentWeights(map, {2.5}), options, [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  });
  const HaproxyReader reader(Address());
  const auto weights = [&] { return std::vector<int>{reader.Weight("berlin", "de1"), reader.Weight("berlin", "fr1")}; };
  ASSERT_TRUE(Await(10.0, [&] { return responder.Counts().unwanted >= 2; }));
  EXPECT_THAT(weights(), Each(100)) << "as configured, until something is wanted";
  WantedShares wanted;
  wanted.shares.share = RowMatrix{{0.0, 1.0}};
  Traffic traffic(berlin_, 2);
  responder.Want(wanted);
  EXPECT_TRUE(Await(15.0, [&] { return weights() == std::vector<int>{0, 256}; })) << testing::PrintToString(weights());
  wanted.shares.share = RowMatrix{{0.8, 0.2}};
  responder.Want(wanted);
  EXPECT_TRUE(Await(15.0, [&] { return weights() == std::vector<int>{256, 64}; })) << testing::PrintToString(weights());
  for (int i = 0; i < 2; ++i) {
    wanted.shares.share = i == 0 ? RowMatrix{{0.0, 1.0}} : RowMatrix{{1.0, 0.0}};
    const std::vector<int> expected = i == 0 ? std::vector<int>{0, 256} : std::vector<int>{256, 0};
    responder.Want(wanted);
    EXPECT_TRUE(Await(15.0, [&] { return weights() == expected; })) << testing::PrintToString(weights());
  }
  EXPECT_EQ(traffic.failed(), 0) << "of " << traffic.good();
  EXPECT_EQ(responder.Counts().unknown, 0) << responder.Counts().last_unknown;
  EXPECT_EQ(responder.Counts().malformed + responder.Counts().late + responder.Counts().displaced, 0);

  // A reload begins with the configured weights, and asks.
  Start();
  EXPECT_TRUE(Await(15.0, [&] { return weights() == std::vector<int>{256, 0}; })) << testing::PrintToString(weights());
  // The runtime socket leaves such servers to their agents.
  HaproxyOutput output = Output(map);
  wanted.shares.share = RowMatrix{{0.5, 0.5}};
  output.Want(wanted);
  output.Step(100);
  EXPECT_THAT(Reasons(output.Snapshot()), Each(HasSubstr("agent: server berlin/")));
  EXPECT_EQ(output.Snapshot().commands, 0);
}

}  // namespace
}  // namespace evenkeel
