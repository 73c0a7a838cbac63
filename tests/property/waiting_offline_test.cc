// The planner with classes of work that can wait, against CLP and against itself.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "engine/certificate.h"
#include "engine/planner/interior_point.h"
#include "engine/planner/offline.h"
#include "engine/planner/period_data.h"
#include "engine/planner/rest_plan.h"
#include "engine/planner/slot_batch.h"
#include "engine/policy.h"
#include "models/generate/trace.h"
#include "models/slots/trace_window.h"
#include "models/slots/work_share.h"
#include "tests/reference/clp_period.h"
#include "tests/reference/random_work.h"

namespace evenkeel {
namespace {

Instance MakeInstance(int seed, InstanceOptions options, const WorkOptions& work = {}) {
  Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
  AddRandomWork(static_cast<std::uint64_t>(seed), work, &instance);
  return instance;
}

InstanceOptions LinearOptions(int seed) {
  InstanceOptions options;
  options.norms = {kInfinity, kInfinity, 1.0};
  options.max_slots = seed % 10 == 0 ? 40 : 8;
  return options;
}

/// Slot after slot within the release windows.
void ExpectFeasible(const Problem& problem, SlotSource& slots, const OfflineOptimum& optimum) {
  Vector work_done = Vector::Zero(problem.num_classes()), use;
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    EXPECT_LE(Infeasibility(problem, slot, work_done, optimum.allocations[t], &use), AllowedViolation(slot));
    for (int k = 0; k < problem.num_classes(); ++k) work_done[k] += Released(problem, optimum.allocations[t], k);
  }
}

void ExpectAgreement(const Instance& instance, double tolerance) {
  const auto slots = MakeSlotSource(instance.trace);
  const ClpPeriodOptimum reference =
      SolvePeriodWithClp(instance.problem, *slots, ClpMethod::kDualSimplex, tolerance / 10.0);
  ASSERT_TRUE(reference.converged) << reference.objective << ", bound " << reference.lower_bound;
  const OfflineOptimum optimum = SolveOffline(instance.problem, *slots, {});
  const double scale = 1.0 + std::abs(reference.objective);
  EXPECT_LE(std::abs(optimum.objective - reference.objective) / scale, tolerance)
      << optimum.objective << " against " << reference.objective << ", gap " << optimum.gap;
  ExpectFeasible(instance.problem, *slots, optimum);
  const Certificate certificate = CheckCertificate(
      instance.problem, *slots, [&](int t) -> const Allocation& { return optimum.allocations[t]; }, optimum.prices,
      optimum.deferral_prices);
  EXPECT_LE(certificate.infeasibility, tolerance);
  EXPECT_LE(std::abs(certificate.objective - certificate.lower_bound) / scale, tolerance);
}

TEST(WaitingOfflineTest, AgreesWithClpOnAThousandRandomInstances) {
  for (int seed = 1; seed <= Scaled(1000); ++seed) {
    SCOPED_TRACE(seed);
    Instance instance = MakeInstance(seed, LinearOptions(seed));
    if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
    ExpectAgreement(instance, 1e-8);
    if (HasFatalFailure()) return;
  }
}

// Many regions, few gateways, little reach, work that stays home: what slots add comes from an inverse
// (engine/planner/slot_inverse-inl.h).
TEST(WaitingOfflineTest, AgreesWithClpWhereActivitiesMeetFewNodes) {
  for (int seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    GeneratorOptions options;
    options.regions = 160;
    options.gateways = 20;
    options.slots = 4;
    options.seed = static_cast<std::uint64_t>(seed);
    options.reach = 0.08;
    options.network_cost = 0.01;
    Instance instance;
    instance.trace = GenerateTrace(options);
    MakeWorkOf({0.3, 2.0, seed == 1 ? 1.0 : 0.5}, &instance.trace);
    instance.problem =
        MakeProblem(instance.trace.header.network, PublishedObjective(), options.slots, TotalDemand(instance.trace));
    const auto slots = MakeSlotSource(instance.trace);
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroPrices(instance.problem),
                                           Vector::Zero(instance.problem.num_classes()));
    EXPECT_TRUE(SlotShape(data).few_meetings);
    ExpectAgreement(instance, 1e-8);
  }
}

TEST(WaitingOfflineTest, AgreesWithClpsCuttingPlanesOnFiniteNorms) {
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    SCOPED_TRACE(seed);
    InstanceOptions options;
    options.max_regions = options.max_gateways = 3;
    options.norms = {1.5, 2.0, 4.0, kInfinity};
    ExpectAgreement(MakeInstance(seed, options), 1e-6);
    if (HasFatalFailure()) return;
  }
}

/// Classes that use energy and capacity as the only variant does, so that their work is what a gateway's is.
Instance MakePlainInstance(int seed, int deadline) {
  InstanceOptions options = LinearOptions(seed);
  options.max_variants = 1;
  options.performance_group = false;
  WorkOptions work;
  work.max_deadline = deadline;
  Instance instance = MakeInstance(seed, options, work);
  Network& network = instance.trace.header.network;
  for (int k = 0; k < network.num_classes(); ++k) {
    network.classes[k].resource_per_unit = network.variants[0].resource_per_unit;
    network.work_energy.row(k) = network.energy_per_unit.col(0).transpose();
  }
  instance.trace.signals.capacity *= 3.0;  // what a class's resource was drawn for is not enough any more
  return instance;
}

