#include "live/outputs/weight_plan.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "live/outputs/reconcile.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// One gateway, two regions; b has two servers.
BalancerMap Map() { return {{"g"}, {"A", "B"}, {{0, "g", {{"a", 0, 1.0}, {"b1", 1, 1.0}, {"b2", 1, 1.0}}}}}; }

HaproxyServer Server(const std::string& name, int weight, bool up = true) {
  HaproxyServer server;
  server.backend = "g";
  server.server = name;
  server.operation = up ? 2 : 0;
  server.weight = weight;
  server.initial_weight = 100;
  return server;
}

HaproxyView View(std::vector<HaproxyServer> servers, const std::string& algorithm = "roundrobin") {
  HaproxyView view;
  view.process.pid = 1;
  view.servers = std::move(servers);
  HaproxyCounters backend;
  backend.backend = "g";
  backend.algorithm = algorithm;
  view.counters.push_back(backend);
  return view;
}

std::vector<std::string> Texts(const std::vector<HaproxyCommand>& commands) {
  std::vector<std::string> texts;
  for (const HaproxyCommand& command : commands) texts.push_back(CommandText(command));
  return texts;
}

std::vector<std::string> Names(const std::vector<ApplyFailure>& failures) {
  std::vector<std::string> names;
  for (const ApplyFailure& failure : failures) names.emplace_back(Name(failure.reason));
  return names;
}

const RowMatrix kHalf = RowMatrix{{0.5, 0.5}}, kAllA = RowMatrix{{1.0, 0.0}}, kAllB = RowMatrix{{0.0, 1.0}};

TEST(WeightPlanTest, RaisesBeforeItLowers) {
  // A's 0.5 is 256, B's two servers have 128 each.
  const WeightPlan plan = PlanWeights(Map(), kHalf, {}, View({Server("a", 100), Server("b1", 256), Server("b2", 0)}));
  EXPECT_THAT(Texts(plan.raise), ElementsAre("set server g/a weight 256", "set server g/b2 weight 128"));
  EXPECT_THAT(Texts(plan.lower), ElementsAre("set server g/b1 weight 128"));
  EXPECT_THAT(plan.failures, IsEmpty());
}

TEST(WeightPlanTest, NothingToDoWhenEqual) {
  const WeightPlan plan = PlanWeights(Map(), kHalf, {}, View({Server("a", 256), Server("b1", 128), Server("b2", 128)}));
  EXPECT_THAT(plan.raise, IsEmpty());
  EXPECT_THAT(plan.lower, IsEmpty());
  EXPECT_THAT(plan.failures, IsEmpty());
}

TEST(WeightPlanTest, ARowOfZerosLeavesItsBackendAlone) {
  const WeightPlan plan =
      PlanWeights(Map(), RowMatrix{{0.0, 0.0}}, {}, View({Server("a", 1), Server("b1", 2), Server("b2", 3)}));
  EXPECT_THAT(plan.raise, IsEmpty());
  EXPECT_THAT(plan.lower, IsEmpty());
}

TEST(WeightPlanTest, UnknownServersAreNamedAndTheRestIsApplied) {
  const WeightPlan plan = PlanWeights(Map(), kHalf, {}, View({Server("a", 100), Server("b1", 100)}));
  EXPECT_THAT(Texts(plan.raise), ElementsAre("set server g/a weight 256", "set server g/b1 weight 256"));
  ASSERT_THAT(Names(plan.failures), ElementsAre("no_server"));
  EXPECT_THAT(plan.failures[0].text, HasSubstr("server g/b2"));

  const WeightPlan alone = PlanWeights(Map(), kHalf, {}, View({Server("a", 100)}));
  EXPECT_THAT(Texts(alone.raise), ElementsAre("set server g/a weight 256"));
  EXPECT_THAT(Names(alone.failures), ElementsAre("no_server", "no_server", "no_server_of_region"));
  EXPECT_THAT(alone.failures[2].text, HasSubstr("region B has a share of 0.5"));

  HaproxyServer other = Server("a", 1);
  other.backend = "h";
  const WeightPlan none = PlanWeights(Map(), kHalf, {}, View({other}));
  EXPECT_THAT(none.raise, IsEmpty());
  ASSERT_THAT(Names(none.failures), ElementsAre("no_backend"));
  EXPECT_THAT(none.failures[0].text, HasSubstr("backend g"));
}

