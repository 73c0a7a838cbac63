#include "predictors/advice/stress.h"

#include <chrono>
#include <limits>
#include <stdexcept>
#include <thread>

#include "engine/dispatch/dispatch.h"
#include "models/base/random.h"

namespace evenkeel {
namespace {

class Adversary : public Policy {
 public:
  explicit Adversary(const Problem& problem)
      : problem_(problem), dispatcher_(problem), candidate_(MakeAllocation(problem)), prices_(ZeroPrices(problem)) {
    for (const Group& group : problem.groups) most_buckets_ = std::max(most_buckets_, group.num_buckets());
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    double worst = -kInfinity;
    for (int bucket = -1; bucket < most_buckets_; ++bucket) {
      for (int k = 0; k < problem_.num_groups(); ++k) {
        prices_[k].setZero();
        if (bucket >= 0 && bucket < prices_[k].size()) prices_[k][bucket] = problem_.groups[k].weight;
      }
      PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
      cost_ = -cost_;
      DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, &candidate_, -1.0);
      after_ = input.ledger;
      AddSlot(problem_, input.coefficients, candidate_, FirmDemand(problem_, input.slot), &after_);
      const double value = ObjectiveValue(problem_, after_);
      if (value <= worst) continue;
      worst = value;
      *allocation = candidate_;
    }
  }

 private:
  const Problem& problem_;
  Dispatcher dispatcher_;
  Allocation candidate_;
  Prices prices_;
  Vector cost_;
  Ledger after_;
  int most_buckets_ = 0;
};

class SumAdversary : public Policy {
 public:
  explicit SumAdversary(const Problem& problem)
      : problem_(problem), dispatcher_(problem), prices_(ZeroPrices(problem)) {
    for (int k = 0; k < problem.num_groups(); ++k) prices_[k].setConstant(problem.groups[k].weight);
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
    cost_ = -cost_;
    DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation, -1.0);
  }

 private:
  const Problem& problem_;
  Dispatcher dispatcher_;
  Prices prices_;
  Vector cost_;
};

class RandomAdvice : public Policy {
 public:
  RandomAdvice(const Problem& problem, std::uint64_t seed)
      : problem_(problem), dispatcher_(problem), seed_(seed), cost_(problem.num_arcs()) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    const RandomStream stream{seed_, RandomPurpose::kAdvice, static_cast<std::uint32_t>(input.slot.index)};
    for (Eigen::Index a = 0; a < cost_.size(); ++a) cost_[a] = Uniform(stream, static_cast<std::uint64_t>(a));
    DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
  }

 private:
  const Problem& problem_;
  Dispatcher dispatcher_;
  std::uint64_t seed_;
  Vector cost_;
};

class MixedAdvice : public Policy {
 public:
  MixedAdvice(const Problem& problem, std::unique_ptr<Policy> advice, std::unique_ptr<Policy> adversary, double share)
      : advice_(std::move(advice)), adversary_(std::move(adversary)), share_(share), other_(MakeAllocation(problem)) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    advice_->Decide(input, allocation);
    adversary_->Decide(input, &other_);
    allocation->flow = (1.0 - share_) * allocation->flow + share_ * other_.flow;
    allocation->shed = (1.0 - share_) * allocation->shed + share_ * other_.shed;
  }

  void Settle(const Settlement& settlement) override {
    advice_->Settle(settlement);
    adversary_->Settle(settlement);
  }

 private:
  std::unique_ptr<Policy> advice_, adversary_;
  double share_;
  Allocation other_;
};

class FaultyAdvice : public Policy {
 public:
  FaultyAdvice(std::unique_ptr<Policy> advice, Fault fault) : advice_(std::move(advice)), fault_(fault) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    advice_->Decide(input, allocation);
    Vector& flow = allocation->flow;
    switch (fault_) {
      case Fault::kNan:
        flow[0] = std::numeric_limits<double>::quiet_NaN();
        return;
      case Fault::kInfinite:
        flow[0] = kInfinity;
        return;
      case Fault::kNegative:
        flow[flow.size() - 1] += flow[0] + 1.0;
        flow[0] = -1.0;
        return;
      case Fault::kWrongSize:
        flow = Vector::Zero(flow.size() + 1);
        return;
      case Fault::kInfeasible:
        flow *= 2.0;
        return;
      case Fault::kThrows:
        throw std::runtime_error("this advice always throws");
    }
  }

  void Settle(const Settlement& settlement) override { advice_->Settle(settlement); }

 private:
  std::unique_ptr<Policy> advice_;
  Fault fault_;
};

class LateAdvice : public Policy {
 public:
  LateAdvice(std::unique_ptr<Policy> advice, double seconds) : advice_(std::move(advice)), seconds_(seconds) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds_));
    advice_->Decide(input, allocation);
  }

  void Settle(const Settlement& settlement) override { advice_->Settle(settlement); }

 private:
  std::unique_ptr<Policy> advice_;
  double seconds_;
};

}  // namespace

std::unique_ptr<Policy> MakeAdversary(const Problem& problem, Harm harm) {
  if (harm == Harm::kSum) return std::make_unique<SumAdversary>(problem);
  return std::make_unique<Adversary>(problem);
}

std::unique_ptr<Policy> MakeRandomAdvice(const Problem& problem, std::uint64_t seed) {
  return std::make_unique<RandomAdvice>(problem, seed);
}

std::unique_ptr<Policy> MakeMixedAdvice(const Problem& problem, std::unique_ptr<Policy> advice,
                                        std::unique_ptr<Policy> adversary, double share) {
  return std::make_unique<MixedAdvice>(problem, std::move(advice), std::move(adversary), share);
}

std::unique_ptr<Policy> MakeFaultyAdvice(std::unique_ptr<Policy> advice, Fault fault) {
  return std::make_unique<FaultyAdvice>(std::move(advice), fault);
}

std::unique_ptr<Policy> MakeLateAdvice(std::unique_ptr<Policy> advice, double seconds) {
  return std::make_unique<LateAdvice>(std::move(advice), seconds);
}

}  // namespace evenkeel