OfflineOptimum SolveTrace(const Trace& trace, const Objective& objective) {
  const Problem problem = MakeProblem(trace.header.network, objective, trace.signals.num_slots(), TotalDemand(trace));
  return SolveOffline(problem, *MakeSlotSource(trace), {});
}

TEST(WaitingOfflineTest, ADeadlineOfZeroIsServingAtOnce) {
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    SCOPED_TRACE(seed);
    Instance instance = MakePlainInstance(seed, 0);
    const OfflineOptimum waiting = SolveTrace(instance.trace, instance.objective);
    Network& network = instance.trace.header.network;
    network.classes.clear();
    network.work_energy.resize(0, network.num_regions());
    const OfflineOptimum at_once = SolveTrace(instance.trace, instance.objective);
    EXPECT_NEAR(waiting.objective, at_once.objective, 1e-9 * (1.0 + std::abs(at_once.objective)));
  }
}

TEST(WaitingOfflineTest, TheOptimumNeverRisesWithTheDeadline) {
  for (int seed = 1; seed <= Scaled(60); ++seed) {
    SCOPED_TRACE(seed);
    Instance instance = MakeInstance(seed, LinearOptions(10 * seed));
    double last = kInfinity;
    for (int deadline : {0, 1, 2, 4, 8, 40}) {
      for (WorkClass& work : instance.trace.header.network.classes) work.deadline = deadline;
      const double objective = SolveTrace(instance.trace, instance.objective).objective;
      EXPECT_LE(objective, last + 1e-8 * (1.0 + std::abs(objective))) << "deadline " << deadline;
      last = objective;
    }
  }
}

/// Every arrival as a class of its own: a job that may be served in parts, within its window.
Trace JobsOf(const Trace& trace) {
  Trace jobs = trace;
  Network& network = jobs.header.network;
  const Network& whole = trace.header.network;
  const int firm = whole.num_firm(), slots = trace.signals.num_slots(), count = whole.num_classes() * slots;
  network.gateways.resize(firm);
  network.classes.clear();
  network.reachable.conservativeResize(firm + count, whole.num_regions());
  network.network_cost.conservativeResize(firm + count, whole.num_regions());
  network.distance.conservativeResize(firm + count, whole.num_regions());
  network.work_energy.resize(count, whole.num_regions());
  jobs.signals.demand.conservativeResize(slots, firm + count);
  jobs.signals.demand.rightCols(count).setZero();
  for (int job = 0; job < count; ++job) {
    const int k = job / slots, t = job % slots;
    network.gateways.push_back({"job" + std::to_string(job), 0.0, 0.0});
    network.classes.push_back(whole.classes[k]);
    network.reachable.row(firm + job) = whole.reachable.row(firm + k);
    network.network_cost.row(firm + job) = whole.network_cost.row(firm + k);
    network.distance.row(firm + job).setZero();
    network.work_energy.row(job) = whole.work_energy.row(k);
    jobs.signals.demand(t, firm + job) = trace.signals.demand(t, firm + k);
  }
  return jobs;
}

// Lemma A: with one deadline, jobs are due in the order in which they arrive, and a class is its jobs.
TEST(WaitingOfflineTest, AClassIsItsJobs) {
  for (int seed = 1; seed <= Scaled(60); ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeInstance(seed, LinearOptions(1));
    const Trace jobs = JobsOf(instance.trace);
    const Problem problem =
        MakeProblem(jobs.header.network, instance.objective, jobs.signals.num_slots(), TotalDemand(jobs));
    const ClpPeriodOptimum single = SolvePeriodWithClp(problem, *MakeSlotSource(jobs));
    const ClpPeriodOptimum whole = SolvePeriodWithClp(instance.problem, *MakeSlotSource(instance.trace));
    ASSERT_TRUE(single.converged && whole.converged);
    const double scale = 1.0 + std::abs(single.objective);
    EXPECT_NEAR(whole.objective, single.objective, 1e-8 * scale);
    EXPECT_NEAR(SolveTrace(instance.trace, instance.objective).objective, single.objective, 1e-8 * scale);
  }
}

Prices DrawPrices(const Problem& problem, std::mt19937_64* random) {
  Prices prices = ZeroPrices(problem);
  for (Vector& price : prices) {
    for (double& entry : price) entry = Draw(random, 0.0, 1000.0);
  }
  ScaleIntoDualSet(problem, &prices);
  return prices;
}

