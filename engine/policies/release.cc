#include "engine/policies/release.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/dispatch/dispatch.h"
#include "models/base/error.h"
#include "models/base/random.h"

namespace evenkeel {

double ThresholdRatio(double theta) {
  EVENKEEL_CHECK(theta > 1.0);
  double below = 1.0, above = theta;  // the left side falls in alpha, the right side too, but more slowly
  for (int step = 0; step < 200 && below < above; ++step) {
    const double alpha = 0.5 * (below + above);
    if (alpha == below || alpha == above) break;
    const bool too_small = (1.0 - 1.0 / theta) / (1.0 - 1.0 / alpha) > std::exp(1.0 / alpha);
    (too_small ? below : above) = alpha;
  }
  return above;
}

double ThresholdShare(double price, double high, double ratio) {
  const double part = (1.0 - price / high) / (1.0 - 1.0 / ratio);
  return part <= 1.0 ? 0.0 : std::min(1.0, ratio * std::log(part));
}

struct ReleaseFit::Impl {
  explicit Impl(const Problem& the_problem)
      : problem(the_problem), firm(the_problem.network.num_firm()), classes(the_problem.num_classes()) {
    problem.shed_cost.reset();  // what cannot be served shows as infeasible
    dispatcher = std::make_unique<Dispatcher>(problem);
    nothing = Vector::Zero(problem.num_arcs());
    allocation = MakeAllocation(problem);
    due = wanted = Vector::Zero(classes);
  }

  /// What of the slot's demand cannot be served, units.
  double Shortfall(const Slot& slot) {
    dispatcher->Solve(nothing, slot, &allocation);
    const double shortfall = allocation.shed.sum();
    return shortfall > 1e-10 * slot.demand.sum() ? shortfall : 0.0;
  }

  /// The most of class k, at least `low`, that fits beside the rest of the demand.
  void Lower(int k, double low, Slot* slot) {
    double& demand = slot->demand[firm + k];
    const double asked = demand, shortfall = Shortfall(*slot);
    if (shortfall == 0.0) return;
    // Where a unit uses as much of every region whoever it is from, what fits beside the others is what is left.
    demand = std::max(low, asked - shortfall * (1.0 + 1e-12));
    if (demand == low || Shortfall(*slot) == 0.0) return;
    double fits = low, fails = demand;
    for (int step = 0; step < 40; ++step) {
      demand = 0.5 * (fits + fails);
      (Shortfall(*slot) == 0.0 ? fits : fails) = demand;
    }
    demand = fits;
  }

  Problem problem;
  int firm, classes;
  std::unique_ptr<Dispatcher> dispatcher;
  Vector nothing;  // costs
  Vector due, wanted;
  Allocation allocation;
};

ReleaseFit::ReleaseFit(const Problem& problem) : impl_(std::make_unique<Impl>(problem)) {}
ReleaseFit::~ReleaseFit() = default;

void ReleaseFit::Fit(const SlotInput& input, const Vector& target, Slot* served) {
  Impl& s = *impl_;
  *served = input.slot;
  for (int k = 0; k < s.classes; ++k) {
    const ReleaseWindow window = WindowOf(input.slot, input.ledger.work_done, k);
    s.due[k] = std::min(window.low, window.high);
    s.wanted[k] = std::clamp(target[k] - input.ledger.work_done[k], s.due[k], window.high);
  }
  served->demand.tail(s.classes) = s.wanted;
  if (s.wanted == s.due || s.Shortfall(*served) == 0.0) return;
  served->demand.tail(s.classes) = s.due;
  if (s.Shortfall(*served) > 0.0) return;
  for (int k = 0; k < s.classes; ++k) {
    served->demand[s.firm + k] = s.wanted[k];
    if (s.wanted[k] > s.due[k]) s.Lower(k, s.due[k], served);
  }
}

namespace {

/// What arrived in one slot, and the part of it that the rule has released.
struct Batch {
  double work = 0.0, released = 0.0;
};

/// The batches of one class whose windows are open, in a ring: that of slot t at place t % (deadline + 1).
struct OpenBatches {
  int deadline = 0;
  std::vector<Batch> ring;
  double closed = 0.0;  // work of those whose window has ended
};

class Releasing : public Policy {
 public:
  Releasing(const Problem& problem, std::unique_ptr<Policy> inner, const ReleaseOptions& options)
      : problem_(problem), options_(options), inner_(std::move(inner)), fit_(problem), target_(problem.num_classes()) {
    if (options.rule == ReleaseRule::kHoard) options_.last = 0.0;
    if (options.rule == ReleaseRule::kThreshold) ratio_ = ThresholdRatio(options.high / options.low);
    for (const WorkClass& work : problem.network.classes) {
      const int deadline = std::min(work.deadline, std::max(0, problem.num_slots - 1));
      open_.push_back({deadline, std::vector<Batch>(deadline + 1)});
    }
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    Release(input);
    inner_->Decide({slot_, input.coefficients, input.ledger}, allocation);
  }

