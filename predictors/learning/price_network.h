// Networks that set prices, as the rest of the program sees them: shapes, arrays of doubles, and a world that answers
// prices with loads. No type of LibTorch is in here; predictors/torch/ implements it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "predictors/learning/trainable.h"

namespace evenkeel {

/// The groups of an objective. Buckets are numbered through: group 0's first, then group 1's.
struct PriceShape {
  std::vector<int> buckets;    ///< of each group
  std::vector<double> weight;  ///< mu, USD per unit of load
  std::vector<double> norm;    ///< q in [1, inf]
  int inputs = 0;              ///< per bucket

  int num_buckets() const {
    int sum = 0;
    for (int count : buckets) sum += count;
    return sum;
  }
};

struct PriceNetworkSpec {
  int hidden = 32;            ///< width
  bool through_line = false;  ///< trained through the robustifier `line`, around the expert of the world
  double rho = 0.05;          ///< its margin
};

/// What a network sees of one slot beside the loads so far (predictors/prices/inputs.h), of one period or several.
struct PriceInputs {
  std::vector<double> own;   ///< [periods x buckets x inputs]
  std::vector<double> unit;  ///< [periods x buckets]: what loads are divided by
  std::vector<double> left;  ///< [periods]: share of the period that is not over, this slot included
};

/// Periods of equal length that are played in step: a network's prices go in, cost and loads come out. "Increments" are
/// of cost (USD), then of the load of every bucket: 1 + buckets numbers.
class PriceWorld {
 public:
  virtual ~PriceWorld() = default;
  virtual int num_periods() const = 0;
  virtual int num_slots() const = 0;
  virtual const PriceInputs& Inputs(int t) const = 0;
  /// Increments [periods x (1 + buckets)] of slot t at prices [periods x buckets]. Remembers what the gradient needs.
  virtual void Respond(int t, const double* prices, double* increments) = 0;
  /// From the gradient in the increments that Respond returned last for slot t to that in its prices.
  virtual void RespondGradient(int t, const double* increment_gradient, double* price_gradient) const = 0;
  /// Cost and loads of the expert's own run after slots 0 .. t, [periods x (1 + buckets)], and its shifted objective so
  /// far, [periods].
  virtual const double* ExpertSums(int t) const = 0;
  virtual const double* ExpertObjective(int t) const = 0;
  /// What shifts all costs of a period, USD, [periods].
  virtual const double* Shift() const = 0;
};

class PriceNetwork : public Trainable {
 public:
  /// Prices [periods x buckets] in the dual set, from inputs and the loads so far [periods x buckets].
  virtual void Forward(const PriceInputs& inputs, const std::vector<double>& load, std::vector<double>* prices) = 0;
  /// Mean over the periods of shifted J / shifted J of the expert, with norms of at most 32.
  virtual double Loss(PriceWorld& world) = 0;
  /// One step down the gradient of Loss, whose norm is cut at 1; returns the loss before it.
  virtual double Step(PriceWorld& world, const NeuralStep& step) = 0;
  /// Gradient of Loss, all weights in a row, for tests.
  virtual std::vector<double> Gradient(PriceWorld& world) = 0;
};

/// A network with weights drawn from the seed. Loads LibTorch if nobody has yet. Throws InputError where the build has
/// no LibTorch or the machine no such device.
std::unique_ptr<PriceNetwork> MakePriceNetwork(const PriceNetworkSpec& spec, const PriceShape& shape,
                                               const NeuralRuntime& runtime);

/// A slot of the robustifier `line`: the budget with a decision of increment D is
/// room - cost(D) - sum_k mu_k R_{q_k}(difference^k + load^k(D)), as robustifiers/budget.h has it.
struct LineSlot {
  double room = 0.0;
  std::vector<double> difference;      ///< [buckets]
  std::vector<double> advice, expert;  ///< increments
};

/// alpha as the differentiable twin has it, and its gradient in room, difference, advice and expert, in a row.
struct LineAlpha {
  double alpha = 0.0;
  std::vector<double> gradient;
};
/// For tests: holds the twin against robustifiers/line.h.
LineAlpha TwinOfLineAlpha(const PriceShape& shape, const LineSlot& slot);

}  // namespace evenkeel