TEST(WeightPlanTest, OthersOfTheBackendAreReported) {
  const HaproxyView view = View({Server("a", 256), Server("b1", 128), Server("b2", 128), Server("x", 7)});
  const WeightPlan plan = PlanWeights(Map(), kHalf, {}, view);
  ASSERT_THAT(Names(plan.failures), ElementsAre("unmapped"));
  EXPECT_THAT(plan.failures[0].text, HasSubstr("g/x"));
  EXPECT_THAT(plan.failures[0].text, HasSubstr("weight 7"));
  HaproxyView with_backup = view;
  HaproxyCounters backup;
  backup.backend = "g";
  backup.server = "x";
  backup.backup = true;
  with_backup.counters.push_back(backup);
  EXPECT_THAT(PlanWeights(Map(), kHalf, {}, with_backup).failures, IsEmpty());
}

TEST(WeightPlanTest, NeverLowersAllThatCanBeGivenRequests) {
  // All is to go to A, which is down: B's servers stay.
  const HaproxyView view = View({Server("a", 0, false), Server("b1", 100), Server("b2", 100)});
  const WeightPlan plan = PlanWeights(Map(), kAllA, {}, view);
  EXPECT_THAT(Texts(plan.raise), ElementsAre("set server g/a weight 256"));
  EXPECT_THAT(plan.lower, IsEmpty());
  ASSERT_THAT(Names(plan.failures), ElementsAre("no_usable_server"));
  EXPECT_THAT(plan.failures[0].text, HasSubstr("backend g"));
  // With a share of B's there is no such danger.
  const WeightPlan some = PlanWeights(Map(), RowMatrix{{0.9, 0.1}}, {}, view);
  EXPECT_EQ(some.lower.size(), 2u);
  EXPECT_THAT(some.failures, IsEmpty());
}

TEST(WeightPlanTest, Algorithms) {
  const std::vector<HaproxyServer> servers = {Server("a", 0), Server("b1", 128), Server("b2", 128)};
  const auto names = [&](const std::string& algorithm) {
    return Names(PlanWeights(Map(), kHalf, {}, View(servers, algorithm)).failures);
  };
  EXPECT_THAT(names("roundrobin"), IsEmpty());
  EXPECT_THAT(names("random"), ElementsAre("inexact"));
  EXPECT_THAT(names("unknown"), ElementsAre("inexact")) << "as 2.6 calls random";
  EXPECT_THAT(names(""), ElementsAre("inexact"));
  EXPECT_THAT(names("leastconn"), ElementsAre("algorithm"));
  const WeightPlan plan = PlanWeights(Map(), kHalf, {}, View(servers, "static-rr"));
  EXPECT_THAT(plan.raise, IsEmpty());
  EXPECT_THAT(plan.failures[0].text, HasSubstr("backend g: balance static-rr refuses weights; expected roundrobin"));
}

TEST(WeightPlanTest, AServerWithAnAgentIsLeftToIt) {
  HaproxyView view = View({Server("a", 0), Server("b1", 128), Server("b2", 128)});
  view.servers[0].agent = true;
  const WeightPlan plan = PlanWeights(Map(), kHalf, {}, view);
  EXPECT_THAT(plan.raise, IsEmpty());
  ASSERT_THAT(Names(plan.failures), ElementsAre("agent"));
  EXPECT_THAT(plan.failures[0].text, HasSubstr("g/a"));
}

TEST(WeightPlanTest, OrdersOfAnOperator) {
  using Order = RegionOrder;
  HaproxyView view = View({Server("a", 256), Server("b1", 128), Server("b2", 128)});
  view.servers[1].administration = kForcedMaintenance;
  EXPECT_THAT(PlanWeights(Map(), kHalf, {Order::kAsIs, Order::kAsIs}, view).raise, IsEmpty());
  EXPECT_THAT(Texts(PlanWeights(Map(), kHalf, {Order::kUp, Order::kUp}, view).raise),
              ElementsAre("set server g/b1 state ready"));
  EXPECT_THAT(Texts(PlanWeights(Map(), kHalf, {Order::kUp, Order::kDrain}, view).lower),
              ElementsAre("set server g/b1 state drain", "set server g/b2 state drain"));
  EXPECT_THAT(Texts(PlanWeights(Map(), kHalf, {Order::kDown, Order::kDown}, view).lower),
              ElementsAre("set server g/a state maint", "set server g/b2 state maint"));
}

