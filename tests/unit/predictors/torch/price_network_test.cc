// Networks of prices: the dual set, the gradient of a whole period, what they may know, and that they learn.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/policies/greedy.h"
#include "models/base/error.h"
#include "models/slots/trace_window.h"
#include "predictors/advice/learned_price.h"
#include "predictors/forecast/naive.h"
#include "predictors/prices/inputs.h"
#include "predictors/prices/training.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

constexpr int kSlots = 24 * 20, kBefore = 24 * 8;

Objective MakeObjective(double carbon_norm, double water_norm) {
  Objective objective = PublishedObjective();
  objective.groups[0].norm = carbon_norm;
  objective.groups[1].norm = water_norm;
  return objective;
}

struct Case {
  explicit Case(double carbon_norm = kInfinity, double water_norm = kInfinity)
      : objective(MakeObjective(carbon_norm, water_norm)) {
    history.AppendAll(*MakeSlotSource(trace));
  }

  std::unique_ptr<PriceWindow> Window(int first, int count) const {
    return MakePriceWindow({trace, objective, history, 0, [] { return MakeHourlyMean(7); },
                            [](const Problem& problem) { return MakeNormGreedy(problem, {}); }},
                           first, count);
  }

  Trace trace = SmallTrace(kSlots);
  Objective objective;
  History history;
};

/// A few steps, so that every weight counts.
std::shared_ptr<PriceNetwork> Trained(const Case& c, const PriceNetworkSpec& spec) {
  const auto window = c.Window(kBefore, 24);
  std::shared_ptr<PriceNetwork> network = MakePriceNetwork(spec, PriceShapeOf(window->problem), {});
  const auto world = MakePriceWorld({window.get()}, 0.1);
  for (int i = 0; i < 5; ++i) network->Step(*world, {1e-2, 0.0});
  return network;
}

TEST(PriceNetwork, PricesAreOnTheEdgeOfTheDualSet) {
  for (const auto& [carbon, water] : {std::pair(kInfinity, 8.0), std::pair(2.0, 1.0)}) {
    const Case c(carbon, water);
    const auto window = c.Window(kBefore, 10);
    const auto network = Trained(c, {});
    for (double load : {0.0, 1.0, 1e6}) {
      std::vector<double> prices;
      network->Forward(window->inputs[5], {load, 0.0, 2.0 * load, 0.0, load, load}, &prices);
      for (int k = 0; k < 2; ++k) {
        const Group& group = window->problem.groups[k];
        const Vector of_group = Eigen::Map<const Vector>(prices.data() + 3 * k, 3);
        EXPECT_GE(of_group.minCoeff(), 0.0);
        EXPECT_NEAR(Norm(of_group, DualExponent(group.norm)), group.weight, 1e-9 * group.weight);
      }
    }
  }
}

// Untrained: proportional to the 7th power of load so far plus the rest at even play; all equal at the start.
TEST(PriceNetwork, BeginsNearTheGreedyPrices) {
  const Case c;
  const auto window = c.Window(kBefore, 10);
  const auto network = MakePriceNetwork({}, PriceShapeOf(window->problem), {});
  std::vector<double> prices;
  network->Forward(window->inputs[0], std::vector<double>(6, 0.0), &prices);
  for (int b = 0; b < 3; ++b) EXPECT_NEAR(prices[b], 500.0, 1e-9);
  const PriceInputs& inputs = window->inputs[5];
  EXPECT_EQ(inputs.left[0], 0.5);
  const double unit = inputs.unit[0];
  network->Forward(inputs, {0.5 * unit, 0.25 * unit, 0.0, 0.0, 0.0, 0.0}, &prices);
  EXPECT_NEAR(prices[1] / prices[0], std::pow(0.75, 7.0), 1e-9);
  EXPECT_NEAR(prices[2] / prices[0], std::pow(0.5, 7.0), 1e-9);
}

TEST(PriceNetwork, GradientOfAPeriodIsThatOfFiniteDifferences) {
  for (bool through_line : {false, true}) {
    const Case c;
    const auto window = c.Window(kBefore, 30), other = c.Window(kBefore + 48, 30);
    const auto world = MakePriceWorld({window.get(), other.get()}, 0.2);
    const auto network = Trained(c, {8, through_line, 0.01});
    const std::vector<double> weights = network->Weights(), gradient = network->Gradient(*world);
    ASSERT_EQ(weights.size(), gradient.size());
    std::vector<double> ahead = weights, back = weights;
    constexpr double kStep = 1e-5;
    double length = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) length += gradient[i] * gradient[i];
    length = std::sqrt(length);
    EXPECT_GT(length, 1e-4) << "prices matter";
    for (std::size_t i = 0; i < weights.size(); ++i) {
      ahead[i] += kStep * gradient[i] / length;
      back[i] -= kStep * gradient[i] / length;
    }
    network->SetWeights(ahead);
    const double up = network->Loss(*world);
    network->SetWeights(back);
    EXPECT_NEAR((up - network->Loss(*world)) / (2.0 * kStep), length, 0.01 * length) << through_line;
  }
}

