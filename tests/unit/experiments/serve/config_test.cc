// Every key of a service's configuration, and every mistake with its line.
#include "experiments/serve/config.h"

#include "tests/reference/paths.h"
#include "tests/unit/experiments/serve/serve_files.h"

namespace evenkeel {
namespace {

struct BadText {
  const char* text;  ///< after the three lines of the head
  const char* message;
};

class ServeConfig : public ServeFiles {
 protected:
  void ExpectRefused(std::initializer_list<BadText> bad) const {
    for (const BadText& one : bad) {
      SCOPED_TRACE(one.text);
      ExpectInputError([&] { Make(one.text); }, {Filled(one.message)});
    }
  }
};

TEST_F(ServeConfig, TheSmallestOne) {
  const ServiceSetup setup = Make("");
  EXPECT_EQ(setup.engine.policy, "norm-greedy");
  EXPECT_EQ(setup.engine.folder, folder_ / "state");
  EXPECT_EQ(setup.engine.slot_hours, 1.0);  // of the trace
  EXPECT_EQ(setup.engine.lead, 20);
  EXPECT_EQ(setup.engine.close_after, 72 * 3600);
  EXPECT_EQ(setup.engine.valid_for, 2 * 3600);
  EXPECT_EQ(setup.engine.mode, LiveMode::kShadow);
  EXPECT_EQ(setup.engine.store.capacity, Vector::Constant(kLiveRegions, 8.0));  // MW, of the trace's last hour
  EXPECT_TRUE(setup.sources.empty() && setup.balancers.empty() && !setup.agent && !setup.weights_file);
  EXPECT_EQ(setup.server.address, "127.0.0.1");
  EXPECT_EQ(setup.server.port, 9180);
  EXPECT_EQ(setup.api.token, "");
}

TEST_F(ServeConfig, TheHead) {
  const ServiceSetup setup = Make(
      "slot = 15min\ndecide-before = 30s\nclose-after = 2d\nvalid-for = 1h\nmode = canary\ncanary = madrid\n"
      "canary-step = 0.05\nadvice-timeout = 3s\nweight = carbon=2000\nnorm = water=4\n");
  EXPECT_EQ(setup.engine.slot_hours, 0.25);
  EXPECT_EQ(setup.engine.lead, 30);
  EXPECT_EQ(setup.engine.close_after, 2 * 86400);
  EXPECT_EQ(setup.engine.valid_for, 3600);
  EXPECT_EQ(setup.engine.mode, LiveMode::kCanary);
  EXPECT_EQ(setup.canary.gateways, std::vector<int>{1});
  EXPECT_EQ(setup.canary.step, 0.05);
  EXPECT_EQ(setup.engine.store.capacity, Vector::Constant(kLiveRegions, 8.0));  // MW, whatever the slot
  EXPECT_NE(setup.engine.checksum, Make("").engine.checksum);                   // another objective
}

TEST_F(ServeConfig, WhatReadingsMayBe) {
  const auto of = [](const ServiceSetup& setup, LiveSignal signal) {
    return setup.engine.store.limits[static_cast<std::size_t>(signal)];
  };
  // Counted over a slot, known when it is over: up to two slots old when the next one is decided, and one to spare.
  EXPECT_EQ(of(Make(""), LiveSignal::kDemand).max_age, 3 * 3600);
  EXPECT_EQ(of(Make("slot = 10s\n"), LiveSignal::kDemand).max_age, 3600);
  EXPECT_FALSE(of(Make(""), LiveSignal::kWaterIntensity).may_be_zero);
  const ServiceSetup setup =
      Make("range = carbon_intensity:0.01:0.9\nmax-age = price:2h\nmax-age = demand:5min\nzero = water_intensity\n");
  EXPECT_EQ(of(setup, LiveSignal::kCarbonIntensity).min, 0.01);
  EXPECT_EQ(of(setup, LiveSignal::kCarbonIntensity).max, 0.9);
  EXPECT_EQ(of(setup, LiveSignal::kPrice).max_age, 7200);
  EXPECT_EQ(of(setup, LiveSignal::kDemand).max_age, 300);
  EXPECT_TRUE(of(setup, LiveSignal::kWaterIntensity).may_be_zero);
  EXPECT_FALSE(of(setup, LiveSignal::kCarbonIntensity).may_be_zero);
}

TEST_F(ServeConfig, APeriodHasTheTraceBeforeIt) {
  const ServiceSetup setup = Make("weight = carbon=2000\n");
  const PeriodSetup period = setup.engine.make_period({{kNovember + 86400, 1.0}, 48, {}, {}});
  EXPECT_EQ(period.problem->num_slots, 48);
  // Mean demand of the day that the trace has, times the slots.
  Vector mean = Vector::Zero(kLiveGateways);
  for (int t = 0; t < 24; ++t) mean += LiveSlotAt(kNovember + 3600 * t).demand / 24.0;
  EXPECT_TRUE(period.problem->expected_demand.isApprox(48 * mean, 1e-12));
}

/// Of fixed prices in the file that every carbon and water costs so much in north, and nothing elsewhere.
std::string PricesOfNorth(double price) {
  std::string text = "group,bucket,price\n";
  for (const char* group : {"carbon", "water"}) {
    for (const char* region : {"north", "south", "west"})
      text += fmt::format("{},{},{}\n", group, region, std::string(region) == "north" ? price : 0.0);
  }
  return text;
}

// What a policy reads is read when its period begins: the file that was replaced by name counts from the next month on.
TEST_F(ServeConfig, AFileThatIsReplacedByNameCountsFromTheNextPeriodOn) {
  WriteBytes(folder_ / "prices.csv", PricesOfNorth(0.0));
  const std::string text =
      Filled("network = DIR/network.h5\npolicy = fixed-price(file=DIR/prices.csv)\nstate = DIR/s\n");
  const LiveEngineOptions options = MakeServiceSetup(ParseIniFile("s.ini", text)).engine;
  const auto to_north = [&] {
    PeriodRun run(options.make_period({{kNovember, 1.0}, 24, {}, {}}));
    Slot slot = LiveSlotAt(kNovember);
    slot.price.setConstant(50.0);
    slot.price[0] = 10.0;
    run.Decide(slot, Advice::kAsked);
    return run.share().col(0).sum();
  };
  PeriodRun running(options.make_period({{kNovember, 1.0}, 24, {}, {}}));
  EXPECT_GT(to_north(), 0.5);
  WriteBytes(folder_ / "new.csv", PricesOfNorth(1e6));
  std::filesystem::rename(folder_ / "new.csv", folder_ / "prices.csv");
  EXPECT_EQ(to_north(), 0.0);
  Slot slot = LiveSlotAt(kNovember);
  slot.price.setConstant(50.0);
  slot.price[0] = 10.0;
  running.Decide(slot, Advice::kAsked);
  EXPECT_GT(running.share().col(0).sum(), 0.5) << "the running period goes on with what it began with";
  // Without the file there is no period: the service says so and tries again (LiveService::TickEngine).
  std::filesystem::remove(folder_ / "prices.csv");
  EXPECT_THROW(options.make_period({{kNovember, 1.0}, 24, {}, {}}), InputError);
}

TEST_F(ServeConfig, MistakesInTheHead) {
  ExpectRefused({
      {"polcy = a\n", "s.ini:4: unknown key polcy, did you mean \"policy\"?; the file's head takes network"},
      {"mode = activ\n", "s.ini:4: mode is activ, expected one of shadow, canary, active"},
      {"mode = canary\n", "s.ini:4: mode is canary, expected a canary = GATEWAY beside it"},
      {"canary = berln\n",
       "s.ini:4: canary names gateway berln, which the network does not have, did you mean "
       "\"berlin\"?"},
      {"canary-step = 0\n", "s.ini:4: canary-step is 0, expected a number from 0.001 to 1"},
      {"slot = 0s\n", "s.ini:4: slot is 0s, expected a duration from 1 s to 24 h"},
      {"slot = 7min\n", "s.ini:4: slot is 7min, expected a duration that divides a day"},
      {"decide-before = 61min\n", "s.ini:4: decide-before is 61min, expected a duration from 0 h to 1 h"},
      {"close-after = 32d\n", "s.ini:4: close-after is 32d, expected a duration from 0 h to 744 h"},
      {"valid-for = 59min\n", "s.ini:4: valid-for is 59min, expected a duration from 1 h to 744 h"},
      {"advice-timeout = soon\n", "s.ini:4: advice-timeout is soon, expected a duration from 1 s to 1 h"},
      {"range = price\n", "s.ini:4: range is price, expected SIGNAL:MIN:MAX"},
      {"range = price:1\n", "s.ini:4: range is price:1, expected SIGNAL:MIN:MAX with MIN <= MAX"},
      {"range = price:2:1\n", "s.ini:4: range is price:2:1, expected SIGNAL:MIN:MAX with MIN <= MAX"},
      {"range = cost:1:2\n", "s.ini:4: range names signal cost, expected demand"},
      {"max-age = price:long\n", "s.ini:4: max-age is price:long, expected SIGNAL:DURATION of at most 840 h"},
      {"max-age = price:36d\n", "s.ini:4: max-age is price:36d, expected"},
      {"zero = all\n", "s.ini:4: zero names signal all, expected demand"},
      {"state = again\n", "s.ini:4: state is given twice"},
      {"weight = carbon=1\nweight = carbn=1\n", "s.ini:5: weight: option --weight: unknown group"},
      {"norm = water=0\n", "s.ini:4: norm: option --norm"},
      {"bucket-weight = carbon:DIR/no.csv\n", "s.ini:4: bucket-weight: "},
  });
}

TEST_F(ServeConfig, WhatTheHeadMustHave) {
  const auto refused = [&](const std::string& text, const std::string& message) {
    ExpectInputError([&] { MakeServiceSetup(ParseIniFile("s.ini", Filled(text))); }, {message});
  };
  const std::string network = "network = DIR/network.h5\n";
  refused("policy = cost\nstate = x\n", "s.ini: network is missing");
  refused(network + "state = x\n", "s.ini: policy is missing");
  refused(network + "policy = cost\n", "s.ini: state is missing");
  refused("network = DIR/no.h5\npolicy = cost\nstate = x\n", "s.ini:1: network: cannot read " + folder_ / "no.h5");
  refused(network + "policy = cots\nstate = x\n", "s.ini:2: policy: unknown policy \"cots\" (known: cost, ");
  refused(network + "policy = robust(advice=cost\nstate = x\n", "s.ini:2: policy: ");
  refused(network + "policy = plan(forecast=perfect)\nstate = x\n",
          "s.ini:2: policy: plan(forecast=perfect) looks into the future");
  refused(network + "policy = robust(advice=plan(forecast=perfect))\nstate = x\n", "looks into the future");
}

TEST_F(ServeConfig, MistakesInSections) {
  ExpectRefused({
      {"\n[sorce a]\n", "s.ini:5: unknown section [sorce a], did you mean \"source\"?, expected [source NAME]"},
      {"[http]\nprot = 1\n", "s.ini:5: unknown key prot; [http] takes address, port"},
      {"[source ]\nkind = constant\n", "s.ini:4: unknown section [source]"},
      {"[source a b]\nkind = constant\n", "s.ini:4: [source a b]: expected a name of 1 to 64 letters"},
      {"[source push]\n", "s.ini:4: [source push]: push is the name"},
      {"[source a]\nkind = constant\nvalue = price:north:1\n[source a]\nkind = constant\n",
       "s.ini:7: [source a] stands twice, first in line 4"},
      {"[http]\nport = 1\n[http]\n", "s.ini:6: [http] stands twice, first in line 4"},
      {"[agent]\n", "s.ini:4: [agent]: backend is missing"},
      {"[weights-file]\n", "s.ini:4: [weights-file]: path is missing"},
      {"[source a]\n", "s.ini:4: [source a]: kind is missing"},
      {"[haproxy a]\n", "s.ini:4: [haproxy a]: backend is missing"},
  });
}

TEST_F(ServeConfig, ConstantsAndTraces) {
  const ServiceSetup setup = Make(
      "[source fixed]\nkind = constant\nevery = 2s\ncarbon-kind = average\nvalue = price:north:60.5\n"
      "value = demand:madrid:3\nvalue = carbon_intensity:west:0.2\n"
      "[source past]\nkind = trace\nfile = DIR/network.h5\nsignal = price\nsignal = demand\n");
  ASSERT_EQ(setup.sources.size(), 2u);
  const PollResult constant = setup.sources[0].source->Poll({}, kNovember);
  ASSERT_EQ(constant.readings.size(), 3u);
  EXPECT_EQ(constant.readings[0].signal, LiveSignal::kPrice);
  EXPECT_EQ(constant.readings[0].value, 60.5);
  EXPECT_EQ(constant.readings[1].place, 1);
  EXPECT_EQ(setup.sources[0].source->carbon_kind(), CarbonKind::kAverage);
  EXPECT_EQ(setup.sources[0].policy.interval, 2.0);
  EXPECT_EQ(setup.sources[1].policy.interval, 300.0);
  const PollResult trace = setup.sources[1].source->Poll({}, kNovember + 3600);
  ASSERT_EQ(trace.readings.size(), 5u);
  EXPECT_EQ(trace.readings[0].value, LiveSlotAt(kNovember + 3600).price[0]);
}

TEST_F(ServeConfig, MistakesInConstantsAndTraces) {
  WriteTrace(
      [] {
        Trace other = ServeTrace(1);
        other.header.network.regions[1].name = "east";
        return other;
      }(),
      folder_ / "other.h5");
  ExpectRefused({
      {"[source a]\nkind = consant\n",
       "s.ini:5: kind is consant, expected one of electricity-maps, watttime, "
       "prometheus, constant, trace"},
      {"[source a]\nkind = constant\n", "s.ini:4: [source a]: value is missing"},
      {"[source a]\nkind = constant\nvalue = 1\n", "s.ini:6: value is 1, expected SIGNAL:PLACE:NUMBER"},
      {"[source a]\nkind = constant\nvalue = price:north:x\n", "s.ini:6: value is price:north:x, expected SIGNAL"},
      {"[source a]\nkind = constant\nvalue = cost:north:1\n", "s.ini:6: value names signal cost, expected demand,"},
      {"[source a]\nkind = constant\nvalue = price:nrth:1\n",
       "s.ini:6: value names region nrth, which the network "
       "does not have, did you mean \"north\"?"},
      {"[source a]\nkind = constant\nvalue = demand:north:1\n", "s.ini:6: value names gateway north"},
      {"[source a]\nkind = constant\nvalue = price:north:1\nvalue = price:north:2\n",
       "s.ini:7: value is price:north:2, which is said already"},
      {"[source a]\nkind = constant\nvalue = carbon_intensity:north:1\n",
       "s.ini:4: [source a]: carbon-kind is missing"},
      {"[source a]\nkind = constant\ncarbon-kind = mean\nvalue = price:north:1\n",
       "s.ini:6: carbon-kind is mean, expected one of average, marginal"},
      {"[source a]\nkind = constant\nvalue = price:north:1\nevery = 0s\n", "s.ini:7: every is 0s, expected a duration"},
      {"[source a]\nkind = constant\nvalue = price:north:1\nurl = x\n", "s.ini:7: unknown key url; [source a] takes"},
      {"[source a]\nkind = trace\n", "s.ini:4: [source a]: signal is missing"},
      {"[source a]\nkind = trace\nsignal = price\n", "s.ini:4: [source a]: file is missing"},
      {"[source a]\nkind = trace\nsignal = price\nsignal = price\n", "s.ini:7: signal is price, which is said already"},
      {"[source a]\nkind = trace\nsignal = price\nfile = DIR/no.h5\n", "s.ini:7: file: cannot read DIR/no.h5"},
      {"[source a]\nkind = trace\nsignal = price\nfile = DIR/other.h5\n",
       "s.ini:7: file is DIR/other.h5, whose regions are not the network's"},
  });
}

TEST_F(ServeConfig, Services) {
  const ServiceSetup setup = Make(
      "[source maps]\nkind = electricity-maps\ntoken-file = DIR/token\nscope = direct\nzone = north:DE\n"
      "zone = south:FR\ntimeout = 2s\nproxy = http://127.0.0.1:3128\nca-file = DIR/ca.pem\n"
      "[source loads]\nkind = prometheus\nurl = http://127.0.0.1:9090\nquery = sum by (gateway) (rate(tokens[1h]))\n"
      "signal = demand\nlabel = gw\nfactor = 0.001\nshift = 1h\nplace = berlin:eu-1\nplace = berlin:eu-2\n");
  ASSERT_EQ(setup.sources.size(), 2u);
  EXPECT_EQ(setup.sources[0].limits.total_ms, 2000);
  EXPECT_EQ(setup.sources[0].limits.connect_ms, 2000);
  EXPECT_EQ(setup.sources[0].limits.proxy, "http://127.0.0.1:3128");
  EXPECT_EQ(setup.sources[0].limits.ca_file, folder_ / "ca.pem");
  EXPECT_EQ(setup.sources[0].source->carbon_kind(), CarbonKind::kAverage);
  std::vector<HttpRequest> asked;
  const Fetch fetch = [&](const HttpRequest& request) {
    asked.push_back(request);
    HttpResult result;
    result.status = 200;
    result.body = R"({"status":"success","data":{"resultType":"vector","result":[
                      {"metric":{"gw":"eu-2"},"value":[1793494800,"2500"]}]}})";
    return result;
  };
  setup.sources[0].source->Poll(fetch, kNovember);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_NE(asked[0].url.find("zone=DE&emissionFactorType=direct"), std::string::npos) << asked[0].url;
  EXPECT_EQ(asked[0].headers.at(0).value, "0123456789abcdef");
  const PollResult loads = setup.sources[1].source->Poll(fetch, 1793494800);
  ASSERT_EQ(loads.readings.size(), 1u) << loads.failure->message;
  EXPECT_EQ(loads.readings[0].place, 0);
  EXPECT_EQ(loads.readings[0].value, 2.5);       // 2500 * 0.001
  EXPECT_EQ(loads.readings[0].time, kNovember);  // an hour before
}

