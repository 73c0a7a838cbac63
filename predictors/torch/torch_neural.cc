// predictors/neural.h in LibTorch, and the one symbol that the library exports.
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/nn.h>
#include <torch/optim/adamw.h>
#include <torch/serialize.h>

#include <sstream>

#include "models/error.h"
#include "predictors/torch/networks.h"
#include "predictors/torch/torch_script.h"
#include "predictors/torch_library.h"

namespace evenkeel {
namespace {

using torch::Tensor;

class TorchNeural : public Neural {
 public:
  TorchNeural(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime)
      : shape_(shape), threads_(runtime.threads), device_(runtime.device) {
    if (device_.is_cuda() && !torch::cuda::is_available())
      throw InputError("device \"cuda\": this LibTorch sees none, expected cpu");
    // Slow kernels that add up in a fixed order rather than fast ones that do not.
    at::globalContext().setDeterministicAlgorithms(true, false);
    at::set_num_threads(threads_);
    torch::manual_seed(runtime.seed);
    network_ = MakeNetwork(spec, shape);
    network_->to(device_);
    optimiser_ = std::make_unique<torch::optim::AdamW>(network_->parameters());
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
    auto& options = static_cast<torch::optim::AdamWOptions&>(optimiser_->param_groups()[0].options());
    options.lr(step.rate).weight_decay(step.decay);
    optimiser_->zero_grad();
    const Tensor loss = LossOf(batch);
    loss.backward();
    torch::nn::utils::clip_grad_norm_(network_->parameters(), 1.0);
    optimiser_->step();
    return loss.item<double>();
  }

  std::vector<double> Gradient(const NeuralBatch& batch) override {
    network_->eval();
    optimiser_->zero_grad();
    LossOf(batch).backward();
    std::vector<Tensor> gradients;
    for (const Tensor& weights : network_->parameters())
      gradients.push_back(weights.grad().defined() ? weights.grad() : torch::zeros_like(weights));
    return InARow(gradients);
  }

  std::vector<double> Weights() const override { return InARow(network_->parameters()); }

  void SetWeights(const std::vector<double>& weights) override {
    const torch::NoGradGuard no_gradients;
    const double* next = weights.data();
    for (Tensor& tensor : network_->parameters()) {
      tensor.copy_(torch::from_blob(const_cast<double*>(next), tensor.sizes(), torch::kFloat64));
      next += tensor.numel();
    }
  }

  void Reseed(std::uint64_t seed) override { torch::manual_seed(seed); }

  std::string SaveWeights() const override {
    torch::serialize::OutputArchive archive;
    network_->save(archive);
    return Bytes(archive);
  }

  void LoadWeights(const std::string& bytes) override {
    Load(bytes, "weights", [this](torch::serialize::InputArchive& archive) { network_->load(archive); });
  }

  std::string SaveOptimiser() const override {
    torch::serialize::OutputArchive archive;
    optimiser_->save(archive);
    return Bytes(archive);
  }

  void LoadOptimiser(const std::string& bytes) override {
    Load(bytes, "state of the optimiser",
         [this](torch::serialize::InputArchive& archive) { optimiser_->load(archive); });
  }

 private:
  static std::string Bytes(torch::serialize::OutputArchive& archive) {
    std::ostringstream stream;
    archive.save_to(stream);
    return stream.str();
  }

  template <typename Use>
  void Load(const std::string& bytes, const char* what, Use use) {
    try {
      std::istringstream stream(bytes);
      torch::serialize::InputArchive archive;
      archive.load_from(stream, device_);
      use(archive);
    } catch (const c10::Error& error) {
      throw InputError("{} of another network: {}", what, error.what_without_backtrace());
    }
  }

  static std::vector<double> InARow(const std::vector<Tensor>& tensors) {
    std::vector<Tensor> rows;
    for (const Tensor& tensor : tensors) rows.push_back(tensor.detach().flatten().to(torch::kFloat64).cpu());
    const Tensor all = torch::cat(rows).contiguous();
    return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
  }

  Tensor TensorOf(const std::vector<float>& values, std::initializer_list<std::int64_t> sizes) const {
    return torch::from_blob(const_cast<float*>(values.data()), sizes).to(device_);
  }

  Tensor Quantiles(const NeuralBatch& batch) {
    at::set_num_threads(threads_);  // a setting of the calling thread
    return network_->Forward(TensorOf(batch.own, {batch.size, shape_.num_columns(), shape_.inputs}),
                             TensorOf(batch.calendar, {batch.size, shape_.calendar}));
  }

  Tensor LossOf(const NeuralBatch& batch) {
    const Tensor quantiles = Quantiles(batch);
    const Tensor target = TensorOf(batch.target, {batch.size, shape_.num_columns(), shape_.outputs, 1});
    const Tensor weight = TensorOf(batch.weight, {batch.size, shape_.num_columns(), 1, 1});
    const Tensor levels = torch::tensor(std::vector<float>(std::begin(kNeuralQuantiles), std::end(kNeuralQuantiles)),
                                        torch::TensorOptions(device_));
    const Tensor error = target - quantiles;
    return (weight * torch::max(levels * error, (levels - 1.0) * error)).mean();
  }

  NeuralShape shape_;
  int threads_;
  torch::Device device_;
  std::shared_ptr<Network> network_;
  std::unique_ptr<torch::optim::AdamW> optimiser_;
};

std::unique_ptr<Neural> Make(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime) {
  return std::make_unique<TorchNeural>(spec, shape, runtime);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const TorchLibrary* evenkeel_torch_library() {
  static const TorchLibrary library{kTorchLibraryVersion, LoadScript, Make};
  return &library;
}

}  // namespace evenkeel
