#include "predictors/torch/networks.h"

#include <torch/nn.h>

#include <algorithm>

#include "predictors/torch/dropout.h"
#include "predictors/torch/encoders.h"
#include "predictors/torch/products.h"

namespace evenkeel {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

/// The weights of one linear map per signal, by name.
class SignalMaps : public nn::Module {
 public:
  SignalMaps(int signals, int inputs, int outputs) {
    for (int s = 0; s < signals; ++s) {
      const nn::Linear map(nn::LinearOptions(inputs, outputs).bias(false));
      nn::init::zeros_(map->weight);  // the forecast before any training: the hourly mean
      maps_->push_back(map);
    }
    register_module("maps", maps_);
  }

  /// [signals x outputs x inputs], outputs in planes.
  Tensor Weights(PlaneRange planes) const {
    std::vector<Tensor> weights;
    for (std::size_t s = 0; s < maps_->size(); ++s)
      weights.push_back(InPlanes(maps_->at<nn::LinearImpl>(s).weight, planes));
    return torch::stack(weights);
  }

  /// Changes with every change of a weight.
  std::int64_t Version() const {
    std::int64_t version = 0;
    for (const Tensor& weight : maps_->parameters()) version += weight._version();
    return version;
  }

 private:
  nn::ModuleList maps_;
};

/// [window x window]: the moving mean over the day that ends with a slot of the window, its first value going on before
/// it, is this matrix times the window.
Tensor TrendMatrix(const NeuralShape& shape) {
  Tensor matrix = torch::zeros({shape.window, shape.window});
  auto value = matrix.accessor<float, 2>();
  for (int j = 0; j < shape.window; ++j) {
    for (int i = 0; i < shape.day; ++i) value[j][std::max(0, j - i)] += 1.0F / static_cast<float>(shape.day);
  }
  return matrix;
}

/// Its own weights see the window's trend, what is left, the other inputs and the calendar. The split is linear: here
/// the weights take it in, of which there are fewer than of inputs, and every product has half as many columns.
class DecomposedLinear : public ForecastNetwork {
 public:
  explicit DecomposedLinear(const NeuralShape& shape)
      : shape_(shape),
        own_(register_module("own",
                             std::make_shared<SignalMaps>(static_cast<int>(shape.columns.size()),
                                                          shape.window + shape.inputs + shape.calendar, Width(shape)))),
        bias_(register_parameter("bias", torch::zeros({shape.num_columns(), Width(shape)}))),
        trend_(TrendMatrix(shape)) {}

  Tensor Forward(const Tensor& own, const Tensor& calendar, PlaneRange planes) override {
    return Raw(own, calendar, {}, planes);
  }

  /// Plus more [columns or 1 x planes outputs], if defined.
  Tensor Raw(const Tensor& own, const Tensor& calendar, const Tensor& more, PlaneRange planes) {
    const Folded weights = Fold(planes);
    const Tensor bias = more.defined() ? weights.bias + more : weights.bias;
    std::vector<Tensor> parts;
    int first = 0;
    for (std::size_t s = 0; s < shape_.columns.size(); ++s) {
      const int columns = shape_.columns[s];
      const auto signal = static_cast<std::int64_t>(s);
      const Tensor known = Linear(calendar, weights.calendar[signal], {});
      const Tensor start = known.unsqueeze(0) + bias.narrow(0, first, columns).unsqueeze(1);
      parts.push_back(AddLinear(start, own.narrow(0, first, columns), weights.own[signal]));
      first += columns;
    }
    return torch::cat(parts, 0);
  }

  static int Width(const NeuralShape& shape) { return shape.outputs * kNumNeuralQuantiles; }

 private:
  /// Outputs in planes.
  struct Folded {
    Tensor own;       ///< [signals x outputs x inputs]
    Tensor calendar;  ///< [signals x outputs x calendar]
    Tensor bias;      ///< [columns x outputs]
  };

  /// Kept until the weights change, where no gradient goes through them.
  Folded Fold(PlaneRange planes) {
    if (torch::GradMode::is_enabled()) return FoldNow(planes);
    const std::int64_t version = own_->Version() + bias_._version();
    if (version != folded_version_ || !(planes == folded_planes_)) folded_ = FoldNow(planes);
    folded_version_ = version;
    folded_planes_ = planes;
    return folded_;
  }

