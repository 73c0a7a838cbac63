#include "predictors/torch/torch_script.h"

#include <ATen/Parallel.h>
#include <torch/script.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// The first line: LibTorch goes on with its own stack.
std::string Reason(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

std::string SizesText(const torch::Tensor& tensor) {
  return fmt::format("{} x {}", tensor.size(0), tensor.dim() > 1 ? tensor.size(1) : 0);
}

class TorchScript : public Script {
 public:
  explicit TorchScript(torch::jit::Module module) : module_(std::move(module)) { module_.eval(); }

  std::vector<double> Forward(const std::vector<double>& values, const std::vector<std::int64_t>& times,
                              int columns) override {
    const torch::NoGradGuard no_gradients;
    at::set_num_threads(1);
    const auto window = static_cast<std::int64_t>(times.size());
    const torch::Tensor result =
        Call(torch::from_blob(const_cast<double*>(values.data()), {window, columns}, torch::kFloat64).clone(),
             torch::from_blob(const_cast<std::int64_t*>(times.data()), {window}, torch::kInt64).clone());
    if (result.dim() != 2 || result.size(0) < 1 || result.size(1) != columns) {
      throw InputError("its result has {} dimensions, {}, expected 2, at least 1 x {} (steps x columns)", result.dim(),
                       result.dim() > 0 ? SizesText(result) : "a number", columns);
    }
    const torch::Tensor rows = result.to(torch::kCPU, torch::kFloat64).contiguous();
    return {rows.data_ptr<double>(), rows.data_ptr<double>() + rows.numel()};
  }

 private:
  torch::Tensor Call(torch::Tensor values, torch::Tensor times) {
    torch::jit::IValue result;
    try {
      result = module_.forward({std::move(values), std::move(times)});
    } catch (const std::exception& error) {
      throw InputError("forward(values, times) failed: {}", Reason(error));
    }
    if (!result.isTensor()) throw InputError("its result is a {}, expected a Tensor", result.tagKind());
    return result.toTensor();
  }

  torch::jit::Module module_;
};

}  // namespace

std::unique_ptr<Script> LoadScript(const std::string& path) {
  try {
    return std::make_unique<TorchScript>(torch::jit::load(path));
  } catch (const c10::Error& error) {
    throw InputError("{}: no TorchScript module: {}", path, Reason(error));
  }
}

}  // namespace evenkeel