TEST(PriceNetwork, LearnsWhatSavesMoney) {
  const Case c;
  const auto window = c.Window(kBefore, 48);
  const auto world = MakePriceWorld({window.get()}, 0.05);
  const auto network = MakePriceNetwork({}, PriceShapeOf(window->problem), {});
  const double before = network->Loss(*world);
  for (int i = 0; i < 15; ++i) network->Step(*world, {1e-2, 0.0});
  EXPECT_LT(network->Loss(*world), before - 0.002);
}

Played PlayPeriod(const Trace& trace, const std::shared_ptr<PriceNetwork>& network) {
  constexpr int kPeriod = 60;
  const auto window = [&](int first, int count) { return MakeSlotWindow(MakeSlotSource(trace), first, count); };
  const auto period = window(kBefore, kPeriod);
  static const Network regions = trace.header.network;
  const Problem problem = MakeProblem(regions, PublishedObjective(), kPeriod, Vector::Ones(2));
  History past;
  past.AppendAll(*window(0, kBefore));
  const auto policy = MakeLearnedPrice(problem, network, MakeHourlyMean(7), std::move(past), "m.h5");
  return Play(problem, *period, *policy);
}

TEST(LearnedPrice, DecidesOnWhatItHasSeen) {
  const Trace trace = SmallTrace(kSlots);
  const auto network = Trained(Case(), {});
  const Played a = PlayPeriod(trace, network), b = PlayPeriod(ChangedAfter(trace, kBefore + 31), network);
  for (std::size_t t = 0; t <= 31; ++t) EXPECT_EQ(a.decisions[t].flow, b.decisions[t].flow) << t;
  EXPECT_NE(a.decisions[32].flow, b.decisions[32].flow) << "the change is one that shows";
}

// Weights that are numbers, and too large for what is made of them.
TEST(LearnedPrice, PricesAreFinite) {
  const auto network = Trained(Case(), {});
  NamedTensors weights = network->SaveWeights();
  EXPECT_EQ(weights[0].outline.name, "log_gain");
  weights[0].values.assign(weights[0].values.size(), 1e300);
  network->LoadWeights(weights);
  try {
    PlayPeriod(SmallTrace(kSlots), network);
    ADD_FAILURE() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("m.h5: price ", 0), 0u) << error.what();
  }
}

// Variants, partial reach, outages, negative prices, all norms, a performance group, shedding.
TEST(LearnedPrice, IsFeasibleAndReproducible) {
  for (int seed = 1; seed <= Scaled(40); ++seed) {
    InstanceOptions options;
    options.norms = {1.0, 2.0, 4.0, kInfinity};
    Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
    if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
    if (seed % 8 == 0) instance.trace.signals.capacity *= 0.7;
    const Problem& problem = instance.problem;
    const auto play = [&] {
      const auto policy = MakeLearnedPrice(problem, MakePriceNetwork({}, PriceShapeOf(problem), {}), MakeHourlyMean(7),
                                           History(), "m.h5");
      return Play(problem, *MakeSlotSource(instance.trace), *policy);
    };
    const Played a = play(), b = play();
    Slot slot;
    Vector use;
    for (int t = 0; t < problem.num_slots; ++t) {
      MakeSlotSource(instance.trace)->Read(t, &slot);
      EXPECT_LE(Infeasibility(problem, slot, {}, a.decisions[t], &use), 1e-9 * std::max(1.0, slot.demand.sum()))
          << seed;
      EXPECT_EQ(a.decisions[t].flow, b.decisions[t].flow) << seed;
    }
  }
}

// The inputs and the expert of a window do not depend on what is after it, nor those of a slot on the slots after it.
TEST(PriceWindows, KnowNothingOfWhatComesAfter) {
  Case c, changed;
  changed.trace = ChangedAfter(c.trace, kBefore + 9);
  changed.history = History();
  changed.history.AppendAll(*MakeSlotSource(changed.trace));
  const auto a = c.Window(kBefore, 20), b = changed.Window(kBefore, 20);
  for (std::size_t t = 0; t < 20; ++t) {
    EXPECT_EQ(a->inputs[t].own == b->inputs[t].own, t < 10) << t;
    EXPECT_EQ(a->expert_sums.row(t) == b->expert_sums.row(t), t < 10) << t;
  }
  EXPECT_EQ(c.Window(kBefore, 10)->expert_sums, changed.Window(kBefore, 10)->expert_sums);
}

TEST(PriceTraining, SameSeedSameWeights) {
  const Case c;
  const PriceWindowSource source{c.trace,
                                 c.objective,
                                 c.history,
                                 0,
                                 [] { return MakeHourlyMean(7); },
                                 [](const Problem& problem) { return MakeNormGreedy(problem, {}); }};
  const PriceShape shape = PriceShapeOf(c.Window(0, 1)->problem);
  std::vector<NamedTensors> weights;
  for (std::uint64_t seed : {1, 1, 2}) {
    Checkpoint checkpoint;
    TrainingOptions options;
    options.epochs = 2;
    options.batch = 4;
    options.seed = seed;
    const auto network = MakePriceNetwork({}, shape, {seed, 1, "cpu"});
    TrainPrices(
        source, {24, 48, 0.05}, options, network.get(), &checkpoint, [] { return 1.0; }, [](const Checkpoint&) {}, {});
    weights.push_back(checkpoint.weights);
  }
  EXPECT_EQ(weights[0], weights[1]);
  EXPECT_NE(weights[0], weights[2]);
}

}  // namespace
}  // namespace evenkeel
