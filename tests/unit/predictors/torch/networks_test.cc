// The networks of predictors/torch/ through the interface that the program has.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "predictors/learning/learned_inputs.h"

namespace evenkeel {
namespace {

bool IsTorchLoaded() {
  std::ifstream maps("/proc/self/maps");
  const std::string text{std::istreambuf_iterator<char>(maps), {}};
  return text.find("libtorch") != std::string::npos;
}

NeuralShape Shape() { return ShapeOf({2, 3}, 4); }

float Draw(std::uint32_t index, std::size_t position) {
  return static_cast<float>(Normal({1, RandomPurpose::kErrorInjection, index}, position));
}

NeuralBatch RandomBatch(int size, const NeuralShape& shape) {
  NeuralBatch batch;
  batch.size = size;
  const auto count = [size](int each) { return static_cast<std::size_t>(size * each); };
  for (std::size_t i = 0; i < count(shape.num_columns() * shape.inputs); ++i) batch.own.push_back(Draw(1, i));
  for (std::size_t i = 0; i < count(shape.calendar); ++i) batch.calendar.push_back(Draw(2, i));
  for (std::size_t i = 0; i < count(shape.num_columns() * shape.outputs); ++i) batch.target.push_back(Draw(3, i));
  for (std::size_t i = 0; i < count(shape.num_columns()); ++i) batch.weight.push_back(std::exp(Draw(4, i)));
  return batch;
}

std::vector<NeuralSpec> Networks() {
  std::vector<NeuralSpec> networks;
  for (const char* spec : {"dlinear", "mlp(hidden=8,dropout=0)", "tcn(hidden=8,layers=3,dropout=0)",
                           "gru(hidden=8,dropout=0)", "patch(hidden=8,layers=1,dropout=0)"})
    networks.push_back(ParseNetwork(ParseSpec(spec)));
  EXPECT_EQ(networks.size() + 1, EntriesOf(Catalog(), Kind::kNetwork).size()) << "all but the one of prices";
  return networks;
}

/// A few steps, so that no weight is zero.
std::unique_ptr<Neural> Trained(const NeuralSpec& spec, std::uint64_t seed = 1) {
  std::unique_ptr<Neural> neural = MakeNeural(spec, Shape(), {seed, 1, "cpu"});
  for (int i = 0; i < 3; ++i) neural->Step(RandomBatch(6, Shape()), {1e-2, 0.0});
  return neural;
}

// First, before any other test has asked for a network: ctest runs each case in a program of its own.
TEST(Networks, AreLoadedOnFirstUse) {
  EXPECT_FALSE(IsTorchLoaded());
  ParseNetwork(ParseSpec("gru"));
  EXPECT_FALSE(IsTorchLoaded());
  MakeNeural(ParseNetwork(ParseSpec("dlinear")), Shape(), {});
  EXPECT_TRUE(IsTorchLoaded());
}

// Derivative along a random direction, from losses a small step apart on either side. Weights are single precision.
TEST(Networks, GradientsAreThoseOfTheLoss) {
  for (const NeuralSpec& spec : Networks()) {
    const auto neural = Trained(spec);
    const NeuralBatch batch = RandomBatch(5, Shape());
    const std::vector<double> weights = neural->Weights(), gradient = neural->Gradient(batch);
    ASSERT_EQ(weights.size(), gradient.size()) << spec.name;
    double size = 0.0;
    for (double g : gradient) size += g * g;
    ASSERT_GT(size, 0.0) << spec.name;
    const auto loss_at = [&](double step) {
      std::vector<double> moved = weights;
      for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += step * gradient[i] / std::sqrt(size);
      neural->SetWeights(moved);
      return neural->Loss(batch);
    };
    constexpr double kStep = 3e-3;
    const double slope = (loss_at(kStep) - loss_at(-kStep)) / (2.0 * kStep);
    EXPECT_NEAR(slope, std::sqrt(size), 0.02 * std::sqrt(size)) << spec.name;
  }
}

// The same for every tensor of weights by itself, so that those with small gradients count.
TEST(Networks, GradientsOfEveryTensorAreThoseOfTheLoss) {
  for (const NeuralSpec& spec : Networks()) {
    const auto neural = Trained(spec);
    const NeuralBatch batch = RandomBatch(5, Shape());
    const std::vector<double> weights = neural->Weights(), gradient = neural->Gradient(batch);
    std::size_t first = 0;
    for (const NamedTensor& tensor : neural->SaveWeights()) {
      const std::size_t end = first + tensor.values.size();
      double size = 0.0;
      for (std::size_t i = first; i < end; ++i) size += gradient[i] * gradient[i];
      size = std::sqrt(size);
      const double step = std::min(1e-2, 2e-4 / size);  // losses are of about 1, to about 1e-7
      const auto loss_at = [&](double length) {
        std::vector<double> moved = weights;
        for (std::size_t i = first; i < end; ++i) moved[i] += length * gradient[i] / size;
        neural->SetWeights(moved);
        return neural->Loss(batch);
      };
      if (size > 1e-5) {
        EXPECT_NEAR((loss_at(step) - loss_at(-step)) / (2.0 * step), size, 0.05 * size + 2e-5)
            << spec.name << " " << tensor.outline.name;
      }
      first = end;
    }
  }
}

TEST(Networks, QuantilesAreInOrderAndWholeBatchesAreOriginByOrigin) {
  const NeuralShape shape = Shape();
  for (const NeuralSpec& spec : Networks()) {
    const auto neural = Trained(spec);
    const NeuralBatch batch = RandomBatch(3, shape);
    std::vector<float> all, one;
    neural->Forward(batch, &all);
    const auto each = static_cast<std::size_t>(shape.num_columns() * shape.outputs * kNumNeuralQuantiles);
    ASSERT_EQ(all.size(), 3 * each);
    for (std::size_t i = 0; i < all.size(); i += 3) {
      EXPECT_LE(all[i], all[i + 1]) << spec.name;
      EXPECT_LE(all[i + 1], all[i + 2]) << spec.name;
    }
    NeuralBatch last;
    last.size = 1;
    last.own.assign(batch.own.begin() + 2 * shape.num_columns() * shape.inputs, batch.own.end());
    last.calendar.assign(batch.calendar.begin() + 2 * shape.calendar, batch.calendar.end());
    neural->Forward(last, &one);
    for (std::size_t i = 0; i < each; ++i) EXPECT_NEAR(one[i], all[2 * each + i], 1e-4) << spec.name;
  }
}

// The pinball loss of one origin, one column, by hand from the quantiles.
TEST(Networks, LossIsTheWeightedPinballLoss) {
  const NeuralShape shape = Shape();
  const auto neural = Trained(Networks()[1]);
  const NeuralBatch batch = RandomBatch(2, shape);
  std::vector<float> quantiles;
  neural->Forward(batch, &quantiles);
  double sum = 0.0;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    const std::size_t target = i / kNumNeuralQuantiles, column = target / static_cast<std::size_t>(shape.outputs);
    const double level = kNeuralQuantiles[i % kNumNeuralQuantiles], error = batch.target[target] - quantiles[i];
    sum += batch.weight[column] * std::max(level * error, (level - 1.0) * error);
  }
  EXPECT_NEAR(neural->Loss(batch), sum / static_cast<double>(quantiles.size()), 1e-5);
}

TEST(Networks, SameSeedSameBits) {
  for (NeuralSpec spec : Networks()) {
    if (spec.options.count("dropout") > 0) spec.options["dropout"] = 0.3;
    EXPECT_EQ(Trained(spec)->SaveWeights(), Trained(spec)->SaveWeights()) << spec.name;
    EXPECT_EQ(Trained(spec)->Weights(), Trained(spec)->Weights()) << spec.name;
    if (spec.name == "dlinear") continue;  // begins at zero
    EXPECT_NE(Trained(spec, 1)->Weights(), Trained(spec, 2)->Weights()) << spec.name;
  }
}

TEST(Networks, WeightsAndOptimiserGoOnFromTensors) {
  for (const NeuralSpec& spec : Networks()) {
    const auto first = Trained(spec), second = MakeNeural(spec, Shape(), {9, 1, "cpu"});
    second->LoadWeights(first->SaveWeights());
    second->LoadOptimiser(first->SaveOptimiser());
    for (const auto& neural : {first.get(), second.get()}) {
      neural->Reseed(4);
      neural->Step(RandomBatch(6, Shape()), {1e-2, 0.0});
    }
    EXPECT_EQ(first->Weights(), second->Weights()) << spec.name;
  }
}

TEST(Networks, RefuseWhatIsNotTheirs) {
  const std::vector<NeuralSpec> networks = Networks();
  const auto gru = Trained(networks[3]);
  const NamedTensors weights = gru->SaveWeights(), state = gru->SaveOptimiser();
  NamedTensors few(weights.begin(), weights.end() - 1), other = weights, more = weights, negative = state;
  EXPECT_THROW(gru->LoadWeights(few), InputError);
  std::swap(other[0].outline.shape[0], other[0].outline.shape[1]);
  EXPECT_THROW(gru->LoadWeights(other), InputError);
  more.push_back(more[0]);
  EXPECT_THROW(gru->LoadWeights(more), InputError);
  EXPECT_THROW(gru->LoadOptimiser(weights), InputError);
  negative[1].values[0] = -1.0;  // a mean of squares
  EXPECT_THROW(gru->LoadOptimiser(negative), InputError);
  negative = state;
  negative.back().values[0] = -1.0;  // steps
  EXPECT_THROW(gru->LoadOptimiser(negative), InputError);
  EXPECT_THROW(gru->LoadWeights(Trained(networks[0])->SaveWeights()), InputError);
  EXPECT_THROW(MakeNeural({"lstm", {{"hidden", 8}, {"dropout", 0}}}, Shape(), {}), InputError);
  EXPECT_THROW(ParseNetwork(ParseSpec("gruu")), InputError);
  EXPECT_THROW(ParseNetwork(ParseSpec("gru(hidden=0)")), InputError);
}

TEST(Networks, TextNamesThemWithAllOptions) {
  for (const NeuralSpec& spec : Networks()) {
    const NeuralSpec again = ParseNetwork(ParseSpec(NetworkText(spec)));
    EXPECT_EQ(again.name, spec.name);
    EXPECT_EQ(again.options, spec.options);
  }
}

}  // namespace
}  // namespace evenkeel