TEST(WeightPlanTest, WhatHaproxySaysIsPassedOn) {
  const std::vector<HaproxyCommand> commands = {{HaproxyCommand::Kind::kWeight, "g", "a", 3},
                                                {HaproxyCommand::Kind::kWeight, "g", "b", 4},
                                                {HaproxyCommand::Kind::kMaintenance, "h", "a", 0},
                                                {HaproxyCommand::Kind::kWeight, "s", "a", 5}};
  const std::vector<ApplyFailure> failures =
      FailuresOf(commands, {"", "No such server.", "Permission denied", "Backend is using a static LB algorithm"});
  EXPECT_THAT(Names(failures), ElementsAre("no_server", "permission", "refused"));
  EXPECT_EQ(failures[0].text, "server g/b: to \"set server g/b weight 4\" haproxy says: No such server.");
  EXPECT_EQ(failures[1].text, "server h/a: to \"set server h/a state maint\" haproxy says: Permission denied");
}

TEST(WeightPlanTest, ReadBack) {
  const std::vector<HaproxyCommand> commands = {{HaproxyCommand::Kind::kWeight, "g", "a", 3},
                                                {HaproxyCommand::Kind::kWeight, "g", "b1", 4}};
  const std::vector<ApplyFailure> failures = NotApplied(commands, {Server("a", 3), Server("b1", 5)});
  ASSERT_THAT(Names(failures), ElementsAre("not_applied"));
  EXPECT_EQ(failures[0].text, "server g/b1: weight 4 was set, 5 is read");
}

TEST(WeightPlanTest, FailedRaisesHoldWhatWouldTakeTheRest) {
  const std::vector<HaproxyCommand> lower = {{HaproxyCommand::Kind::kWeight, "g", "a", 0},
                                             {HaproxyCommand::Kind::kWeight, "g", "b", 4},
                                             {HaproxyCommand::Kind::kWeight, "h", "a", 0}};
  EXPECT_THAT(Texts(WithoutHeld(lower, {"g"})), ElementsAre("set server g/b weight 4", "set server h/a weight 0"));
}

TEST(WeightPlanTest, AppliedSharesAreThoseOfUsableServers) {
  const RowMatrix expected{{0.25, 0.75}};
  EXPECT_EQ(AppliedShares(Map(), {Server("a", 50), Server("b1", 100), Server("b2", 50)}), expected);
  EXPECT_EQ(AppliedShares(Map(), {Server("a", 50), Server("b1", 150), Server("b2", 50, false)}), expected);
  EXPECT_EQ(AppliedShares(Map(), {Server("a", 0), Server("b1", 50, false)}), (RowMatrix{{0.0, 0.0}}));
  EXPECT_EQ(RegionsUp(Map(), {Server("a", 0), Server("b1", 50, false)}), (FlagMatrix{{1, 0}}));
}

TEST(WeightPlanTest, ReasonsHaveNames) {
  std::map<std::string, int> names;
  for (int i = 0; i < kNumApplyReasons; ++i) ++names[Name(static_cast<ApplyReason>(i))];
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kNumApplyReasons));
  EXPECT_STREQ(Name(ApplyReason::kNotApplied), "not_applied");
}

// What follows is of reconcile.h.

/// HAProxy as far as commands go.
void Play(const std::vector<HaproxyCommand>& commands, HaproxyView* view) {
  for (const HaproxyCommand& command : commands)
    for (HaproxyServer& server : view->servers)
      if (server.server == command.server && server.backend == command.backend) server.weight = command.weight;
}

WantedShares Wanted(const RowMatrix& share) {
  WantedShares wanted;
  wanted.shares.share = share;
  return wanted;
}

