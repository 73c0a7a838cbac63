#include "predictors/prices/inputs.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "models/world/stack.h"

namespace evenkeel {
namespace {

constexpr double kDaySeconds = 86400.0;
constexpr double kTurn = 6.283185307179586;

/// Slots at even play, one or the mean of some.
struct EvenPlay {
  Vector load, own, other;  // [buckets]
  double demand = 0.0;
};

Vector EvenFlow(const Problem& problem, const Slot& slot) {
  Vector flow(problem.num_arcs());
  for (int j = 0; j < slot.demand.size(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    double sum = 0.0;
    for (int a = first; a < end; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      flow[a] = slot.capacity[arc.region] / arc.resource;
      sum += flow[a];
    }
    if (sum > 0.0) flow.segment(first, end - first) *= slot.demand[j] / sum;
  }
  return flow;
}

/// Sum and number over the arcs of every bucket of group k, as a mean; 0 for a bucket without arcs.
Vector MeanOfBuckets(const Group& group, const Vector& of_arc) {
  Vector sum = Vector::Zero(group.num_buckets()), count = sum;
  for (Eigen::Index a = 0; a < of_arc.size(); ++a) {
    sum[group.bucket_of_arc[a]] += of_arc[a];
    count[group.bucket_of_arc[a]] += 1.0;
  }
  return sum.cwiseQuotient(count.cwiseMax(1.0));
}

EvenPlay PlayEvenly(const Problem& problem, const Slot& slot) {
  Coefficients coefficients;
  EstimateCoefficients(problem, slot, &coefficients);
  Loads load = ZeroLoads(problem);
  AddLoads(problem, coefficients, EvenFlow(problem, slot), &load);
  const Prices even = EvenPrices(problem);
  Vector total;
  PricedCost(problem, coefficients, 1.0, even, &total);
  const int buckets = RowSize(problem);
  EvenPlay play{Vector(buckets), Vector(buckets), Vector(buckets), slot.demand.sum()};
  FillRow(problem, load, play.load);
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    const Vector own = even[k][0] * coefficients.load[k];
    PartOfRow(group, play.own) = MeanOfBuckets(group, own);
    PartOfRow(group, play.other) = MeanOfBuckets(group, total - own);
  }
  return play;
}

/// The mean over the next day, or over what is left of the period; the slot itself where nothing is.
EvenPlay PlayRest(const Problem& problem, const HistoryView& history, const Slot& slot, const EvenPlay& now,
                  Forecaster& forecaster) {
  const int count = std::min(history.slots_per_day(), problem.num_slots - slot.index - 1);
  if (count == 0) return now;
  const RowMatrix forecast = Forecast(forecaster, history, count);
  const auto buckets = now.load.size();
  EvenPlay mean{Vector::Zero(buckets), Vector::Zero(buckets), Vector::Zero(buckets)};
  Slot next = slot;
  for (int t = 0; t < count; ++t) {
    SetRow(forecast.row(t), &next);
    const EvenPlay play = PlayEvenly(problem, next);
    mean.load += play.load / count;
    mean.own += play.own / count;
    mean.other += play.other / count;
    mean.demand += play.demand / count;
  }
  return mean;
}

double Ratio(double value, double unit) { return unit > 0.0 ? value / unit : 0.0; }

}  // namespace

PriceShape PriceShapeOf(const Problem& problem) {
  PriceShape shape;
  for (const Group& group : problem.groups) {
    shape.buckets.push_back(group.num_buckets());
    shape.weight.push_back(group.weight);
    shape.norm.push_back(group.norm);
  }
  shape.inputs = kPriceInputs;
  return shape;
}

Prices EvenPrices(const Problem& problem) {
  Prices prices = ZeroPrices(problem);
  for (int k = 0; k < problem.num_groups(); ++k)
    prices[k].setConstant(problem.groups[k].weight / problem.groups[k].num_buckets());
  return prices;
}

Prices PricesOf(const Problem& problem, const double* values) {
  Prices prices = ZeroPrices(problem);
  SplitRow(problem, Eigen::Map<const Vector>(values, RowSize(problem)), &prices);
  return prices;
}

PriceInputMaker::PriceInputMaker(const Problem& problem, Forecaster& forecaster)
    : problem_(problem), forecaster_(forecaster), even_load_(Vector::Zero(RowSize(problem))) {}

void PriceInputMaker::Next(const HistoryView& history, const Slot& slot, PriceInputs* inputs) {
  const EvenPlay now = PlayEvenly(problem_, slot);
  even_load_ += now.load;  // first: a forecast may fail, and the slot counts all the same
  const EvenPlay rest = PlayRest(problem_, history, slot, now, forecaster_);
  const int left = problem_.num_slots - slot.index;
  const Vector period = even_load_ + (left - 1) * rest.load;
  const double cost = (rest.own + rest.other).cwiseAbs().mean();
  const double angle = kTurn * std::fmod(static_cast<double>(slot.time), kDaySeconds) / kDaySeconds;
  *inputs = PriceInputs();
  inputs->left.push_back(static_cast<double>(left) / problem_.num_slots);
  for (const Group& group : problem_.groups) {
    const double mean = PartOfRow(group, period).mean();
    for (int b = group.first_bucket; b < group.first_bucket + group.num_buckets(); ++b) {
      inputs->unit.push_back(mean > 0.0 ? mean : 1.0);
      for (double value : {Ratio(rest.own[b], cost), Ratio(rest.other[b], cost), Ratio(now.own[b], cost),
                           Ratio(now.other[b], cost), Ratio(period[b], mean), Ratio(now.demand, rest.demand) - 1.0,
                           inputs->left[0], std::sin(angle), std::cos(angle)})
        inputs->own.push_back(std::clamp(value, -10.0, 10.0));
    }
  }
}

}  // namespace evenkeel