TEST_F(ServeConfig, WattTime) {
  const ServiceSetup setup =
      Make("[source moer]\nkind = watttime\nuser = me\npassword-file = DIR/token\ngrid-region = north:CAISO_NORTH\n");
  EXPECT_EQ(setup.sources.at(0).source->carbon_kind(), CarbonKind::kMarginal);
}

TEST_F(ServeConfig, MistakesInServices) {
  ExpectRefused({
      {"[source a]\nkind = electricity-maps\n", "s.ini:4: [source a]: token-file is missing"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/no\n", "s.ini:6: token-file: cannot read DIR/no"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/open\n", "s.ini:6: token-file: DIR/open: a token's file"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/short\n",
       "s.ini:6: token-file: DIR/short: a token is one line of 16 to 512"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/token\n", "s.ini:4: [source a]: zone is missing"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/token\nzone = DE\n",
       "s.ini:7: zone is DE, expected REGION:ZONE"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/token\nzone = north:DE\nzone = north:FR\n",
       "s.ini:8: zone is north:FR, which is said already"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/token\nscope = all\n",
       "s.ini:7: scope is all, expected one of direct, lifecycle"},
      {"[source a]\nkind = electricity-maps\ntoken-file = DIR/token\nzone = north:DE\nurl = http://example.org\n",
       "s.ini:4: [source a]: a: url: the scheme is http"},
      {"[source a]\nkind = watttime\n", "s.ini:4: [source a]: user is missing"},
      {"[source a]\nkind = watttime\nuser = me\n", "s.ini:4: [source a]: password-file is missing"},
      {"[source a]\nkind = watttime\nuser = me\npassword-file = DIR/token\n",
       "s.ini:4: [source a]: grid-region is missing"},
      {"[source a]\nkind = prometheus\n", "s.ini:4: [source a]: query is missing"},
      {"[source a]\nkind = prometheus\nquery = x\n", "s.ini:4: [source a]: signal is missing"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = load\n", "s.ini:7: signal names signal load, expected"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = price\nplace = north:a\nplace = south:a\n",
       "s.ini:9: place is south:a, which is said already"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = price\nfactor = 0\n", "s.ini:8: factor is 0, expected"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = price\nshift = 2d\n", "s.ini:8: shift is 2d, expected"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = carbon_intensity\n",
       "s.ini:4: [source a]: carbon-kind is missing"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = price\nurl = ftp://a\n", "s.ini:4: [source a]: a: url"},
      {"[source a]\nkind = prometheus\nquery = x\nsignal = price\ntimeout = 301s\n",
       "s.ini:8: timeout is 301s, expected a duration from 1 s to 5 min"},
  });
}

TEST_F(ServeConfig, AverageAndMarginalAreNotMixed) {
  ExpectRefused(
      {{"[source a]\nkind = constant\ncarbon-kind = average\nvalue = carbon_intensity:north:0.2\n"
        "[source b]\nkind = constant\ncarbon-kind = marginal\nvalue = carbon_intensity:south:0.2\n",
        "s.ini:8: [source b]: "}});
}

TEST_F(ServeConfig, Balancers) {
  const ServiceSetup setup = Make(
      "[haproxy edge]\nsocket = DIR/haproxy.sock\nevery = 2s\nramp-step = 0.5\nramp-every = 30s\n"
      "workload-per-request = berlin:0.002\nworkload-per-request = madrid:0.004\n"
      "backend = berlin:to_berlin\nserver = to_berlin/n1:north\nserver = to_berlin/w1:west:2.5\nspare = "
      "to_berlin/b1:south\n"
      "[agent]\naddress = 127.0.0.2\nport = 8300\nraise = 9s\nbackend = madrid:m\nserver = m/s1:south\n"
      "[weights-file]\npath = DIR/weights.json\ncommand = /bin/cp\ncommand = -f\ntimeout = 3s\n"
      "[http]\naddress = 0.0.0.0\nport = 0\ntoken-file = DIR/token\n");
  ASSERT_EQ(setup.balancers.size(), 1u);
  const BalancerSetup& edge = setup.balancers[0];
  EXPECT_EQ(edge.name, "edge");
  EXPECT_EQ(edge.options.interval, 2.0);
  EXPECT_EQ(edge.options.ramp.step, 0.5);
  EXPECT_EQ(edge.options.ramp.interval, 30);
  EXPECT_EQ(edge.workload_per_request, (Vector(2) << 0.002, 0.004).finished());
  ASSERT_EQ(edge.map.backends.size(), 1u);
  EXPECT_EQ(edge.map.backends[0].gateway, 0);
  ASSERT_EQ(edge.map.backends[0].servers.size(), 2u);
  EXPECT_EQ(edge.map.backends[0].servers[1].name, "w1");
  EXPECT_EQ(edge.map.backends[0].servers[1].region, 2);
  EXPECT_EQ(edge.map.backends[0].servers[1].factor, 2.5);
  ASSERT_EQ(edge.map.backends[0].spares.size(), 1u);
  EXPECT_EQ(edge.map.backends[0].spares[0].name, "b1");
  EXPECT_EQ(edge.map.backends[0].spares[0].region, 1);
  ASSERT_TRUE(setup.agent);
  EXPECT_EQ(setup.agent->responder.host, "127.0.0.2");
  EXPECT_EQ(setup.agent->responder.port, 8300);
  EXPECT_EQ(setup.agent->options.raise_seconds, 9.0);
  ASSERT_TRUE(setup.weights_file);
  EXPECT_EQ(setup.weights_file->path, folder_ / "weights.json");
  EXPECT_EQ(setup.weights_file->hook.command, (std::vector<std::string>{"/bin/cp", "-f"}));
  EXPECT_EQ(setup.weights_file->hook.seconds, 3.0);
  EXPECT_EQ(setup.server.address, "0.0.0.0");
  EXPECT_EQ(setup.server.port, 0);
  EXPECT_EQ(setup.api.token, "0123456789abcdef");
}

TEST_F(ServeConfig, MistakesInOutputs) {
  ExpectRefused({
      {"[haproxy a]\nbackend = berlin\n", "s.ini:5: backend is berlin, expected GATEWAY:BACKEND"},
      {"[haproxy a]\nbackend = paris:b\n", "s.ini:5: backend names gateway paris"},
      {"[haproxy a]\nbackend = berlin:b\n", "s.ini:4: [haproxy a]: backend b has no servers"},
      {"[haproxy a]\nbackend = berlin:b\nserver = s1:north\n", "s.ini:6: server is s1:north, expected BACKEND/SERVER"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1\n", "s.ini:6: server is b/s1, expected BACKEND/SERVER:REGION"},
      {"[haproxy a]\nbackend = berlin:b\nserver = c/s1:north\n", "s.ini:6: server names backend c, which no backend"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:east\n", "s.ini:6: server names region east"},
      {"[haproxy a]\nbackend = berlin:b\nspare = b/s1:east\n", "s.ini:6: spare names region east"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north:0\n",
       "s.ini:6: server is b/s1:north:0, expected a factor"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nserver = b/s1:west\n",
       "s.ini:4: [haproxy a]: server b/s1 stands there twice"},
      {"[haproxy a]\nbackend = berlin:b\nbackend = berlin:c\nserver = b/s1:north\nserver = c/s1:north\n",
       "s.ini:4: [haproxy a]: backend c: gateway berlin has another backend"},
      {"[haproxy a]\nbackend = berlin:b d\nserver = b d/s1:north\n", "s.ini:4: [haproxy a]: \"b d\" is no name"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\n", "s.ini:4: [haproxy a]: socket is missing"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nsocket = relative\n", "s.ini:7: socket: "},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nsocket = /s\nevery = 31s\n",
       "s.ini:8: every is 31s, expected a duration from 1 s to 30 s"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nsocket = /s\nramp-step = 2\n",
       "s.ini:8: ramp-step is 2, expected a number from 0.001 to 1"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nsocket = /s\nramp-every = 0s\n", "s.ini:8: ramp-every"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nsocket = /s\nworkload-per-request = 0\n",
       "s.ini:8: workload-per-request is 0, expected NUMBER or GATEWAY:NUMBER, > 0"},
      {"[haproxy a]\nbackend = berlin:b\nserver = b/s1:north\nsocket = /s\nworkload-per-request = berlin:1\n",
       "s.ini:8: workload-per-request says nothing of gateway madrid"},
      {"[agent]\nbackend = berlin:b\nserver = b/s1:north\nport = 0\n", "s.ini:7: port is 0, expected a whole number"},
      {"[agent]\nbackend = berlin:b\nserver = b/s1:north\nraise = 0s\n", "s.ini:7: raise is 0s, expected a duration"},
      {"[weights-file]\npath = w\ntimeout = 2h\n", "s.ini:6: timeout is 2h, expected a duration from 1 s to 1 h"},
      {"[http]\nport = 80.5\n", "s.ini:5: port is 80.5, expected a whole number from 0 to 65535"},
      {"[http]\naddress = 0.0.0.0\n", "s.ini:5: address: "},
      {"[http]\ntoken-file = DIR/open\n",
       "s.ini:5: token-file: DIR/open: a token's file may be read by owner and group"},
  });
}

TEST_F(ServeConfig, TheExampleThatIsInstalled) {
  std::string text = ReadBytes(SourcePath("live/systemd/evenkeel.ini"));
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  replace("/etc/evenkeel/network.h5", folder_ / "network.h5");
  replace("/run/credentials/evenkeel.service/electricity-maps", folder_ / "token");
  const ServiceSetup setup = MakeServiceSetup(ParseIniFile("evenkeel.ini", text));
  EXPECT_EQ(setup.sources.size(), 3u);
  EXPECT_EQ(setup.balancers.size(), 1u);
  EXPECT_EQ(setup.engine.mode, LiveMode::kShadow);
}

TEST_F(ServeConfig, NoMessageHasAToken) {
  try {
    Make("[source a]\nkind = electricity-maps\ntoken-file = DIR/short\n");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).find("abc\n"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace evenkeel
