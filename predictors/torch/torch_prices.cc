#include "predictors/torch/torch_prices.h"

#include <torch/autograd.h>
#include <torch/nn.h>

#include <algorithm>
#include <cmath>

#include "predictors/torch/line_twin.h"
#include "predictors/torch/torch_trainable.h"

namespace evenkeel {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

constexpr double kAnchor = 7.0;      // q - 1 of the 8-norm
constexpr double kLargestNorm = 32;  // of a loss: a maximum alone would teach one bucket at a time
constexpr int kLoadInputs = 3;

class ScoreNetwork : public nn::Module {
 public:
  ScoreNetwork(const PriceNetworkSpec& spec, const PriceShape& shape)
      : shape_(shape), groups_(static_cast<int>(shape.buckets.size())) {
    log_gain_ = register_parameter("log_gain", torch::zeros({groups_}));
    place_ = register_parameter("place", torch::zeros({shape.num_buckets()}));
    in_ = register_module("input", nn::Linear(shape.inputs + kLoadInputs + groups_, spec.hidden));
    middle_ = register_module("middle", nn::Linear(spec.hidden, spec.hidden));
    from_group_ = register_module("from_group", nn::Linear(spec.hidden, spec.hidden));
    out_ = register_module("out", nn::Linear(spec.hidden, 1));
    nn::init::zeros_(out_->weight);
    nn::init::zeros_(out_->bias);
    to(torch::kFloat64);
  }

  /// own [periods x buckets x inputs], load in units [periods x buckets], left [periods] -> prices [periods x buckets].
  Tensor Forward(const Tensor& own, const Tensor& load, const Tensor& left) {
    std::vector<Tensor> prices;
    int first = 0;
    for (int k = 0; k < groups_; ++k) {
      const int buckets = shape_.buckets[k];
      const Tensor l = load.narrow(1, first, buckets);
      const Tensor anchor = kAnchor * log_gain_[k].exp() * (l + left.unsqueeze(1)).clamp_min(1e-9).log();
      const Tensor score = anchor + place_.narrow(0, first, buckets) + Correction(own.narrow(1, first, buckets), l, k);
      const double power = std::isinf(shape_.norm[k]) ? 1.0 : 1.0 - 1.0 / shape_.norm[k];
      prices.push_back(shape_.weight[k] * (power * score.log_softmax(1)).exp());
      first += buckets;
    }
    return torch::cat(prices, 1);
  }

 private:
  Tensor Correction(const Tensor& own, const Tensor& l, int k) {
    const Tensor group = torch::zeros({own.size(0), own.size(1), groups_}, own.options());
    group.select(2, k).fill_(1.0);
    const Tensor seen = torch::cat({own, torch::stack({l, l - l.amax(1, true), l - l.mean(1, true)}, 2), group}, 2);
    Tensor x = torch::tanh(in_(seen));
    x = torch::tanh(middle_(x) + from_group_(x.mean(1, true)));
    return out_(x).squeeze(2);
  }

  PriceShape shape_;
  int groups_;
  Tensor log_gain_, place_;
  nn::Linear in_{nullptr}, middle_{nullptr}, from_group_{nullptr}, out_{nullptr};
};

/// A slot of the world as a step of the tape.
class Respond : public torch::autograd::Function<Respond> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& prices, PriceWorld* world,
                        std::int64_t t) {
    context->saved_data["world"] = reinterpret_cast<std::int64_t>(world);
    context->saved_data["t"] = t;
    const Tensor given = prices.contiguous();
    Tensor increments = torch::empty({prices.size(0), prices.size(1) + 1}, torch::kFloat64);
    world->Respond(static_cast<int>(t), given.data_ptr<double>(), increments.data_ptr<double>());
    return increments;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto* world = reinterpret_cast<const PriceWorld*>(context->saved_data["world"].toInt());
    const Tensor given = gradients[0].contiguous();
    Tensor result = torch::empty({given.size(0), given.size(1) - 1}, torch::kFloat64);
    world->RespondGradient(static_cast<int>(context->saved_data["t"].toInt()), given.data_ptr<double>(),
                           result.data_ptr<double>());
    return {result, Tensor(), Tensor()};
  }
};

Tensor View(const double* values, std::initializer_list<std::int64_t> sizes) {
  return torch::from_blob(const_cast<double*>(values), sizes, torch::kFloat64);
}