TEST(ReconcileTest, LeadsFromAnywhereToTheSame) {
  ReconcileState state;
  const ReconcileOptions options;
  HaproxyView view = View({Server("a", 100), Server("b1", 100), Server("b2", 100)});
  for (int i = 0; i < 3; ++i) {
    const WeightPlan plan = Reconcile(Map(), Wanted(kAllB), view, 1000 + i, options, &state);
    Play(plan.raise, &view);
    if (i == 0) {
      // Only in part: the socket broke before anything was lowered.
      EXPECT_THAT(AppliedShares(Map(), view.servers)(0, 0), testing::Gt(0.1));
      continue;
    }
    Play(plan.lower, &view);
    EXPECT_EQ(AppliedShares(Map(), view.servers), kAllB);
    EXPECT_EQ(plan.raise.size() + plan.lower.size(), i == 2 ? 0u : 1u);
  }
  view.servers[0].weight = 55;  // somebody else
  const WeightPlan plan = Reconcile(Map(), Wanted(kAllB), view, 1010, options, &state);
  EXPECT_THAT(Texts(plan.lower), ElementsAre("set server g/a weight 0"));
}

TEST(ReconcileTest, ARegionComesBackByARamp) {
  ReconcileState state;
  ReconcileOptions options;
  options.ramp = {0.25, 10};
  HaproxyView view = View({Server("a", 100), Server("b1", 128), Server("b2", 128)});
  RowMatrix target;
  const auto step = [&](std::int64_t now) {
    const WeightPlan plan = Reconcile(Map(), Wanted(RowMatrix{{0.6, 0.4}}), view, now, options, &state, &target);
    Play(plan.raise, &view);
    Play(plan.lower, &view);
    return target(0, 0);
  };
  EXPECT_EQ(step(0), 0.6);
  view.servers[0].operation = 0;
  EXPECT_EQ(step(10), 0.25) << "already while it is down";
  view.servers[0].operation = 2;
  EXPECT_EQ(step(20), 0.25);
  EXPECT_EQ(target(0, 1), 0.75);
  EXPECT_EQ(step(30), 0.5);
  EXPECT_EQ(step(40), 0.6);
  EXPECT_EQ(target(0, 1), 0.4);
}

// All is decided to go to one region. When it fails the other one stands in, and goes on while the first comes back.
TEST(ReconcileTest, WhoHasNoShareStandsInForTheOnlyRegionThatHasOne) {
  ReconcileState state;
  ReconcileOptions options;
  options.ramp = {0.25, 10};
  HaproxyView view = View({Server("a", 256), Server("b1", 0), Server("b2", 0)});
  RowMatrix target;
  const auto step = [&](std::int64_t now) {
    const WeightPlan plan = Reconcile(Map(), Wanted(RowMatrix{{1.0, 0.0}}), view, now, options, &state, &target);
    Play(plan.raise, &view);
    Play(plan.lower, &view);
    return target(0, 1);
  };
  EXPECT_EQ(step(0), 0.0);
  view.servers[0].operation = 0;
  EXPECT_EQ(step(10), 0.75);
  EXPECT_EQ(AppliedShares(Map(), view.servers)(0, 1), 1.0);
  view.servers[0].operation = 2;
  EXPECT_EQ(step(20), 0.75);
  EXPECT_EQ(step(30), 0.5);
  EXPECT_EQ(step(40), 0.25);
  EXPECT_EQ(step(50), 0.0);
}

TEST(ReconcileTest, Pauses) {
  ReconcileOptions options;
  options.interval = 5.0;
  options.most_pause = 60.0;
  EXPECT_EQ(NextRound(0, options), 5.0);
  EXPECT_EQ(NextRound(1, options), 5.0);
  EXPECT_EQ(NextRound(2, options), 10.0);
  EXPECT_EQ(NextRound(4, options), 40.0);
  EXPECT_EQ(NextRound(5, options), 60.0);
  EXPECT_EQ(NextRound(1'000'000, options), 60.0);
}

