// predictors/learning/neural.h in LibTorch, and the one symbol that the library exports.
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "predictors/learning/torch_library.h"
#include "predictors/torch/gather.h"
#include "predictors/torch/line_twin.h"
#include "predictors/torch/networks.h"
#include "predictors/torch/pinball.h"
#include "predictors/torch/products.h"
#include "predictors/torch/torch_prices.h"
#include "predictors/torch/torch_script.h"
#include "predictors/torch/torch_trainable.h"

namespace evenkeel {
namespace {

using torch::Tensor;

/// Tensors of a step or a forecast have the size of those of the one before: what they leave stays with the process,
/// which otherwise asks the system for the same pages again and again. None of them is above 32 MiB, the most there is.
void KeepFreedMemory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}

class TorchNeural : public TorchTrainable<Neural> {
 public:
  TorchNeural(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime)
      : TorchTrainable(runtime),
        shape_(shape),
        is_mixed_(runtime.precision == "mixed"),
        network_(MakeForecastNetwork(spec, shape)) {
    Own(network_);
    KeepFreedMemory();
  }

  std::shared_ptr<const NeuralData> Keep(const NeuralSeries& series) const override {
    return std::make_shared<SeriesTensors>(shape_, series, device());
  }

  NeuralBatch Gather(const NeuralData& data, const std::vector<int>& which) const override {
    const SeriesTensors& series = TensorsOf(data);
    const Tensor indices = torch::tensor(which, torch::kInt64).to(device());
    const GatheredInputs inputs = GatherInputs(shape_, series, indices);
    NeuralBatch batch;
    batch.size = static_cast<int>(which.size());
    batch.own = Floats(inputs.own.transpose(0, 1));
    batch.calendar = Floats(inputs.calendar);
    if (series.blocks.empty()) return batch;
    batch.target = Floats(GatherTargets(series, inputs, indices).transpose(0, 1));
    batch.weight = Floats(inputs.scale.transpose(0, 1));
    return batch;
  }

  void Forecast(const NeuralData& data, std::vector<float>* medians) override {
    const c10::InferenceMode no_gradients;
    UseThreads();
    network_->eval();
    const SeriesTensors& series = TensorsOf(data);
    const GatheredInputs inputs = GatherInputs(shape_, series, torch::arange(series.origins.size(0), device()));
    const Tensor levels = ToLevels(inputs, network_->Forward(inputs.own, inputs.calendar, kMedians));
    *medians = Floats(levels.transpose(0, 1));
  }

  double TrainEpoch(const NeuralData& data, const std::vector<int>& which, int batch, const NeuralStep& settings,
                    const std::function<void()>& step) override {
    UseThreads();
    const ProductPrecision precision(is_mixed_);
    network_->train();
    Tensor sum = torch::zeros({}, torch::TensorOptions(device()).dtype(torch::kFloat64));
    for (const Tensor& some : torch::tensor(which, torch::kInt64).to(device()).split(batch)) {
      const Tensor loss = StepDown([&] { return LossAt(TensorsOf(data), some); }, settings);
      sum.add_(loss, static_cast<double>(some.size(0)));
      if (step) step();
    }
    return sum.item<double>() / static_cast<double>(which.size());
  }

  double MeanLoss(const NeuralData& data, int batch) override {
    const torch::NoGradGuard no_gradients;
    UseThreads();
    network_->eval();
    const auto count = TensorsOf(data).origins.size(0);
    Tensor sum = torch::zeros({}, torch::TensorOptions(device()).dtype(torch::kFloat64));
    for (const Tensor& some : torch::arange(count, device()).split(batch))
      sum.add_(LossAt(TensorsOf(data), some), static_cast<double>(some.size(0)));
    return sum.item<double>() / static_cast<double>(count);
  }

  void Forward(const NeuralBatch& batch, std::vector<float>* quantiles) override {
    const torch::NoGradGuard no_gradients;
    network_->eval();
    *quantiles = Floats(QuantilesOf(Raw(batch)).transpose(0, 1));
  }

  double Loss(const NeuralBatch& batch) override {
    const torch::NoGradGuard no_gradients;
    network_->eval();
    return LossOf(batch).item<double>();
  }

  double Step(const NeuralBatch& batch, const NeuralStep& step) override {
    network_->train();
    return StepDown([&] { return LossOf(batch); }, step).item<double>();
  }

  std::vector<double> Gradient(const NeuralBatch& batch) override {
    network_->eval();
    return GradientOf([&] { return LossOf(batch); });
  }

 private:
  static const SeriesTensors& TensorsOf(const NeuralData& data) { return static_cast<const SeriesTensors&>(data); }

  static std::vector<float> Floats(const Tensor& tensor) {
    const Tensor row = tensor.to(torch::kFloat32).contiguous().cpu();
    return {row.data_ptr<float>(), row.data_ptr<float>() + row.numel()};
  }

  Tensor LossAt(const SeriesTensors& series, const Tensor& which) {
    const GatheredInputs inputs = GatherInputs(shape_, series, which);
    const Tensor target = GatherTargets(series, inputs, which);
    return PinballLoss(network_->Forward(inputs.own, inputs.calendar, kAllPlanes), target, inputs.scale);
  }

  /// Values [batch x columns x ..] on the device, columns first.
  Tensor TensorOf(const std::vector<float>& values, std::int64_t batch, std::int64_t each) const {
    return torch::from_blob(const_cast<float*>(values.data()), {batch, shape_.num_columns(), each})
        .to(device())
        .transpose(0, 1)
        .contiguous();
  }

  Tensor Raw(const NeuralBatch& batch) {
    UseThreads();
    const Tensor calendar =
        torch::from_blob(const_cast<float*>(batch.calendar.data()), {batch.size, shape_.calendar}).to(device());
    return network_->Forward(TensorOf(batch.own, batch.size, shape_.inputs), calendar, kAllPlanes);
  }

  Tensor LossOf(const NeuralBatch& batch) {
    return PinballLoss(Raw(batch), TensorOf(batch.target, batch.size, shape_.outputs),
                       TensorOf(batch.weight, batch.size, 1));
  }

  NeuralShape shape_;
  bool is_mixed_;
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
