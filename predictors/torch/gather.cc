#include "predictors/torch/gather.h"

#include <torch/torch.h>

#include "predictors/learning/input_formula.h"

namespace evenkeel {
namespace {

using torch::Tensor;

/// Means over `days` slots a day apart, the first of them `first`, `first` + 1, ..: [columns x slots].
Tensor DailyMeans(const Tensor& z, int first, int days, int day, std::int64_t slots) {
  return z.as_strided({z.size(0), slots, days}, {z.size(1), 1, day}, first).mean(2);
}

/// index_select would copy all rows, which overlap, into one tensor first.
Tensor At(const Tensor& rows, const Tensor& slots) { return rows.index({torch::indexing::Slice(), slots}); }

}  // namespace

SeriesTensors::SeriesTensors(const NeuralShape& shape, const NeuralSeries& series, const torch::Device& device) {
  const torch::NoGradGuard no_gradients;
  const int day = shape.day, count = static_cast<int>(series.origins.size()), columns = shape.num_columns();
  const auto from = [&](const std::vector<float>& values, std::initializer_list<std::int64_t> sizes) {
    return torch::from_blob(const_cast<float*>(values.data()), sizes).to(device, torch::kFloat32, false, true);
  };
  origins = torch::tensor(series.origins, torch::kInt64).to(device);
  calendar = from(series.calendar, {count, shape.calendar});
  const Tensor z = from(series.values, {columns, series.slots});
  windows = z.unfold(1, shape.window, 1);
  // The means of the slots from kLongDays days on, a day beyond the end: those of the last origin look back only.
  const std::int64_t slots = series.slots;
  months = DailyMeans(z, 0, kLongDays, day, slots - (kLongDays - 1) * day).unfold(1, day, 1);
  if (!series.has_targets) return;
  for (const DayBlock& days : kDayBlocks) {
    const int length = days.end - days.first;
    const Tensor means = DailyMeans(z, days.first * day, length, day, slots - (days.end - 1) * day);
    blocks.push_back(means.unfold(1, day, 1));
  }
}

GatheredInputs GatherInputs(const NeuralShape& shape, const SeriesTensors& series, const Tensor& which) {
  const torch::NoGradGuard no_gradients;
  const Tensor n = series.origins.index_select(0, which);
  const Tensor window = At(series.windows, n - shape.window).unflatten(2, {kWindowDays, shape.day});
  const auto columns = window.size(0), batch = window.size(1);
  GatheredInputs inputs;
  inputs.calendar = series.calendar.index_select(0, which);
  inputs.mean = window.mean(2);
  inputs.own = torch::empty({columns, batch, shape.inputs}, window.options());
  Tensor past = inputs.own.narrow(2, 0, shape.window), month = inputs.own.narrow(2, shape.window, shape.day);
  Tensor by_day = past.unflatten(2, {kWindowDays, shape.day});
  torch::sub_out(by_day, window, inputs.mean.unsqueeze(2));
  torch::sub_out(month, At(series.months, n - kLongDays * shape.day), inputs.mean);
  inputs.scale = 0.5 * (1.0 + past.abs().mean(2, true));
  inputs.own.narrow(2, 0, shape.window + shape.day).div_(inputs.scale);
  inputs.own.narrow(2, shape.window + shape.day, 1).copy_(inputs.scale.log());
  inputs.own.clamp_(-kInputCut, kInputCut);
  return inputs;
}

Tensor GatherTargets(const SeriesTensors& series, const GatheredInputs& inputs, const Tensor& which) {
  const torch::NoGradGuard no_gradients;
  const Tensor n = series.origins.index_select(0, which);
  std::vector<Tensor> parts;
  for (const Tensor& block : series.blocks) parts.push_back((At(block, n).sub_(inputs.mean)).div_(inputs.scale));
  return torch::cat(parts, 2);
}

Tensor ToLevels(const GatheredInputs& inputs, const Tensor& outputs) {
  return inputs.mean.repeat({1, 1, kNumDayBlocks}) + inputs.scale * outputs;
}

}  // namespace evenkeel