HaproxyView Served(std::int64_t pid, std::int64_t a, std::int64_t b1, std::int64_t other) {
  HaproxyView view = View({});
  view.process.pid = pid;
  for (const auto& [name, count] : std::map<std::string, std::int64_t>{{"a", a}, {"b1", b1}, {"x", other}}) {
    HaproxyCounters counters;
    counters.backend = "g";
    counters.server = name;
    counters.responses = {5, count - 3, 0, 2, 1, 0};
    view.counters.push_back(counters);
  }
  return view;
}

TEST(ReconcileTest, RequestsAreCountedThroughReloads) {
  ServedRequests sums;
  AddServed(Map(), Served(1, 100, 50, 3), Served(1, 160, 70, 3), 10, &sums);
  EXPECT_EQ(sums.served, (RowMatrix{{60.0, 20.0}}));
  EXPECT_EQ(sums.resets, 0);
  EXPECT_THAT(sums.unmapped, IsEmpty());
  // Another process: all that it has counted is new, were it more than before.
  AddServed(Map(), Served(1, 160, 70, 3), Served(2, 200, 5, 3), 20, &sums);
  EXPECT_EQ(sums.served, (RowMatrix{{260.0, 25.0}}));
  EXPECT_EQ(sums.resets, 1);
  EXPECT_EQ(sums.last_reset, 20);
  EXPECT_THAT(sums.unmapped, ElementsAre(0)) << "x served 3";
  // `clear counters`
  AddServed(Map(), Served(2, 200, 5, 3), Served(2, 7, 6, 3), 30, &sums);
  EXPECT_EQ(sums.served, (RowMatrix{{267.0, 26.0}}));
  EXPECT_EQ(sums.resets, 2);
}

// What spares serve counts for their region; their weights are nobody's business.
TEST(ReconcileTest, SparesAreCountedAndLeftAlone) {
  BalancerMap map = Map();
  map.backends[0].spares = {{"x", 1, 1.0}};
  ServedRequests sums;
  AddServed(map, Served(1, 100, 50, 3), Served(1, 160, 70, 10), 10, &sums);
  EXPECT_EQ(sums.served, (RowMatrix{{60.0, 27.0}}));
  EXPECT_THAT(sums.unmapped, IsEmpty());
  map.backends[0].spares = {{"a", 1, 1.0}};
  EXPECT_THROW(CheckMap(map), InputError) << "it is a server already";
}

TEST(WeightPlanTest, ARegionServesWhileAnyOfItsServersCan) {
  using Serving = std::vector<std::optional<bool>>;
  EXPECT_EQ(ServingRegions(Map(), {Server("a", 50), Server("b1", 0), Server("b2", 0, false)}), (Serving{true, true}));
  EXPECT_EQ(ServingRegions(Map(), {Server("a", 50), Server("b1", 9, false), Server("b2", 9, false)}),
            (Serving{true, false}));
  EXPECT_EQ(ServingRegions(Map(), {}), (Serving{false, false}));
  BalancerMap without = Map();
  without.regions.push_back("c");
  EXPECT_EQ(ServingRegions(without, {Server("a", 1)}), (Serving{true, false, std::nullopt}));
}

TEST(ReconcileTest, RefusesWhatCannotBeWanted) {
  EXPECT_NO_THROW(CheckWanted(Wanted(kHalf), Map()));
  EXPECT_THROW(CheckWanted(Wanted(RowMatrix{{0.5, 0.5}, {1.0, 0.0}}), Map()), InputError);
  EXPECT_THROW(CheckWanted(Wanted(RowMatrix{{1.5, -0.5}}), Map()), InputError);
  EXPECT_THROW(CheckWanted(Wanted(RowMatrix{{NAN, 0.5}}), Map()), InputError);
  WantedShares orders = Wanted(kHalf);
  orders.regions = {RegionOrder::kUp};
  EXPECT_THROW(CheckWanted(orders, Map()), InputError);
  ReconcileOptions options;
  EXPECT_NO_THROW(CheckOptions(options));
  options.ramp.step = 0.0;
  EXPECT_THROW(CheckOptions(options), InputError);
  options.ramp.step = 0.5;
  options.interval = 0.0;
  EXPECT_THROW(CheckOptions(options), InputError);
}

}  // namespace
}  // namespace evenkeel
