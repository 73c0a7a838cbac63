#include "predictors/prices/windows.h"

#include <algorithm>

#include "engine/simulate.h"
#include "models/base/error.h"
#include "models/slots/trace_window.h"
#include "models/world/footprint.h"
#include "models/world/stack.h"
#include "predictors/prices/inputs.h"

namespace evenkeel {
namespace {

/// Mean over the arcs of the cost of a unit of workload at even prices.
double MeanCost(const Problem& problem, const Coefficients& coefficients) {
  Vector cost;
  PricedCost(problem, coefficients, 1.0, EvenPrices(problem), &cost);
  const double mean = cost.cwiseAbs().mean();
  return mean > 0.0 ? mean : 1.0;
}

class WindowsWorld : public PriceWorld {
 public:
  WindowsWorld(std::vector<const PriceWindow*> windows, double temperature)
      : windows_(std::move(windows)),
        temperature_(temperature),
        slots_(static_cast<int>(windows_.at(0)->slots.size())),
        buckets_(RowSize(windows_[0]->problem)) {
    for (const PriceWindow* window : windows_) EVENKEEL_CHECK_EQ(window->slots.size(), windows_[0]->slots.size());
    for (int t = 0; t < slots_; ++t) Gather(t);
    for (const PriceWindow* window : windows_) shift_.push_back(window->shift);
    solutions_.resize(static_cast<std::size_t>(slots_) * windows_.size());
  }

  int num_periods() const override { return static_cast<int>(windows_.size()); }
  int num_slots() const override { return slots_; }
  const PriceInputs& Inputs(int t) const override { return inputs_[t]; }
  const double* ExpertSums(int t) const override { return expert_sums_[t].data(); }
  const double* ExpertObjective(int t) const override { return expert_objective_[t].data(); }
  const double* Shift() const override { return shift_.data(); }

  void Respond(int t, const double* prices, double* increments) override {
    for (int w = 0; w < num_periods(); ++w) {
      const PriceWindow& window = *windows_[w];
      EstimateCoefficients(window.problem, window.slots[t], &coefficients_);
      PricedCost(window.problem, coefficients_, 1.0, PricesOf(window.problem, prices + w * buckets_), &cost_);
      SmoothFlow& solution = solutions_[static_cast<std::size_t>(t) * windows_.size() + w];
      // One that has not got there is close: its demands are met.
      SmoothDispatch(window.problem, window.slots[t], cost_, temperature_ * MeanCost(window.problem, coefficients_),
                     &solution);
      Loads load = ZeroLoads(window.problem);
      double cost = AddLoads(window.problem, coefficients_, solution.flow, &load);
      if (window.problem.shed_cost) cost += *window.problem.shed_cost * solution.shed.sum();
      FillStack(window.problem, cost, load, Eigen::Map<Vector>(increments + w * (1 + buckets_), 1 + buckets_));
    }
  }

  void RespondGradient(int t, const double* increment_gradient, double* price_gradient) const override {
    Coefficients coefficients;
    for (int w = 0; w < num_periods(); ++w) {
      const PriceWindow& window = *windows_[w];
      const Problem& problem = window.problem;
      EstimateCoefficients(problem, window.slots[t], &coefficients);
      const double* given = increment_gradient + w * (1 + buckets_);
      // The increments are linear in the flows, with the priced cost's own coefficients.
      Vector of_flow;
      PricedCost(problem, coefficients, given[0], PricesOf(problem, given + 1), &of_flow);
      if (problem.shed_cost) of_flow.array() -= given[0] * *problem.shed_cost;  // what is not served is the rest
      const SmoothFlow& solution = solutions_[static_cast<std::size_t>(t) * windows_.size() + w];
      const Vector of_cost = SmoothDispatchGradient(problem, window.slots[t], solution, of_flow);
      Loads of_prices = ZeroLoads(problem);
      AddLoads(problem, coefficients, of_cost, &of_prices);
      FillRow(problem, of_prices, Eigen::Map<Vector>(price_gradient + w * buckets_, buckets_));
    }
  }

 private:
  void Gather(int t) {
    PriceInputs all;
    std::vector<double> sums, objective;
    for (const PriceWindow* window : windows_) {
      const PriceInputs& one = window->inputs[t];
      all.own.insert(all.own.end(), one.own.begin(), one.own.end());
      all.unit.insert(all.unit.end(), one.unit.begin(), one.unit.end());
      all.left.insert(all.left.end(), one.left.begin(), one.left.end());
      const auto row = window->expert_sums.row(t);
      sums.insert(sums.end(), row.begin(), row.end());
      objective.push_back(window->expert_objective[t]);
    }
    inputs_.push_back(std::move(all));
    expert_sums_.push_back(std::move(sums));
    expert_objective_.push_back(std::move(objective));
  }

  std::vector<const PriceWindow*> windows_;
  double temperature_;
  int slots_, buckets_;
  std::vector<PriceInputs> inputs_;  // [slots], all windows
  std::vector<std::vector<double>> expert_sums_, expert_objective_;
  std::vector<double> shift_;
  std::vector<SmoothFlow> solutions_;  // [slots x windows]
  Coefficients coefficients_;
  Vector cost_;
};

}  // namespace

std::unique_ptr<PriceWindow> MakePriceWindow(const PriceWindowSource& source, int first, int count) {
  const auto open = [&] { return MakeSlotWindow(MakeSlotSource(source.trace), first, count); };
  auto window = std::make_unique<PriceWindow>();
  const std::unique_ptr<SlotSource> slots = open();
  window->problem = MakeProblem(source.trace.header.network, source.objective, count, TotalDemand(*slots));
  window->slots.resize(count);
  window->inputs.resize(count);
  const std::unique_ptr<Forecaster> forecaster = source.forecaster();
  PriceInputMaker maker(window->problem, *forecaster);
  for (int t = 0; t < count; ++t) {
    slots->Read(t, &window->slots[t]);
    maker.Next(HistoryView(source.history, source.slots_before + first + t + 1), window->slots[t], &window->inputs[t]);
  }
  window->expert_sums.resize(count, StackSize(window->problem));
  window->expert_objective.resize(count);
  const std::unique_ptr<Policy> expert = source.expert(window->problem);
  const auto observe = [&](const SlotRecord& record) {
    const Ledger& ledger = record.ledgers.metered;
    FillStack(window->problem, ledger.cost(), ledger.load, window->expert_sums.row(record.slot.index).transpose());
    window->expert_objective[record.slot.index] = ShiftedObjectiveValue(window->problem, ledger);
    window->shift = ledger.shift;
  };
  Simulate(window->problem, *slots, *slots, *expert, observe);
  return window;
}

std::unique_ptr<PriceWorld> MakePriceWorld(std::vector<const PriceWindow*> windows, double temperature) {
  return std::make_unique<WindowsWorld>(std::move(windows), temperature);
}

}  // namespace evenkeel
