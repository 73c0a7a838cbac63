#include "predictors/torch/torch_script.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/frontend/error_report.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/jit.h>
#include <torch/script.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// Without LibTorch's own stack.
std::string TextOf(const std::exception& error) {
  const auto* own = dynamic_cast<const c10::Error*>(&error);
  return own == nullptr ? error.what() : own->what_without_backtrace();
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) lines.push_back(line);
  }
  return lines;
}

std::string Shortened(std::string text) {
  constexpr std::size_t kLongest = 500;
  // Places in LibTorch's sources say nothing to anybody else.
  if (text.rfind("[enforce fail at ", 0) == 0 && text.find(" . ") != std::string::npos)
    text.erase(0, text.find(" . ") + 3);
  return text.size() > kLongest ? text.substr(0, kLongest) + ".." : text;
}

/// What a module that failed says: the end of the text, behind its traceback, which quotes source code.
std::string Reason(const std::exception& error) {
  std::string reason;
  for (const std::string& line : LinesOf(TextOf(error))) {
    const bool quoted = line[0] == ' ' || line[0] == '\t' || line.rfind("Traceback of TorchScript", 0) == 0;
    if (quoted) {
      reason.clear();
    } else {
      reason += (reason.empty() ? "" : " ") + line;
    }
  }
  return Shortened(reason.empty() ? "it does not say why" : reason);
}

/// Why code is not understood: LibTorch begins with the reason and quotes the line behind it.
std::string ReasonOfLoading(const std::exception& error) {
  const std::vector<std::string> lines = LinesOf(TextOf(error));
  const auto mark = std::find_if(lines.begin(), lines.end(),
                                 [](const std::string& line) { return line.find("<--- HERE") != std::string::npos; });
  if (mark == lines.end() || mark - lines.begin() < 2) return Reason(error);
  const std::string& code = *(mark - 1);
  return Shortened(fmt::format("{} In its code: {}", lines.front(), code.substr(code.find_first_not_of(" \t"))));
}

/// Whether all weights that are numbers with a fraction are float32: so are its inputs then.
bool HasFloat32Weights(const torch::jit::Module& module) {
  bool any = false;
  for (const torch::Tensor& weight : module.parameters()) {
    if (!weight.is_floating_point()) continue;
    if (weight.scalar_type() != torch::kFloat32) return false;
    any = true;
  }
  return any;
}

/// What to do about types that do not go together; empty for other reasons.
std::string HintOfTypes(const std::string& reason, torch::ScalarType inputs) {
  for (const char* word : {"dtype", "scalar type", "Double", "Float"}) {
    if (reason.find(word) == std::string::npos) continue;
    const bool is_double = inputs == torch::kFloat64;
    return fmt::format(
        " (its values are {}: begin its forward with values = values.{}(), or keep all its weights in one of "
        "float32 and float64)",
        is_double ? "float64" : "float32", is_double ? "float" : "double");
  }
  return "";
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
  explicit TorchScript(torch::jit::Module module)
      : module_(std::move(module)), inputs_(HasFloat32Weights(module_) ? torch::kFloat32 : torch::kFloat64) {
    module_.eval();
  }

  std::vector<double> Forward(const std::vector<double>& values, const std::vector<std::int64_t>& times,
                              int columns) override {
    const torch::NoGradGuard no_gradients;
    at::set_num_threads(1);
    const auto window = static_cast<std::int64_t>(times.size());
    const torch::Tensor result =
        Call(torch::from_blob(const_cast<double*>(values.data()), {window, columns}, torch::kFloat64)
                 .to(inputs_, false, true),
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
      const std::string reason = Reason(error);
      throw InputError("forward(values, times) failed: {}{}", reason, HintOfTypes(reason, inputs_));
    }
    if (!result.isTensor()) throw InputError("its result is a {}, expected a Tensor", result.tagKind());
    return result.toTensor();
  }

  torch::jit::Module module_;
  torch::ScalarType inputs_;
};

}  // namespace

std::unique_ptr<Script> LoadScript(const std::string& bytes) {
  PrintToStandardError();
  std::istringstream stream(bytes);
  try {
    // Wherever its weights were when it was saved.
    return std::make_unique<TorchScript>(torch::jit::load(stream, torch::kCPU));
  } catch (const torch::jit::ErrorReport& error) {
    throw InputError("a TorchScript module that this LibTorch ({}) does not understand: {}", TORCH_VERSION,
                     ReasonOfLoading(error));
  } catch (const std::exception& error) {
    throw InputError("no TorchScript module that this LibTorch ({}) reads: {}", TORCH_VERSION, Reason(error));
  }
}

void WarmUpScripts() {
  PrintToStandardError();
  at::set_num_threads(1);
  torch::manual_seed(1);  // its generator opens /dev/urandom when it is first used
  const torch::NoGradGuard no_gradients;
  const auto unit = torch::jit::compile(R"(
def forward(x):
    y = torch.softmax(torch.matmul(x, x), 1) + torch.sigmoid(x)
    z = torch.conv1d(y.unsqueeze(0), y.unsqueeze(2))
    return torch.cat([y, z.squeeze(0)], 0).sum().double()
)");
  for (const auto type : {torch::kFloat32, torch::kFloat64})
    for (int k = 0; k < 3; ++k) unit->run_method("forward", torch::full({8, 8}, 0.5, type));  // the executor optimises
}

}  // namespace evenkeel
