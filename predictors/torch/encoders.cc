#include "predictors/torch/encoders.h"

#include <torch/nn.h>

#include <algorithm>

#include "models/base/error.h"
#include "predictors/torch/attention.h"
#include "predictors/torch/dropout.h"
#include "predictors/torch/products.h"
#include "predictors/torch/recurrence.h"

namespace evenkeel {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

int Option(const NeuralSpec& spec, const char* name) { return static_cast<int>(spec.options.at(name)); }

/// All columns' last day, flattened: [1 x batch x columns * day].
Tensor LastDay(const Tensor& window, int day) {
  return window.narrow(2, window.size(2) - day, day).transpose(0, 1).flatten(1).unsqueeze(0);
}

class LastDayEncoder : public Encoder {
 public:
  LastDayEncoder(int width, const NeuralShape& shape)
      : day_(shape.day), map_(register_module("map", nn::Linear(shape.num_columns() * shape.day, width))) {}

  Tensor Forward(const Tensor& window) override {
    return torch::tanh(Linear(LastDay(window, day_), map_->weight, map_->bias));
  }

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
    Tensor x = window.permute({2, 1, 0});  // [slots x batch x columns]
    const std::vector<Tensor> weights = gru_->all_weights();
    constexpr std::size_t kOfLayer = 4;
    for (std::size_t l = 0; l + kOfLayer <= weights.size(); l += kOfLayer)
      x = RecurrentStates(x, {weights[l], weights[l + 1], weights[l + 2], weights[l + 3]});
    return x[-1].unsqueeze(0);
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

  /// Of each layer only the slots that the last one's last slot sees are made: a layer's every second, so that the
  /// dilated convolution of the next is one over neighbours. [batch x width x slots]
  Tensor Forward(const Tensor& window) override {
    Tensor x = window.transpose(0, 1);
    const auto slots = x.size(2), layers = static_cast<std::int64_t>(layers_->size());
    for (std::int64_t l = 0; l < layers; ++l) {
      const std::int64_t apart = std::int64_t{2} << l;  // of what the layer makes
      const std::int64_t made = std::min((std::int64_t{1} << (layers - l)) - 1, (slots - 1) / apart + 1);
      const std::int64_t seen = 2 * made + 1, missing = std::max<std::int64_t>(0, seen - x.size(2));
      x = x.narrow(2, x.size(2) - (seen - missing), seen - missing);
      const nn::Conv1dImpl& layer = layers_->at<nn::Conv1dImpl>(static_cast<std::size_t>(l));
      const Tensor y = torch::gelu(torch::conv1d(torch::constant_pad_nd(x, {missing, 0}), layer.weight, layer.bias, 2));
      if (l == 0) {
        x = y;
        continue;
      }
      const Tensor own = x.slice(2, (x.size(2) - 1) % 2, x.size(2), 2);
      x = own.narrow(2, own.size(2) - made, made) + y;
    }
    return x.transpose(1, 2).transpose(0, 1);
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
        share_(spec.options.at("dropout")),
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
    const auto columns = window.size(0), batch = window.size(1);
    Tensor tokens = Linear(window.reshape({columns * batch, tokens_, day_}), embed_->weight, embed_->bias) + place_;
    const auto layers = transformer_->layers->size();
    for (std::size_t l = 0; l < layers; ++l)
      tokens = Layer(*transformer_->layers->ptr<nn::TransformerEncoderLayerImpl>(l), tokens, l + 1 == layers);
    return tokens.reshape({columns, batch, -1}) + others_->Forward(window);
  }

 private:
  /// As torch::nn::TransformerEncoderLayer, but that of the last layer only the last day's token is made: the only one
  /// that is used. [rows x tokens x hidden] -> [rows x tokens or 1 x hidden]
  Tensor Layer(nn::TransformerEncoderLayerImpl& layer, const Tensor& tokens, bool is_last) {
    const Tensor asking = is_last ? tokens.narrow(1, tokens_ - 1, 1) : tokens;
    Tensor x = layer.norm1(asking + Drop(Attention(layer.self_attn, asking, tokens)));
    const Tensor wide = Drop(torch::relu(Linear(x, layer.linear1->weight, layer.linear1->bias)));
    return layer.norm2(x + Drop(Linear(wide, layer.linear2->weight, layer.linear2->bias)));
  }

  Tensor Attention(nn::MultiheadAttention& attention, const Tensor& asking, const Tensor& tokens) {
    const auto hidden = tokens.size(2);
    const Tensor &weights = attention->in_proj_weight, &bias = attention->in_proj_bias;
    const auto w = weights.split_with_sizes({hidden, 2 * hidden}), b = bias.split_with_sizes({hidden, 2 * hidden});
    const Tensor queries = Linear(asking, w[0], b[0]), others = Linear(tokens, w[1], b[1]);
    const Tensor seen = Attended(queries, others, kHeads, is_training() ? share_ : 0.0);
    return Linear(seen, attention->out_proj->weight, attention->out_proj->bias);
  }

  Tensor Drop(const Tensor& x) const { return is_training() ? Dropped(x, share_) : x; }

  static constexpr int kHeads = 4;
  int day_, tokens_;
  double share_;
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
