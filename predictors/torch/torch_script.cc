#include "predictors/torch/torch_script.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/script.h>

#include <cstdio>

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

/// What the contract does not take, in words; empty: the result is as it should be.
std::string Fault(const torch::Tensor& result, int columns) {
  constexpr std::int64_t kMostSteps = 1'000'000;
  if (!result.defined()) return "is no tensor";
  if (result.is_meta()) return "is a meta tensor, which has no values";
  if (result.is_quantized()) return "is quantised, expected float32 or float64";
  if (result.layout() != torch::kStrided) return "is sparse, expected a dense one";
  if (result.scalar_type() != torch::kFloat32 && result.scalar_type() != torch::kFloat64)
    return fmt::format("has the type {}, expected float32 or float64", c10::toString(result.scalar_type()));
  if (result.dim() != 2 || result.size(0) < 1 || result.size(1) != columns) {
    return fmt::format("has {} dimensions, {}, expected 2, at least 1 x {} (steps x columns)", result.dim(),
                       result.dim() > 0 ? SizesText(result) : "a number", columns);
  }
  if (result.size(0) > kMostSteps)
    return fmt::format("has {} steps, allowed are at most {}", result.size(0), kMostSteps);
  return "";
}

/// What a module prints must not get among the program's own results.
void PrintToStandardError() {
  static const bool once = [] {
    torch::jit::setPrintHandler([](const std::string& text) { std::fputs(text.c_str(), stderr); });
    return true;
  }();
  static_cast<void>(once);
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
    try {
      if (const std::string fault = Fault(result, columns); !fault.empty()) throw InputError("its result {}", fault);
      const torch::Tensor rows = result.to(torch::kCPU, torch::kFloat64).contiguous();
      return {rows.data_ptr<double>(), rows.data_ptr<double>() + rows.numel()};
    } catch (const InputError&) {
      throw;
    } catch (const std::exception& error) {
      throw InputError("its result cannot be read: {}", Reason(error));
    }
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
  PrintToStandardError();
  try {
    return std::make_unique<TorchScript>(torch::jit::load(path));
  } catch (const std::exception& error) {
    throw InputError("{}: no TorchScript module: {}", path, Reason(error));
  }
}

}  // namespace evenkeel
