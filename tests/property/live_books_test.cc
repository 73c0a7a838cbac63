// Theorem 5 (c): decisions are made for an expected demand, a biased balancer realises them or not, slots are missed,
// and meters come late, twice and in any order; a cluster does less or more of the work that can wait than it was
// told, or says nothing of it. In final values J_t + shift <= J_E,t + shift_E + allowance_t + err after every slot,
// with books that this test keeps for itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "experiments/catalog/catalog.h"
#include "live/engine/period_run.h"
#include "robustifiers/budget.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/waiting_instances.h"

namespace evenkeel {
namespace {

constexpr double kMargins[] = {0.0, 0.01, 0.1, 1.0};

struct World {
  double bias = 0.0;       ///< of each region, for good: what it gets is off by up to this share
  double noise = 0.0;      ///< of each slot's demand, beside what was expected
  int delay = 0;           ///< slots by which meters are late, at most
  double missed = 0.0;     ///< share of slots that nobody decides
  double unapplied = 0.0;  ///< share of decisions that do not come into force
  double prices = 0.0;     ///< by how much metered prices and intensities are off
  double silent = 0.0;     ///< share of slots whose meters say nothing of a class
  double undone = 0.0;     ///< what is done of released work is off by up to this share
  bool floors_hold = true;
};

struct Played {
  RobustOptions options;
  std::string advice, expert;
  World world;
};

Played DrawPlayed(std::mt19937_64* random) {
  const char* const advice[] = {"adversary",
                                "adversary(harm=sum)",
                                "random",
                                "cost",
                                "mix(advice=l1-greedy,adversary=adversary,share=0.3)",
                                "faulty(advice=cost,kind=nan)"};
  const char* const experts[] = {"l1-greedy", "cost", "norm-greedy(q=8)"};
  Played played;
  played.advice = advice[DrawInt(random, 0, 5)];
  played.expert = experts[DrawInt(random, 0, 2)];
  played.options.mode = static_cast<WayBack>(DrawInt(random, 0, 2));
  played.options.spending.rho = kMargins[DrawInt(random, 0, 3)];
  if (DrawInt(random, 0, 3) == 0) played.options.spending.bonus = Draw(random, 0.0, 100.0);
  if (DrawInt(random, 0, 3) == 0) played.options.spending.planned = Draw(random, 0.0, 1e4);
  played.options.trust.adaptive = DrawInt(random, 0, 3) == 0;
  played.world.bias = DrawInt(random, 0, 2) * 0.05;
  played.world.noise = DrawInt(random, 0, 2) * 0.3;
  played.world.delay = DrawInt(random, 0, 6);
  played.world.missed = DrawInt(random, 0, 2) * 0.1;
  played.world.unapplied = DrawInt(random, 0, 2) * 0.1;
  played.world.prices = DrawInt(random, 0, 2) * 0.1;
  played.world.silent = DrawInt(random, 0, 2) * 0.3;
  played.world.undone = DrawInt(random, 0, 2) * 0.4;
  return played;
}

/// What the balancer makes of shares: gateway by gateway, regions' parts pulled by their bias.
RowMatrix Realise(const Problem& problem, const RowMatrix& share, const Slot& slot, const Vector& pull, double noise,
                  std::mt19937_64* random) {
  RowMatrix served = RowMatrix::Zero(problem.network.num_gateways(), problem.network.num_regions());
  served.topRows(share.rows()) = share;
  for (int j = 0; j < share.rows(); ++j) {
    served.row(j) = served.row(j).cwiseProduct(pull.transpose());
    const double sum = served.row(j).sum();
    const double demand = slot.demand[j] * Draw(random, 1.0 - noise, 1.0 + noise);
    if (sum > 0.0) {
      served.row(j) *= demand / sum;
    } else {  // nothing was ever decided for it
      for (int i = 0; i < served.cols(); ++i) served(j, i) = problem.network.reachable(j, i) ? demand : 0.0;
      served.row(j) *= demand > 0.0 ? demand / served.row(j).sum() : 0.0;
    }
  }
  return served;
}

/// What a cluster does of the work that a decision releases, or of what waits when nothing was decided.
void RealiseWork(const Problem& problem, const SlotEntry& entry, const World& world, std::mt19937_64* random,
                 RowMatrix* served) {
  const RowMatrix released = ReleasedByRegion(problem, entry.decision);
  for (int k = 0; k < problem.num_classes(); ++k) {
    auto row = served->row(problem.network.num_firm() + k);
    if (Draw(random, 0.0, 1.0) < world.silent) {
      row.setConstant(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    for (int i = 0; i < row.size(); ++i)
      row[i] = released(k, i) * Draw(random, 1.0 - 2.0 * world.undone, 1.0 + 0.25 * world.undone);
    row = row.cwiseMax(0.0);
  }
}

Vector Misread(const Vector& values, double delta, std::mt19937_64* random) {
  Vector read = values;
  for (double& value : read) value *= Draw(random, 1.0 - delta, 1.0 + delta);
  return read;
}

/// The books in final values, by the words of the theorem: sums and norms, nothing of live/engine/.
struct FinalBooks {
  double cost = 0.0, expert_cost = 0.0, shift = 0.0, expert_shift = 0.0;
  Loads load, expert_load;
  Vector done, expert_done;  // [classes]
};

void Add(const Problem& problem, const SlotEntry& entry, FinalBooks* books) {
  const MeterReport& meter = *entry.meter;
  Slot truth = entry.slot;
  truth.price = *meter.price;
  truth.carbon_intensity = *meter.carbon_intensity;
  truth.water_intensity = *meter.water_intensity;
  Coefficients coefficients;
  EstimateCoefficients(problem, truth, &coefficients);
  Vector own = Vector::Zero(problem.num_arcs()), expert = own;
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    double all = 0.0, of_region = 0.0;
    int ways = 0;
    bool is_first = true;
    for (int b = 0; b < problem.num_arcs(); ++b) {
      const Arc& other = problem.arcs.arcs[b];
      if (other.gateway != arc.gateway) continue;
      all += entry.expert.flow[b];
      if (other.region != arc.region) continue;
      of_region += entry.decision.flow[b];
      is_first = is_first && b >= a;
      ++ways;
    }
    const double served = meter.served(arc.gateway, arc.region);
    if (arc.gateway >= problem.network.num_firm()) {
      const double done = entry.work ? entry.work->done(arc.gateway - problem.network.num_firm(), arc.region) : served;
      own[a] = std::isnan(done) ? entry.decision.flow[a] : done;
      continue;
    }
    own[a] = of_region > 0.0 ? served * entry.decision.flow[a] / of_region : is_first ? served : 0.0;
    expert[a] = all > 0.0 ? entry.expert.flow[a] / all * meter.served.row(arc.gateway).sum() : -1.0;
  }
  for (int a = 0; a < problem.first_class_arc(); ++a) {
    if (entry.same_flow || expert[a] < 0.0) expert[a] = own[a];
  }
  double firm = 0.0;
  for (int a = 0; a < problem.first_class_arc(); ++a) firm += own[a];
  books->shift += coefficients.shift * firm;
  books->expert_shift += coefficients.shift * firm;
  for (int k = 0; k < problem.num_classes(); ++k) {
    const auto of_class = [&](int a) { return problem.arcs.arcs[a].gateway == problem.network.num_firm() + k; };
    double done = 0.0, released = 0.0;
    for (int a = 0; a < problem.num_arcs(); ++a) {
      done += of_class(a) ? own[a] : 0.0;
      released += of_class(a) ? entry.expert.flow[a] : 0.0;
    }
    double booked = std::min(released, std::max(0.0, books->done[k] - books->expert_done[k]) + done);
    if (entry.same_flow) booked = std::max(booked, done);
    for (int a = 0; a < problem.num_arcs(); ++a) {
      if (!of_class(a)) continue;
      const double part = released > 0.0 ? entry.expert.flow[a] / released : 0.0;
      expert[a] = entry.same_flow ? own[a] + (booked - done) * part : booked * part;
    }
    books->done[k] += done;
    books->expert_done[k] += booked;
    books->shift -= problem.network.classes[k].cost_floor * done;
    books->expert_shift -= problem.network.classes[k].cost_floor * booked;
    EXPECT_GE(books->done[k], books->expert_done[k] - 1e-9 * (1.0 + books->done[k])) << "behind the expert";
  }
  books->cost += AddLoads(problem, coefficients, own, &books->load);
  books->expert_cost += AddLoads(problem, coefficients, expert, &books->expert_load);
}

struct Figures {
  long slots = 0, in_a = 0, missed = 0, negative = 0, ahead = 0, late = 0;
  double worst = kInfinity, largest_error = 0.0;
};

void PlayAndCheck(const Instance& instance, const Played& played, std::uint64_t seed, Figures* figures) {
  std::mt19937_64 random(seed * 7919);
  const World& world = played.world;
  const auto make = [&](const Problem& problem, const std::string& spec) {
    return MakePolicy({problem, seed, {}}, ParseSpec(spec));
  };
  PeriodSetup setup;
  setup.problem = std::make_unique<Problem>(instance.problem);
  setup.policy = MakeRobust(*setup.problem, make(*setup.problem, played.advice), make(*setup.problem, played.expert),
                            played.options);
  PeriodRun run(std::move(setup));
  const Problem& problem = run.problem();
  const auto source = MakeSlotSource(instance.trace);
  Vector pull(problem.network.num_regions());
  for (double& region : pull) region = Draw(&random, 1.0 - world.bias, 1.0 + world.bias);

  std::multimap<int, MeterReport> to_come;  // by the slot before whose decision it arrives
  const auto deliver = [&](int until) {
    while (!to_come.empty() && to_come.begin()->first <= until) {
      const MeterReport report = to_come.begin()->second;
      to_come.erase(to_come.begin());
      ASSERT_EQ(run.Meter(static_cast<int>(report.begin), report), "");
    }
  };
  Slot slot;
  for (int t = 0; t < problem.num_slots; ++t) {
    deliver(t);
    source->Read(t, &slot);
    const RowMatrix before = run.share();
    const bool missed = Draw(&random, 0.0, 1.0) < world.missed;
    missed ? run.Miss(slot) : static_cast<void>(run.Decide(slot, Advice::kAsked));
    const bool unapplied = !missed && Draw(&random, 0.0, 1.0) < world.unapplied;
    if (unapplied) run.NotApplied(t);
    MeterReport meter;
    meter.begin = t;  // the slot's index will do
    meter.served = Realise(problem, unapplied ? before : run.share(), slot, pull, world.noise, &random);
    RealiseWork(problem, run.books().entry(t), world, &random, &meter.served);
    figures->late += (run.late().array() > 1e-9).any();
    meter.price = Misread(slot.price, world.prices, &random);
    meter.carbon_intensity = Misread(slot.carbon_intensity, world.prices, &random);
    meter.water_intensity = Misread(slot.water_intensity, world.prices, &random);
    MeterReport wrong = meter;  // an early revision, replaced later
    wrong.served *= 1.5;
    meter.revision = 2;
    to_come.emplace(t + 1 + DrawInt(&random, 0, world.delay), wrong);
    MeterReport work = meter;  // what a cluster did may come on its own, at its own time
    if (problem.num_classes() > 0 && DrawInt(&random, 0, 1) == 0) {
      work.served.topRows(problem.network.num_firm()).setConstant(std::numeric_limits<double>::quiet_NaN());
      work.price = work.carbon_intensity = work.water_intensity = std::nullopt;
      meter.served.bottomRows(problem.num_classes()).setConstant(std::numeric_limits<double>::quiet_NaN());
      to_come.emplace(t + 1 + DrawInt(&random, 0, world.delay), work);
    }
    to_come.emplace(t + 1 + DrawInt(&random, 0, world.delay), meter);
  }
  deliver(1 << 30);

  FinalBooks books;
  books.load = books.expert_load = ZeroLoads(problem);
  books.done = books.expert_done = Vector::Zero(problem.num_classes());
  double error = 0.0;
  const Spending& spending = played.options.spending;
  for (int t = 0; t < problem.num_slots; ++t) {
    const SlotEntry& entry = run.books().entry(t);
    Add(problem, entry, &books);
    const double objective = books.cost + EquityCost(problem, books.load);
    const double expert = books.expert_cost + EquityCost(problem, books.expert_load);
    const double margin = spending.rho * std::max(expert + books.expert_shift, spending.planned);
    const TrustOptions& trust = played.options.trust;
    const double earned = trust.floor * margin + trust.gain * entry.credit;
    const double allowance = (trust.adaptive ? std::min(margin, earned) : margin) + spending.bonus;
    double budget = allowance - (books.cost - books.expert_cost) - (books.shift - books.expert_shift);
    for (int k = 0; k < problem.num_groups(); ++k) {
      const Group& group = problem.groups[k];
      budget -= group.weight * Reserve(books.load[k] - books.expert_load[k], group.norm);
    }
    if (!entry.same_flow) error = std::max(error, entry.slack - budget);
    const double scale = std::max(1e-12, expert + books.expert_shift + allowance + books.shift);
    if (world.floors_hold) {
      EXPECT_GE(budget, -error - 1e-9 * scale) << "slot " << t;
    }
    error = std::max(error, -budget);
    const double bound = expert + books.expert_shift + allowance + error;
    const double slack = (bound - objective - books.shift) / scale;
    EXPECT_GE(slack, -1e-9) << "slot " << t << ": J " << objective + books.shift << ", bound " << bound << ", err "
                            << error;
    const BooksReport report = run.books().ReportAfter(t + 1);
    EXPECT_NEAR(report.bound, bound, 1e-9 * scale) << "slot " << t;
    EXPECT_NEAR(report.objective, objective, 1e-9 * scale) << "slot " << t;
    EXPECT_NEAR(report.expert_objective, expert, 1e-9 * scale) << "slot " << t;
    EXPECT_NEAR(report.budget, budget, 1e-9 * scale) << "slot " << t;
    figures->worst = std::min(figures->worst, slack);
    figures->largest_error = std::max(figures->largest_error, error / scale);
    figures->in_a += !entry.same_flow;
    figures->ahead += ((books.done - books.expert_done).array() > 1e-6).any();
    figures->missed += entry.missed;
    figures->negative += budget < -1e-9 * scale;
    ++figures->slots;
  }
}

TEST(Theorem5, RealisedFlowsAndLateMetersKeepTheBound) {
  Figures figures;
  for (int seed = 1; seed <= Scaled(600) && !HasFailure(); ++seed) {
    std::mt19937_64 random(seed);
    InstanceOptions options;
    options.max_regions = options.max_gateways = 4;
    options.max_slots = 100;
    options.norms = {1.0, 2.0, 4.0, kInfinity};
    options.negative_prices = seed % 2 == 0;
    const Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
    const Played played = DrawPlayed(&random);
    const World& world = played.world;
    SCOPED_TRACE(fmt::format(
        "seed {}, {} around {}, rho {}, B {}, mode {}, bias {}, noise {}, delay {}, missed {}, "
        "unapplied {}",
        seed, played.advice, played.expert, played.options.spending.rho, played.options.spending.bonus,
        static_cast<int>(played.options.mode), world.bias, world.noise, world.delay, world.missed, world.unapplied));
    PlayAndCheck(instance, played, static_cast<std::uint64_t>(seed), &figures);
  }
  EXPECT_GT(figures.in_a, 0);
  EXPECT_GT(figures.missed, 0);
  EXPECT_GT(figures.negative, 0) << "no budget ever went below zero: nothing was tried";
  const std::string text = fmt::format(
      "{} slots, {} with advice, {} missed, {} with a negative budget, worst relative slack {:.3g}, largest err {:.3g}",
      figures.slots, figures.in_a, figures.missed, figures.negative, figures.worst, figures.largest_error);
  RecordProperty("worst", text);
  fmt::print("{}\n", text);
}

/// So that they hold for metered prices as well, or for none that is negative.
void SetFloors(const World& world, Instance* instance) {
  Network& network = instance->trace.header.network;
  double pue = 0.0;
  for (const Region& region : network.regions) pue = std::max(pue, region.pue);
  const double misread = world.prices * instance->trace.signals.price.cwiseAbs().maxCoeff() * pue;
  for (int k = 0; k < network.num_classes(); ++k) {
    double& floor = network.classes[k].cost_floor;
    floor = world.floors_hold ? floor - misread * network.work_energy.row(k).maxCoeff() : 0.0;
  }
  instance->problem =
      MakeProblem(network, instance->objective, instance->trace.signals.num_slots(), TotalDemand(instance->trace));
}

TEST(Theorem5, WorkThatCanWaitKeepsTheBound) {
  const char* const advice[] = {"adversary(release=hoard(dump=0.4))",
                                "adversary(harm=sum)",
                                "random(release=immediate)",
                                "cost(release=spread(last=0))",
                                "mix(advice=l1-greedy(release=spread),adversary=adversary,share=0.3)",
                                "faulty(advice=cost,kind=nan)"};
  const char* const experts[] = {"l1-greedy", "cost(release=spread)", "norm-greedy(q=8,release=spread(last=0.5))",
                                 "nearest(release=spread(last=0))"};
  Figures figures;
  for (int seed = 1; seed <= Scaled(600) && !HasFailure(); ++seed) {
    std::mt19937_64 random(seed);
    WaitingOptions options;
    options.instance.max_regions = options.instance.max_gateways = 4;
    options.instance.max_slots = 100;
    options.instance.norms = {1.0, 2.0, 4.0, kInfinity};
    options.instance.negative_prices = seed % 2 == 0;
    Instance instance = MakeWaitingInstance(static_cast<std::uint64_t>(seed), options);
    Played played = DrawPlayed(&random);
    played.world.floors_hold = DrawInt(&random, 0, 3) > 0;
    SetFloors(played.world, &instance);
    played.advice = advice[DrawInt(&random, 0, 5)];
    played.expert = experts[DrawInt(&random, 0, 3)];
    const World& world = played.world;
    SCOPED_TRACE(fmt::format(
        "seed {}, {} around {}, rho {}, mode {}, bias {}, noise {}, delay {}, missed {}, "
        "unapplied {}, silent {}, undone {}",
        seed, played.advice, played.expert, played.options.spending.rho, static_cast<int>(played.options.mode),
        world.bias, world.noise, world.delay, world.missed, world.unapplied, world.silent, world.undone));
    PlayAndCheck(instance, played, static_cast<std::uint64_t>(seed), &figures);
  }
  EXPECT_GT(figures.in_a, 0);
  EXPECT_GT(figures.negative, 0) << "no budget ever went below zero: nothing was tried";
  EXPECT_GT(figures.ahead, 0) << "the engine was never ahead of its expert";
  EXPECT_GT(figures.late, 0) << "no work was ever late";
  fmt::print(
      "{} slots, {} with advice, {} missed, {} with a negative budget, {} with a lead, {} with late work, worst "
      "relative slack {:.3g}, largest err {:.3g}\n",
      figures.slots, figures.in_a, figures.missed, figures.negative, figures.ahead, figures.late, figures.worst,
      figures.largest_error);
}

// One gateway, two equal regions, norm inf, rho = 0, advice that never says anything: every slot is the expert's, half
// and half. The balancer gives the first region 3 % too much. Booked with the same flows nothing separates engine and
// expert, and J = bound. Booked with its commanded shares the expert would have T / 2 in each region, the engine
// 0.515 T in the first, and J exceeds J_E by 0.015 T mu, more with every slot.
TEST(Theorem5, CommandedSharesAddUpWhatABalancerDoesWrong) {
  constexpr int kSlots = 60;
  constexpr double kMu = 10.0;
  Objective objective = PublishedObjective();
  for (EquityGroup& group : objective.groups) group.weight = group.footprint == Footprint::kCarbon ? kMu : 0.0;
  const Network network = MakeFullNetwork({{"a"}, {"b"}}, {{"g"}});
  PeriodSetup setup;
  setup.problem = std::make_unique<Problem>(MakeProblem(network, objective, kSlots, Vector::Constant(1, kSlots)));
  const auto make = [&](const std::string& spec) { return MakePolicy({*setup.problem, 1, {}}, ParseSpec(spec)); };
  RobustOptions options;
  options.spending.rho = 0.0;
  setup.policy = MakeRobust(*setup.problem, make("faulty(advice=cost,kind=throws)"), make("norm-greedy(q=8)"), options);
  PeriodRun run(std::move(setup));
  const Problem& problem = run.problem();
  Ledger commanded = MakeLedger(problem);
  Coefficients coefficients;
  for (int t = 0; t < kSlots; ++t) {
    Slot slot;
    slot.index = t;
    slot.time = 3600 * t;
    slot.demand = Vector::Constant(1, 1.0);
    slot.capacity = Vector::Constant(2, 2.0);
    slot.price = Vector::Constant(2, 1.0);
    slot.carbon_intensity = Vector::Constant(2, 1.0);
    slot.water_intensity = Vector::Constant(2, 1.0);
    run.Decide(slot, Advice::kAsked);
    MeterReport meter;
    meter.served = (RowMatrix(1, 2) << 0.515, 0.485).finished();
    ASSERT_EQ(run.Meter(t, meter), "");
    EstimateCoefficients(problem, slot, &coefficients);
    const Allocation half{Vector::Constant(2, 0.5), Vector::Zero(1)};
    AddSlot(problem, coefficients, half, 1.0, &commanded);
    const BooksReport report = run.books().Report();
    EXPECT_NEAR(report.objective, report.bound, 1e-12 * report.bound);
    EXPECT_NEAR(report.objective - ObjectiveValue(problem, commanded), 0.015 * (t + 1) * kMu, 1e-6 * kMu * kSlots);
  }
}

}  // namespace
}  // namespace evenkeel
