// predictors/learning/neural.h in LibTorch, and the one symbol that the library exports.
#include "predictors/learning/torch_library.h"
#include "predictors/torch/line_twin.h"
#include "predictors/torch/networks.h"
#include "predictors/torch/torch_prices.h"
#include "predictors/torch/torch_script.h"
#include "predictors/torch/torch_trainable.h"

namespace evenkeel {
namespace {

using torch::Tensor;

class TorchNeural : public TorchTrainable<Neural> {
 public:
  TorchNeural(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime)
      : TorchTrainable(runtime), shape_(shape), network_(MakeForecastNetwork(spec, shape)) {
    Own(network_);
  }

  void Forward(const NeuralBatch& batch, std::vector<float>* quantiles) override {
    const torch::NoGradGuard no_gradients;
    network_->eval();
    const Tensor result = Quantiles(batch).contiguous().cpu();
    quantiles->assign(result.data_ptr<float>(), result.data_ptr<float>() + result.numel());
  }

  double Loss(const NeuralBatch& batch) override {
    const torch::NoGradGuard no_gradients;
    network_->eval();
    return LossOf(batch).item<double>();
  }

  double Step(const NeuralBatch& batch, const NeuralStep& step) override {
    network_->train();
    return StepDown([&] { return LossOf(batch); }, step);
  }

  std::vector<double> Gradient(const NeuralBatch& batch) override {
    network_->eval();
    return GradientOf([&] { return LossOf(batch); });
  }

 private:
  Tensor TensorOf(const std::vector<float>& values, std::initializer_list<std::int64_t> sizes) const {
    return torch::from_blob(const_cast<float*>(values.data()), sizes).to(device());
  }

  Tensor Quantiles(const NeuralBatch& batch) {
    UseThreads();
    return network_->Forward(TensorOf(batch.own, {batch.size, shape_.num_columns(), shape_.inputs}),
                             TensorOf(batch.calendar, {batch.size, shape_.calendar}));
  }

  Tensor LossOf(const NeuralBatch& batch) {
    const Tensor quantiles = Quantiles(batch);
    const Tensor target = TensorOf(batch.target, {batch.size, shape_.num_columns(), shape_.outputs, 1});
    const Tensor weight = TensorOf(batch.weight, {batch.size, shape_.num_columns(), 1, 1});
    const Tensor levels = torch::tensor(std::vector<float>(std::begin(kNeuralQuantiles), std::end(kNeuralQuantiles)),
                                        torch::TensorOptions(device()));
    const Tensor error = target - quantiles;
    return (weight * torch::max(levels * error, (levels - 1.0) * error)).mean();
  }

  NeuralShape shape_;
  std::shared_ptr<ForecastNetwork> network_;
};

std::unique_ptr<Neural> Make(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime) {
  return std::make_unique<TorchNeural>(spec, shape, runtime);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const TorchLibrary* evenkeel_torch_library() {
  static const TorchLibrary library{kTorchLibraryVersion, LoadScript, WarmUpScripts, Make, MakeTorchPrices, TwinOfLine};
  return &library;
}

}  // namespace evenkeel
