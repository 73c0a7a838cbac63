#include "predictors/torch/networks.h"

#include <torch/nn.h>

#include "predictors/torch/encoders.h"

namespace evenkeel {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

/// One linear map per signal, of the columns of a signal.
class SignalMaps : public nn::Module {
 public:
  SignalMaps(const NeuralShape& shape, int inputs, int outputs) : columns_(shape.columns) {
    for (std::size_t s = 0; s < columns_.size(); ++s) {
      const nn::Linear map(nn::LinearOptions(inputs, outputs).bias(false));
      nn::init::zeros_(map->weight);  // the forecast before any training: the hourly mean
      maps_->push_back(map);
    }
    register_module("maps", maps_);
  }

  /// [batch x columns x inputs] -> [batch x columns x outputs]
  Tensor Forward(const Tensor& x) {
    std::vector<Tensor> parts;
    int first = 0;
    for (std::size_t s = 0; s < columns_.size(); ++s) {
      parts.push_back(maps_->at<nn::LinearImpl>(s).forward(x.narrow(1, first, columns_[s])));
      first += columns_[s];
    }
    return torch::cat(parts, 1);
  }

 private:
  std::vector<int> columns_;
  nn::ModuleList maps_;
};

/// The window as its moving mean over a day, what is left, and the inputs that are not of the window.
Tensor SplitTrend(const Tensor& own, const NeuralShape& shape) {
  const Tensor window = own.narrow(2, 0, shape.window);
  const Tensor padded = torch::cat({window.narrow(2, 0, 1).expand({-1, -1, shape.day - 1}), window}, 2);
  const Tensor trend = torch::avg_pool1d(padded, shape.day, 1);
  return torch::cat({trend, window - trend, own.narrow(2, shape.window, shape.inputs - shape.window)}, 2);
}

/// Raw numbers [.. x 3] to quantiles in order: the median, and softplus steps down and up.
Tensor Quantiles(const Tensor& raw) {
  const auto parts = raw.split(1, -1);
  return torch::cat({parts[1] - torch::softplus(parts[0]), parts[1], parts[1] + torch::softplus(parts[2])}, -1);
}

class DecomposedLinear : public ForecastNetwork {
 public:
  explicit DecomposedLinear(const NeuralShape& shape)
      : shape_(shape),
        own_(register_module(
            "own", std::make_shared<SignalMaps>(shape, shape.window + shape.inputs + shape.calendar, Width(shape)))),
        bias_(register_parameter("bias", torch::zeros({shape.num_columns(), Width(shape)}))) {}

  Tensor Forward(const Tensor& own, const Tensor& calendar) override {
    return Quantiles(Raw(own, calendar).unflatten(2, {shape_.outputs, kNumNeuralQuantiles}));
  }

  Tensor Raw(const Tensor& own, const Tensor& calendar) {
    const Tensor known = calendar.unsqueeze(1).expand({-1, own.size(1), -1});
    return own_->Forward(torch::cat({SplitTrend(own, shape_), known}, 2)) + bias_;
  }

  static int Width(const NeuralShape& shape) { return shape.outputs * kNumNeuralQuantiles; }

 private:
  NeuralShape shape_;
  std::shared_ptr<SignalMaps> own_;
  Tensor bias_;
};

/// The linear network plus a head that sees an encoder's context.
class EncodedNetwork : public ForecastNetwork {
 public:
  EncodedNetwork(const NeuralSpec& spec, const NeuralShape& shape)
      : shape_(shape),
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
    dropout_ = register_module("dropout", nn::Dropout(spec.options.at("dropout")));
  }

  Tensor Forward(const Tensor& own, const Tensor& calendar) override {
    const Tensor who = embedding_.unsqueeze(0).expand({own.size(0), -1, -1});
    const Tensor context = encoder_->Forward(own.narrow(2, 0, shape_.window));
    Tensor x = from_own_(torch::cat({own, who}, 2)) + from_calendar_(calendar).unsqueeze(1) + from_context_(context);
    x = dropout_(torch::gelu(x));
    x = x + dropout_(torch::gelu(middle_(x)));
    const Tensor raw = linear_->Raw(own, calendar) + out_(x);
    return Quantiles(raw.unflatten(2, {shape_.outputs, kNumNeuralQuantiles}));
  }

 private:
  static constexpr int kEmbedding = 16;
  NeuralShape shape_;
  std::shared_ptr<DecomposedLinear> linear_;
  std::shared_ptr<Encoder> encoder_;
  Tensor embedding_;
  nn::Linear from_own_{nullptr}, from_calendar_{nullptr}, from_context_{nullptr}, middle_{nullptr}, out_{nullptr};
  nn::Dropout dropout_{nullptr};
};

}  // namespace

std::shared_ptr<ForecastNetwork> MakeForecastNetwork(const NeuralSpec& spec, const NeuralShape& shape) {
  if (spec.name == "dlinear") return std::make_shared<DecomposedLinear>(shape);
  return std::make_shared<EncodedNetwork>(spec, shape);
}

}  // namespace evenkeel
