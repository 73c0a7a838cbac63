#include "predictors/torch/encoders.h"

#include <torch/nn.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

int Option(const NeuralSpec& spec, const char* name) { return static_cast<int>(spec.options.at(name)); }

/// All columns' last day, flattened: [batch x 1 x columns * day].
Tensor LastDay(const Tensor& window, int day) {
  return window.narrow(2, window.size(2) - day, day).flatten(1).unsqueeze(1);
}

class LastDayEncoder : public Encoder {
 public:
  LastDayEncoder(int width, const NeuralShape& shape)
      : day_(shape.day), map_(register_module("map", nn::Linear(shape.num_columns() * shape.day, width))) {}

  Tensor Forward(const Tensor& window) override { return torch::tanh(map_(LastDay(window, day_))); }

 private:
  int day_;
  nn::Linear map_;
};

class RecurrentEncoder : public Encoder {
 public:
  RecurrentEncoder(const NeuralSpec& spec, const NeuralShape& shape)
      : gru_(register_module(
            "gru",
            nn::GRU(nn::GRUOptions(shape.num_columns(), Option(spec, "hidden")).num_layers(Option(spec, "layers"))))) {}

  Tensor Forward(const Tensor& window) override {
    const Tensor states = std::get<0>(gru_(window.permute({2, 0, 1})));  // [slots x batch x hidden]
    return states[-1].unsqueeze(1);
  }

 private:
  nn::GRU gru_;
};

/// Each layer looks twice as far back as the one before; residual connections from the second on.
class ConvolutionEncoder : public Encoder {
 public:
  ConvolutionEncoder(const NeuralSpec& spec, const NeuralShape& shape) {
    const int hidden = Option(spec, "hidden"), layers = Option(spec, "layers");
    for (int l = 0; l < layers; ++l) {
      const auto options = nn::Conv1dOptions(l == 0 ? shape.num_columns() : hidden, hidden, kKernel).dilation(1 << l);
      layers_->push_back(nn::Conv1d(options));
    }
    register_module("layers", layers_);
  }

  Tensor Forward(const Tensor& window) override {
    Tensor x = window;
    for (std::size_t l = 0; l < layers_->size(); ++l) {
      const int past = (kKernel - 1) << l;
      const Tensor y = torch::gelu(layers_->at<nn::Conv1dImpl>(l).forward(torch::constant_pad_nd(x, {past, 0})));
      x = l == 0 ? y : x + y;
    }
    return x.select(2, -1).unsqueeze(1);
  }

 private:
  static constexpr int kKernel = 3;
  nn::ModuleList layers_;
};

/// A column's days are its patches, one token each; the columns share everything.
class PatchEncoder : public Encoder {
 public:
  PatchEncoder(const NeuralSpec& spec, const NeuralShape& shape)
      : day_(shape.day),
        tokens_(shape.window / shape.day),
        embed_(register_module("embed", nn::Linear(shape.day, Option(spec, "hidden")))),
        place_(register_parameter("place", 0.02 * torch::randn({tokens_, Option(spec, "hidden")}))),
        others_(register_module("others", std::make_shared<LastDayEncoder>(Option(spec, "hidden"), shape))) {
    const int hidden = Option(spec, "hidden");
    const auto layer = nn::TransformerEncoderLayerOptions(hidden, kHeads)
                           .dim_feedforward(2 * hidden)
                           .dropout(spec.options.at("dropout"));
    transformer_ = register_module(
        "transformer", nn::TransformerEncoder(nn::TransformerEncoderOptions(layer, Option(spec, "layers"))));
  }

  Tensor Forward(const Tensor& window) override {
    const auto batch = window.size(0), columns = window.size(1);
    const Tensor tokens = embed_(window.reshape({batch * columns, tokens_, day_})) + place_;
    const Tensor seen = transformer_(tokens.transpose(0, 1))[-1];  // the token of the last day
    return seen.reshape({batch, columns, -1}) + others_->Forward(window);
  }

 private:
  static constexpr int kHeads = 4;
  int day_, tokens_;
  nn::Linear embed_;
  Tensor place_;
  std::shared_ptr<LastDayEncoder> others_;
  nn::TransformerEncoder transformer_{nullptr};
};

}  // namespace

std::shared_ptr<Encoder> MakeEncoder(const NeuralSpec& spec, const NeuralShape& shape) {
  if (spec.name == "mlp") return std::make_shared<LastDayEncoder>(Option(spec, "hidden"), shape);
  if (spec.name == "tcn") return std::make_shared<ConvolutionEncoder>(spec, shape);
  if (spec.name == "gru") return std::make_shared<RecurrentEncoder>(spec, shape);
  if (spec.name == "patch") return std::make_shared<PatchEncoder>(spec, shape);
  throw InputError("unknown network \"{}\", expected dlinear, mlp, tcn, gru or patch", spec.name);
}

}  // namespace evenkeel