// Theorem 1', for the whole period and for prefixes, at random prices and at the optimum's, disturbed.
TEST(WaitingOfflineTest, NoDualPointExceedsTheOptimum) {
  for (int seed = 1; seed <= Scaled(200); ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeInstance(seed, LinearOptions(seed));
    const Problem& problem = instance.problem;
    const auto whole = MakeSlotSource(instance.trace);
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    for (int count : {whole->num_slots(), DrawInt(&random, 1, whole->num_slots())}) {
      SlotWindow slots(*whole, 0, count);
      const OfflineOptimum optimum = SolveOffline(problem, slots, {});
      const double most = optimum.objective + 1e-8 * (1.0 + std::abs(optimum.objective));
      EXPECT_LE(LowerBound(problem, slots, optimum.prices), most);
      for (int point = 0; point < 10; ++point) {
        RowMatrix y = point % 2 == 0 ? RowMatrix::Zero(count, problem.num_classes()) : optimum.deferral_prices;
        const double size = point < 4 ? 1.0 : 100.0;
        for (Eigen::Index i = 0; i < y.size(); ++i) y.data()[i] += Draw(&random, -size, size);
        const Prices prices = point < 6 ? optimum.prices : DrawPrices(problem, &random);
        EXPECT_LE(LowerBound(problem, slots, prices, y), most) << "point " << point;
        EXPECT_LE(LowerBound(problem, slots, prices), most) << "point " << point;
      }
    }
  }
}

// What is left after some slots of the optimum costs what is left of the optimum.
TEST(WaitingOfflineTest, TheRestOfAPeriodKnowsWhatIsDone) {
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeInstance(seed, LinearOptions(seed));
    const Problem& problem = instance.problem;
    const auto slots = MakeSlotSource(instance.trace);
    const OfflineOptimum optimum = SolveOffline(problem, *slots, {});
    const int first = slots->num_slots() / 2;
    Ledger ledger = MakeLedger(problem);
    Slot slot;
    Coefficients coefficients;
    for (int t = 0; t < first; ++t) {
      slots->Read(t, &slot);
      EstimateCoefficients(problem, slot, &coefficients);
      AddSlot(problem, coefficients, optimum.allocations[t], FirmDemand(problem, slot), &ledger);
    }
    const PeriodData data = AssemblePeriod(problem, *slots, first, ledger.load, ledger.work_done);
    const InteriorPointResult rest = SolveInteriorPoint(data, {});
    double linear = 0.0;  // groups of norm 1 are part of the rest's cost: theirs so far is still missing
    for (int k = 0; k < problem.num_groups(); ++k) {
      const Group& group = problem.groups[k];
      if (group.norm == 1.0) linear += group.weight * ledger.load[k].sum();
    }
    const double scale = 1.0 + std::abs(optimum.objective);
    EXPECT_NEAR(ledger.cost() + linear + rest.objective, optimum.objective, 2e-8 * scale);
    SlotWindow window(*slots, first, slots->num_slots() - first);
    const RestPlan plan = PlanRest(problem, window, ledger.load, 1e-8, ledger.work_done);
    ASSERT_TRUE(plan.converged);
    Vector use;
    window.Read(0, &slot);
    EXPECT_LE(Infeasibility(problem, slot, ledger.work_done, plan.first, &use), 1e-5);
    Vector last = ledger.work_done;
    for (int t = 0; t < window.num_slots(); ++t) {
      window.Read(t, &slot);
      const Vector done = plan.work_done.row(t);
      EXPECT_LE((last - done).maxCoeff(), 1e-12);
      EXPECT_LE((slot.due - done).maxCoeff(), 1e-12);
      EXPECT_LE((done - slot.arrived).maxCoeff(), 1e-12);
      last = done;
    }
  }
}

// Long waits over many slots, where prices of work hardly differ: digits of the chain.
TEST(WaitingOfflineTest, AMonthOfThreeClassesConverges) {
  for (int seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    GeneratorOptions options;
    options.regions = options.gateways = 10;
    options.slots = 730;
    options.seed = static_cast<std::uint64_t>(seed);
    options.reach = 0.9;
    Trace trace = GenerateTrace(options);
    for (double deadline : {6.0, 24.0, 72.0}) MakeWorkOf({0.1, deadline, 0.0}, &trace);
    const Problem problem = MakeProblem(trace.header.network, PublishedObjective(), options.slots, TotalDemand(trace));
    const auto slots = MakeSlotSource(trace);
    const PeriodData data =
        AssemblePeriod(problem, *slots, 0, ZeroPrices(problem), Vector::Zero(problem.num_classes()));
    const InteriorPointResult result = SolveInteriorPoint(data, {});
    EXPECT_TRUE(result.accurate) << result.gap;
    EXPECT_LE(result.iterations, 55);
  }
}

TEST(WaitingOfflineTest, ResultsDoNotDependOnTheNumberOfThreads) {
  InstanceOptions options;
  options.max_slots = 300;
  for (int seed = 1; seed <= 5; ++seed) {
    const Instance instance = MakeInstance(seed, options);
    const auto slots = MakeSlotSource(instance.trace);
    OfflineOptions three;
    three.threads = 3;
    const OfflineOptimum a = SolveOffline(instance.problem, *slots, {}),
                         b = SolveOffline(instance.problem, *slots, three);
    EXPECT_EQ(a.objective, b.objective);
    EXPECT_EQ(a.deferral_prices, b.deferral_prices);
  }
}

}  // namespace
}  // namespace evenkeel