  void Witness(const SlotInput& input) override {
    Release(input);
    inner_->Witness({slot_, input.coefficients, input.ledger});
  }

  void Settle(const Settlement& settlement) override {
    inner_->Settle({slot_, settlement.observed, settlement.metered, settlement.ledger, settlement.exact});
  }

  PolicyReport Report() const override { return inner_->Report(); }
  const Prices* StatedPrices() const override { return inner_->StatedPrices(); }
  const Vector* StatedDeferralPrices() const override { return deferral_.size() > 0 ? &deferral_ : nullptr; }

 private:
  /// Fills slot_: the input's, with what is released as the classes' demand.
  void Release(const SlotInput& input) {
    for (int k = 0; k < problem_.num_classes(); ++k) target_[k] = Target(input, k);
    fit_.Fit(input, target_, &slot_);
    if (options_.deferral_prices.rows() > 0) deferral_ = options_.deferral_prices.row(input.slot.index);
  }

  /// What the rule wants to be done of class k by the end of the slot, since the period's begin.
  double Target(const SlotInput& input, int k) {
    switch (options_.rule) {
      case ReleaseRule::kImmediate:
        return input.slot.arrived[k];
      case ReleaseRule::kHoard: {
        const bool dumps = Uniform({options_.seed, RandomPurpose::kRelease}, input.slot.index) < options_.dump;
        const double due = BatchesTarget(input, k);
        return dumps ? input.slot.arrived[k] : due;
      }
      case ReleaseRule::kPlanned:
        return options_.done(input.slot.index, k);
      case ReleaseRule::kSpread:
      case ReleaseRule::kThreshold:
        break;
    }
    return BatchesTarget(input, k);
  }

  double BatchesTarget(const SlotInput& input, int k) {
    OpenBatches& open = open_[k];
    const int t = input.slot.index, length = open.deadline + 1;
    Batch& newest = open.ring[t % length];
    open.closed += newest.work;  // of slot t - length: due the slot before
    newest = {input.slot.demand[problem_.network.num_firm() + k], 0.0};
    const double cheap =
        options_.rule == ReleaseRule::kThreshold ? ThresholdShare(CheapestPrice(input, k), options_.high, ratio_) : 0.0;
    double target = open.closed;
    for (int age = 0; age < length && age <= t; ++age) {
      Batch& batch = open.ring[(t - age) % length];
      const bool is_cut_off = t - age + open.deadline >= problem_.num_slots;
      const double share = is_cut_off                                 ? 1.0
                           : options_.rule == ReleaseRule::kThreshold ? cheap
                                                                      : SpreadShare(age, open.deadline);
      batch.released = std::max(batch.released, share);
      target += batch.released * batch.work;
    }
    return target;
  }

  /// Of a batch, `age` slots after it arrived.
  double SpreadShare(int age, int deadline) const {
    const int length = deadline + 1;
    const int slots = std::clamp(static_cast<int>(std::lround(options_.last * length)), 1, length);
    return std::clamp(static_cast<double>(age - (length - slots) + 1) / slots, 0.0, 1.0);
  }

  /// v_t: the class's cheapest unit with its loads at full weight, in a region that has capacity.
  double CheapestPrice(const SlotInput& input, int k) const {
    const int gateway = problem_.network.num_firm() + k;
    double cheapest = kInfinity;
    for (int a = problem_.arcs.first_of_gateway[gateway]; a < problem_.arcs.first_of_gateway[gateway + 1]; ++a) {
      if (input.slot.capacity[problem_.arcs.arcs[a].region] <= 0.0) continue;
      double price = input.coefficients.cost[a];
      for (int g = 0; g < problem_.num_groups(); ++g)
        price += problem_.groups[g].weight * input.coefficients.load[g][a];
      cheapest = std::min(cheapest, price);
    }
    return cheapest;
  }

  const Problem& problem_;
  ReleaseOptions options_;
  std::unique_ptr<Policy> inner_;
  ReleaseFit fit_;
  double ratio_ = 1.0;  // alpha
  std::vector<OpenBatches> open_;
  Vector target_, deferral_;  // [classes]
  Slot slot_;
};

}  // namespace

std::unique_ptr<Policy> MakeReleasing(const Problem& problem, std::unique_ptr<Policy> inner,
                                      const ReleaseOptions& options) {
  EVENKEEL_CHECK(options.last >= 0.0 && options.last <= 1.0);
  EVENKEEL_CHECK(options.rule != ReleaseRule::kThreshold || (options.low > 0.0 && options.high > options.low));
  return std::make_unique<Releasing>(problem, std::move(inner), options);
}

}  // namespace evenkeel
