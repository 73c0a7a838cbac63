// predictors/learning/trainable.h for modules of LibTorch.
#pragma once

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/nn.h>
#include <torch/optim/adamw.h>

#include <memory>
#include <sstream>
#include <type_traits>
#include <utility>

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
    if (runtime.precision == "mixed" && !device_.is_cuda())
      throw InputError("precision \"mixed\": the device is {}, expected cuda", runtime.device);
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

  NamedTensors SaveWeights() const override {
    NamedTensors weights;
    for (const auto& one : module_->named_parameters()) weights.push_back(FromTorch(one.key(), one.value()));
    return weights;
  }

  void LoadWeights(const NamedTensors& weights) override {
    const torch::NoGradGuard no_gradients;
    CheckOutlines(OutlinesOf(SaveWeights()), OutlinesOf(weights), "weights.");
    for (auto& one : module_->named_parameters()) ToTorch(FindTensor(weights, one.key()), &one.value());
  }

  NamedTensors SaveOptimiser() const override {
    NamedTensors state;
    NamedTensor steps{{"steps", TensorType::kInt64, {}}, {}};
    for (const auto& one : module_->named_parameters()) {
      const torch::optim::AdamWParamState* of_one = StateOf(one.value());
      // Whoever was never moved is where AdamW begins.
      const torch::Tensor none = torch::zeros_like(one.value());
      state.push_back(FromTorch("mean." + one.key(), of_one == nullptr ? none : of_one->exp_avg()));
      state.push_back(FromTorch("square." + one.key(), of_one == nullptr ? none : of_one->exp_avg_sq()));
      steps.values.push_back(of_one == nullptr ? 0.0 : static_cast<double>(of_one->step()));
    }
    steps.outline.shape = {static_cast<std::int64_t>(steps.values.size())};
    state.push_back(std::move(steps));
    return state;
  }

  void LoadOptimiser(const NamedTensors& state) override {
    const torch::NoGradGuard no_gradients;
    CheckOutlines(OutlinesOf(SaveOptimiser()), OutlinesOf(state), "optimiser.");
    const std::vector<double>& steps = FindTensor(state, "steps").values;
    std::size_t next = 0;
    for (auto& one : module_->named_parameters()) {
      auto of_one = std::make_unique<torch::optim::AdamWParamState>();
      of_one->step(static_cast<std::int64_t>(NotNegative(FindTensor(state, "steps"), steps[next++])));
      of_one->exp_avg(torch::zeros_like(one.value())).exp_avg_sq(torch::zeros_like(one.value()));
      const NamedTensor& squares = FindTensor(state, "square." + one.key());
      for (double square : squares.values) NotNegative(squares, square);
      ToTorch(FindTensor(state, "mean." + one.key()), &of_one->exp_avg());
      ToTorch(squares, &of_one->exp_avg_sq());
      optimiser_->state()[KeyOf<OptimiserKey>(one.value())] = std::move(of_one);
    }
  }

 protected:
  void Own(std::shared_ptr<torch::nn::Module> module) {
    module_ = std::move(module);
    Require(module_->buffers().empty(), "a network with buffers, which nobody keeps");
    module_->to(device_);
    optimiser_ = std::make_unique<torch::optim::AdamW>(module_->parameters());
  }

  const torch::Device& device() const { return device_; }
  /// A setting of the calling thread.
  void UseThreads() const { at::set_num_threads(threads_); }

  /// One step down the gradient, whose norm is cut at 1; the loss before it, on the device: nothing waits for it.
  template <typename Loss>
  torch::Tensor StepDown(Loss loss_of, const NeuralStep& step) {
    auto& options = static_cast<torch::optim::AdamWOptions&>(optimiser_->param_groups()[0].options());
    options.lr(step.rate).weight_decay(step.decay);
    // No gradients rather than zeros: what comes first needs no sum.
    for (torch::Tensor& weights : module_->parameters()) weights.mutable_grad().reset();
    const torch::Tensor loss = loss_of();
    loss.backward();
    CutGradient();
    optimiser_->step();
    return loss.detach();
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
  /// torch::nn::utils::clip_grad_norm_ reads the norm, for which the device has to be waited for.
  void CutGradient() {
    std::vector<torch::Tensor> gradients, squares;
    for (torch::Tensor& weights : module_->parameters()) {
      // Who was moved before goes on as with a gradient of 0.
      if (!weights.grad().defined() && StateOf(weights) != nullptr) weights.mutable_grad() = torch::zeros_like(weights);
      if (weights.grad().defined()) gradients.push_back(weights.grad());
    }
    for (const torch::Tensor& gradient : gradients) squares.push_back(gradient.square().sum());
    const torch::Tensor factor = (1.0 / (torch::stack(squares).sum().sqrt() + 1e-6)).clamp_max(1.0);
    for (torch::Tensor& gradient : gradients) gradient.mul_(factor);
  }

  using OptimiserKey = std::decay_t<decltype(std::declval<torch::optim::AdamW>().state())>::key_type;

  /// EVENKEEL_CHECK is in the program, which this library does not know.
  static void Require(bool condition, const char* otherwise) {
    if (!condition) throw InternalError(otherwise);
  }

  /// By which AdamW knows a parameter: its address, up to LibTorch 1.13 as text.
  template <typename Key>
  static Key KeyOf(const torch::Tensor& parameter) {
    if constexpr (std::is_pointer_v<Key>) {
      return parameter.unsafeGetTensorImpl();
    } else {
      std::ostringstream text;
      text << parameter.unsafeGetTensorImpl();
      return text.str();
    }
  }

  /// Nothing for a parameter that was never moved.
  const torch::optim::AdamWParamState* StateOf(const torch::Tensor& parameter) const {
    const auto found = optimiser_->state().find(KeyOf<OptimiserKey>(parameter));
    if (found == optimiser_->state().end()) return nullptr;
    return &static_cast<const torch::optim::AdamWParamState&>(*found->second);
  }

  static NamedTensor FromTorch(const std::string& name, const torch::Tensor& tensor) {
    const bool is_single = tensor.scalar_type() == torch::kFloat32;
    Require(is_single || tensor.scalar_type() == torch::kFloat64, "weights that are neither float32 nor float64");
    return {{name, is_single ? TensorType::kFloat32 : TensorType::kFloat64, tensor.sizes().vec()}, InARow({tensor})};
  }

  /// CheckOutlines has found the same shape.
  static void ToTorch(const NamedTensor& from, torch::Tensor* to) {
    Require(static_cast<std::int64_t>(from.values.size()) == to->numel(), "a tensor with other values than its shape");
    to->copy_(torch::from_blob(const_cast<double*>(from.values.data()), to->sizes(), torch::kFloat64));
  }

  static double NotNegative(const NamedTensor& tensor, double value) {
    if (!(value >= 0.0))
      throw InputError("'optimiser.{}' has the value {}, expected at least 0", tensor.outline.name, value);
    return value;
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
