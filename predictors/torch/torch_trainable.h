// predictors/learning/trainable.h for modules of LibTorch.
#pragma once

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/nn.h>
#include <torch/optim/adamw.h>
#include <torch/serialize.h>

#include <sstream>

#include "models/base/error.h"
#include "predictors/learning/trainable.h"

namespace evenkeel {

/// `Interface` is derived from Trainable; whoever derives from this one makes its module and hands it to Own.
template <typename Interface>
class TorchTrainable : public Interface {
 public:
  explicit TorchTrainable(const NeuralRuntime& runtime) : threads_(runtime.threads), device_(runtime.device) {
    if (device_.is_cuda() && !torch::cuda::is_available())
      throw InputError("device \"cuda\": this LibTorch sees none, expected cpu");
    // Slow kernels that add up in a fixed order rather than fast ones that do not.
    at::globalContext().setDeterministicAlgorithms(true, false);
    UseThreads();
    torch::manual_seed(runtime.seed);
  }

  std::vector<double> Weights() const override { return InARow(module_->parameters()); }

  void SetWeights(const std::vector<double>& weights) override {
    const torch::NoGradGuard no_gradients;
    const double* next = weights.data();
    for (torch::Tensor& tensor : module_->parameters()) {
      tensor.copy_(torch::from_blob(const_cast<double*>(next), tensor.sizes(), torch::kFloat64));
      next += tensor.numel();
    }
  }

  void Reseed(std::uint64_t seed) override { torch::manual_seed(seed); }

  std::string SaveWeights() const override {
    torch::serialize::OutputArchive archive;
    module_->save(archive);
    return Bytes(archive);
  }

  void LoadWeights(const std::string& bytes) override {
    Load(bytes, "weights", [this](torch::serialize::InputArchive& archive) { module_->load(archive); });
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

 protected:
  void Own(std::shared_ptr<torch::nn::Module> module) {
    module_ = std::move(module);
    module_->to(device_);
    optimiser_ = std::make_unique<torch::optim::AdamW>(module_->parameters());
  }

  const torch::Device& device() const { return device_; }
  /// A setting of the calling thread.
  void UseThreads() const { at::set_num_threads(threads_); }

  /// One step down the gradient, whose norm is cut at 1; the loss before it.
  template <typename Loss>
  double StepDown(Loss loss_of, const NeuralStep& step) {
    auto& options = static_cast<torch::optim::AdamWOptions&>(optimiser_->param_groups()[0].options());
    options.lr(step.rate).weight_decay(step.decay);
    optimiser_->zero_grad();
    const torch::Tensor loss = loss_of();
    loss.backward();
    torch::nn::utils::clip_grad_norm_(module_->parameters(), 1.0);
    optimiser_->step();
    return loss.template item<double>();
  }

  template <typename Loss>
  std::vector<double> GradientOf(Loss loss_of) {
    optimiser_->zero_grad();
    loss_of().backward();
    std::vector<torch::Tensor> gradients;
    for (const torch::Tensor& weights : module_->parameters())
      gradients.push_back(weights.grad().defined() ? weights.grad() : torch::zeros_like(weights));
    return InARow(gradients);
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

  static std::vector<double> InARow(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> rows;
    for (const torch::Tensor& tensor : tensors) rows.push_back(tensor.detach().flatten().to(torch::kFloat64).cpu());
    const torch::Tensor all = torch::cat(rows).contiguous();
    return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
  }

  int threads_;
  torch::Device device_;
  std::shared_ptr<torch::nn::Module> module_;
  std::unique_ptr<torch::optim::AdamW> optimiser_;
};

}  // namespace evenkeel