  Folded FoldNow(PlaneRange planes) {
    if (trend_.device() != bias_.device()) trend_ = trend_.to(bias_.device());
    const int window = shape_.window;
    const auto parts =
        own_->Weights(planes).split_with_sizes({window, window, shape_.inputs - window, shape_.calendar}, 2);
    const Tensor of_window = parts[1] + torch::matmul(parts[0] - parts[1], trend_);
    return {torch::cat({of_window, parts[2]}, 2), parts[3], InPlanes(bias_.t(), planes).t()};
  }

  NeuralShape shape_;
  std::shared_ptr<SignalMaps> own_;
  Tensor bias_, trend_;
  Folded folded_;
  std::int64_t folded_version_ = -1;
  PlaneRange folded_planes_{0, 0};
};

/// The linear network plus a head that sees an encoder's context.
class EncodedNetwork : public ForecastNetwork {
 public:
  EncodedNetwork(const NeuralSpec& spec, const NeuralShape& shape)
      : shape_(shape),
        share_(spec.options.at("dropout")),
        linear_(register_module("linear", std::make_shared<DecomposedLinear>(shape))),
        encoder_(register_module("encoder", MakeEncoder(spec, shape))),
        embedding_(register_parameter("embedding", 0.1 * torch::randn({shape.num_columns(), kEmbedding}))) {
    const int hidden = static_cast<int>(spec.options.at("hidden"));
    from_own_ = register_module("from_own", nn::Linear(shape.inputs + kEmbedding, hidden));
    from_calendar_ = register_module("from_calendar", nn::Linear(shape.calendar, hidden));
    from_context_ = register_module("from_context", nn::Linear(hidden, hidden));
    middle_ = register_module("middle", nn::Linear(hidden, hidden));
    out_ = register_module("out", nn::Linear(hidden, DecomposedLinear::Width(shape)));
    nn::init::zeros_(out_->weight);
    nn::init::zeros_(out_->bias);
  }

  Tensor Forward(const Tensor& own, const Tensor& calendar, PlaneRange planes) override {
    const Tensor context = encoder_->Forward(own.narrow(2, 0, shape_.window));
    Tensor x = FromInputs(own, calendar) + Linear(context, from_context_->weight, from_context_->bias);
    x = Drop(torch::gelu(x));
    x = x + Drop(torch::gelu(Linear(x, middle_->weight, middle_->bias)));
    const Tensor raw = linear_->Raw(own, calendar, InPlanes(out_->bias, planes).unsqueeze(0), planes);
    return AddLinear(raw, x, InPlanes(out_->weight, planes));
  }

 private:
  /// from_own_ of the inputs and e[c], the second once for the batch.
  Tensor FromInputs(const Tensor& own, const Tensor& calendar) {
    const Tensor of_own = from_own_->weight.narrow(1, 0, shape_.inputs),
                 of_who = from_own_->weight.narrow(1, shape_.inputs, kEmbedding);
    const Tensor who = Linear(embedding_, of_who, from_own_->bias);
    const Tensor start = who.unsqueeze(1) + Linear(calendar, from_calendar_->weight, from_calendar_->bias).unsqueeze(0);
    return AddLinear(start, own, of_own);
  }

  Tensor Drop(const Tensor& x) const { return is_training() ? Dropped(x, share_) : x; }

  static constexpr int kEmbedding = 16;
  NeuralShape shape_;
  double share_;
  std::shared_ptr<DecomposedLinear> linear_;
  std::shared_ptr<Encoder> encoder_;
  Tensor embedding_;
  nn::Linear from_own_{nullptr}, from_calendar_{nullptr}, from_context_{nullptr}, middle_{nullptr}, out_{nullptr};
};

}  // namespace

std::shared_ptr<ForecastNetwork> MakeForecastNetwork(const NeuralSpec& spec, const NeuralShape& shape) {
  if (spec.name == "dlinear") return std::make_shared<DecomposedLinear>(shape);
  return std::make_shared<EncodedNetwork>(spec, shape);
}

}  // namespace evenkeel