class TorchPrices : public TorchTrainable<PriceNetwork> {
 public:
  TorchPrices(const PriceNetworkSpec& spec, const PriceShape& shape, const NeuralRuntime& runtime)
      : TorchTrainable(runtime), spec_(spec), shape_(shape), network_(std::make_shared<ScoreNetwork>(spec, shape)) {
    if (device().is_cuda()) throw InputError("device \"cuda\": prices are learned on the CPU, expected cpu");
    Own(network_);
  }

  void Forward(const PriceInputs& inputs, const std::vector<double>& load, std::vector<double>* prices) override {
    const torch::NoGradGuard no_gradients;
    UseThreads();
    const auto periods = static_cast<std::int64_t>(inputs.left.size());
    const Tensor result = Prices(inputs, View(load.data(), {periods, shape_.num_buckets()})).contiguous();
    prices->assign(result.data_ptr<double>(), result.data_ptr<double>() + result.numel());
  }

  double Loss(PriceWorld& world) override {
    const torch::NoGradGuard no_gradients;
    return LossOf(world).item<double>();
  }

  double Step(PriceWorld& world, const NeuralStep& step) override {
    return StepDown([&] { return LossOf(world); }, step).item<double>();
  }

  std::vector<double> Gradient(PriceWorld& world) override {
    return GradientOf([&] { return LossOf(world); });
  }

 private:
  Tensor Prices(const PriceInputs& inputs, const Tensor& load) {
    const auto periods = static_cast<std::int64_t>(inputs.left.size());
    return network_->Forward(View(inputs.own.data(), {periods, shape_.num_buckets(), shape_.inputs}),
                             load / View(inputs.unit.data(), {periods, shape_.num_buckets()}),
                             View(inputs.left.data(), {periods}));
  }

  /// Plays all slots. `sums` has cost, then loads, of the slots before.
  Tensor LossOf(PriceWorld& world) {
    UseThreads();
    const int periods = world.num_periods(), buckets = shape_.num_buckets(), last = world.num_slots() - 1;
    Tensor sums = torch::zeros({periods, 1 + buckets}, torch::kFloat64), expert = sums;
    for (int t = 0; t <= last; ++t) {
      Tensor increment = Respond::apply(Prices(world.Inputs(t), sums.narrow(1, 1, buckets)), &world, t);
      if (spec_.through_line) {
        const Tensor after = View(world.ExpertSums(t), {periods, 1 + buckets});
        increment = ComeBack(sums, expert, after, View(world.ExpertObjective(t), {periods}), increment);
        expert = after;
      }
      sums = sums + increment;
    }
    return (Objective(sums, world) / View(world.ExpertObjective(last), {periods})).mean();
  }

  /// The robustifier: the advice's increment, as far as the budget allows.
  Tensor ComeBack(const Tensor& sums, const Tensor& before, const Tensor& after, const Tensor& objective,
                  const Tensor& advice) const {
    const Tensor ahead = sums - after;
    const Tensor step = after - before;
    const Tensor alpha = TwinAlpha(
        shape_, {spec_.rho * objective - ahead.select(1, 0), ahead.narrow(1, 1, shape_.num_buckets()), advice, step});
    return advice + alpha.unsqueeze(1) * (step - advice);
  }

  Tensor Objective(const Tensor& sums, const PriceWorld& world) const {
    Tensor value = sums.select(1, 0) + View(world.Shift(), {sums.size(0)});
    int first = 1;
    for (std::size_t k = 0; k < shape_.buckets.size(); ++k) {
      const Tensor load = sums.narrow(1, first, shape_.buckets[k]);
      value = value + shape_.weight[k] * TwinNorm(load, std::min(shape_.norm[k], kLargestNorm));
      first += shape_.buckets[k];
    }
    return value;
  }

  PriceNetworkSpec spec_;
  PriceShape shape_;
  std::shared_ptr<ScoreNetwork> network_;
};

}  // namespace

std::unique_ptr<PriceNetwork> MakeTorchPrices(const PriceNetworkSpec& spec, const PriceShape& shape,
                                              const NeuralRuntime& runtime) {
  return std::make_unique<TorchPrices>(spec, shape, runtime);
}

}  // namespace evenkeel
