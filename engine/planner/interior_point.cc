#include "engine/planner/interior_point.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "engine/planner/coupling.h"
#include "engine/planner/slot_batch.h"
#include "engine/planner/start_point.h"
#include "engine/planner/waiting_chain.h"
#include "models/base/parallel.h"

namespace evenkeel {
namespace {

constexpr int kSlotsPerChunk = 16, kSlotsPerChunkOfFewLoads = 64;
constexpr int kMostChunks = 32;                 // each holds a curvature of its own
constexpr double kInfeasibilityWeight = 100.0;  // a user can live with a gap of 1e-9, but not with a broken constraint
constexpr double kSmallestNonlinearSigma = 0.05;
constexpr double kShareOfMissed = 0.01, kMostMissed = 0.3;  // of complementarity
constexpr double kWorthKeeping = 1e-4;
constexpr double kFarOutside = 0.1;
constexpr int kMostHalvings = 10;
constexpr int kPatience = 4;
constexpr int kRefinements = 2, kMostRefinements = 6;  // the latter where only some loads' curvature is known
constexpr double kShareOfStep = 1e-3, kShareOfAim = 0.05;
constexpr double kTooMuch = 1e-2, kLoose = 1e3;
constexpr double kAccurateResponse = 1e-13;
constexpr double kAccurateBalance = 1e-11;  // of the most work of a slot
constexpr double kShareOfResidual = 1e-6;
constexpr double kLost = 1e-14, kLostAtMost = 1e-12;  // of D, in what classes answer to prices
constexpr double kGoodEnough = 1e-9;                  // a gap that no second try is worth
// Where work waits, digits lose more of the constraints: how much less a residual counts in the gap, and how much more
// of it is allowed.
constexpr double kWorkRounding = 10.0, kWorkResidual = 100.0;

class InteriorPoint {
 public:
  /// `lost`: see engine/planner/waiting_chain.h; `own_lengths`: slots take primal steps of their own lengths.
  InteriorPoint(const PeriodData& data, const InteriorPointOptions& options, double lost, bool own_lengths);
  InteriorPointResult Run();

 private:
  bool Iterate();
  template <typename Visit>
  SlotSums Pass(bool with_curvature, const Visit& visit);
  SlotSums FactorisePass(const BatchUpdate& update);
  void ChooseCoupledLoads();
  bool AnsweredAsPromised(const Vector& miss, double aim) const;
  bool SolveShared(const Vector& response, const CouplingTarget& target, CouplingState* step);
  bool Predict();
  bool Correct();
  bool Take(double aim, const CouplingTarget& target, Vector response, SlotSums* taken);
  bool TakeStep(double aim, const CouplingTarget& target, const Vector& response, SlotSums* taken);
  SlotSums CouplingPairs(const CouplingState& step) const;
  double Missed() const;
  CouplingState MovedCoupling() const;
  void MoveCoupling();
  void Judge();

  const PeriodData& data_;
  const InteriorPointOptions options_;
  const double lost_;
  const bool own_lengths_;
  const SlotShape shape_;
  SlotBlocks blocks_;
  int batches_, batches_per_chunk_, chunks_;
  std::unique_ptr<WorkerPool> workers_;
  std::vector<hwy::AlignedFreeUniquePtr<double[]>> scratch_;  // per thread
  std::vector<SlotSums> sums_;                                // per chunk
  bool may_choose_ = false;                                   // loads whose curvature passes add up
  std::unique_ptr<LoadChoice> chosen_;                        // null: all
  bool chose_enough_ = true;                                  // the slots answered as that curvature said
  std::vector<int> all_loads_;
  CouplingState coupling_, affine_, step_;
  std::unique_ptr<CouplingSystem> system_;
  std::unique_ptr<WaitingChain> chain_;  // null without classes
  SlotSums present_, predicted_;
  BatchUpdate update_;      // to the next point
  bool nonlinear_ = false;  // some group has a finite norm: one step length for both sides
  double pairs_ = 0.0;      // complementary pairs that take part
  double cost_scale_, demand_scale_;
  InteriorPointResult best_;  // its flow and capacity prices are in the blocks
  double best_gap_ = kInfinity;
  bool present_is_best_ = false;
  double last_gap_ = kInfinity;
  int worse_ = 0;  // iterations since the best that were worse than the one before
};

double LargestOrTiny(const RowMatrix& m) { return std::max(1e-6, m.size() > 0 ? m.cwiseAbs().maxCoeff() : 1.0); }

InteriorPoint::InteriorPoint(const PeriodData& data, const InteriorPointOptions& options, double lost, bool own_lengths)
    : data_(data),
      options_(options),
      lost_(lost),
      own_lengths_(own_lengths),
      shape_(data),
      blocks_(data, shape_),
      batches_(blocks_.count()),
      cost_scale_(LargestOrTiny(data.cost)),
      demand_scale_(std::max(LargestOrTiny(data.demand), data.num_classes > 0 ? LargestOrTiny(data.arrival) : 0.0)) {
  const int least_slots = shape_.kept_rows() > 0 ? kSlotsPerChunkOfFewLoads : kSlotsPerChunk;
  const int least = std::max(1, least_slots / BatchWidth());
  batches_per_chunk_ = std::max(least, (batches_ + kMostChunks - 1) / kMostChunks);
  chunks_ = (batches_ + batches_per_chunk_ - 1) / batches_per_chunk_;
  const int threads = std::min(ThreadCount(options.threads), std::max(1, chunks_));
  workers_ = std::make_unique<WorkerPool>(threads);
  sums_.resize(chunks_);
  for (int i = 0; i < threads; ++i)
    scratch_.push_back(hwy::AllocateAligned<double>(static_cast<std::size_t>(shape_.scratch_rows()) * BatchWidth()));
  all_loads_.resize(data.num_loads);
  std::iota(all_loads_.begin(), all_loads_.end(), 0);
  may_choose_ = shape_.few_meetings && data.num_classes == 0 && data.num_loads >= options.many_loads;
  for (const CoupledGroup& group : data.groups) nonlinear_ = nonlinear_ || !std::isinf(group.norm);
}

/// visit(blocks, count, scratch, sums) for every chunk of batches; returns the sums, added up in order.
template <typename Visit>
SlotSums InteriorPoint::Pass(bool with_curvature, const Visit& visit) {
  workers_->Run(chunks_, [&](int chunk, int thread) {
    sums_[chunk].Reset(data_.num_loads, with_curvature, chosen_.get());
    const int first = chunk * batches_per_chunk_;
    visit(blocks_.block(first), std::min(batches_per_chunk_, batches_ - first), scratch_[thread].get(), &sums_[chunk]);
  });
  SlotSums total;
  total.Reset(data_.num_loads, with_curvature, chosen_.get());
  for (const SlotSums& sums : sums_) total.Add(sums);
  return total;
}

/// The complementary pairs outside the slots.
SlotSums InteriorPoint::CouplingPairs(const CouplingState& step) const {
  SlotSums sums;
  if (chain_) chain_->AddPairs(&sums);
  for (std::size_t g = 0; g < data_.groups.size(); ++g) {
    const CoupledGroup& group = data_.groups[g];
    if (!std::isinf(group.norm)) {
      sums.AddPair(coupling_.room[g], step.room[g], coupling_.bound[g], step.bound[g]);
      continue;
    }
    for (int b = group.first_load; b < group.first_load + group.num_loads; ++b)
      sums.AddPair(coupling_.slack[b], step.slack[b], coupling_.price[b], step.price[b]);
  }
  return sums;
}

/// What the equations s = L + w miss, at the present prices: steps of the slots' own lengths leave it.
double InteriorPoint::Missed() const {
  double missed = 0.0;
  for (std::size_t g = 0; own_lengths_ && g < data_.groups.size(); ++g) {
    const int first = data_.groups[g].first_load, n = data_.groups[g].num_loads;
    const auto used = coupling_.load.segment(first, n) + coupling_.slack.segment(first, n);
    missed += coupling_.price.segment(first, n).dot((coupling_.bound[g] - used.array()).abs().matrix());
  }
  return missed;
}

/// The step of everything that slots share, given what the loads answer at fixed prices.
bool InteriorPoint::SolveShared(const Vector& response, const CouplingTarget& target, CouplingState* step) {
  if (!chain_) return system_->Solve(response, target, step);
  if (!system_->Solve(response + chain_->Response(), target, step)) return false;
  chain_->Step(step->price);
  return true;
}

/// The affine step (target zero).
bool InteriorPoint::Predict() {
  const CouplingTarget zero = {-coupling_.slack.cwiseProduct(coupling_.price),
                               -coupling_.room.cwiseProduct(coupling_.bound)};
  system_ = std::make_unique<CouplingSystem>(data_, coupling_, present_.curvature, present_.diagonal,
                                             chosen_ ? chosen_->loads : all_loads_);
  if (!SolveShared(present_.response, zero, &affine_)) return false;
  predicted_ = Pass(false, [&](double* blocks, int count, double* scratch, SlotSums* sums) {
    PredictBatches(shape_, affine_.price.data(), blocks, count, scratch, sums);
  });
  predicted_.AddShared(CouplingPairs(affine_));
  if (chain_) chain_->KeepProducts();
  return true;
}

double StepLength(double ratio) { return ratio > 1.0 ? 1.0 / ratio : 1.0; }

/// The combined step, and how far to go.
bool InteriorPoint::Correct() {
  const double mu = predicted_.xz / pairs_;
  const double primal = StepLength(predicted_.primal_ratio), dual = StepLength(predicted_.dual_ratio);
  const double reached =
      (own_lengths_ ? predicted_.ComplementarityAt(dual) : predicted_.ComplementarityAt(primal, dual)) / pairs_;
  // Finite norms converge by Newton's method only as fast as their own curvature allows: complementarity must not run
  // ahead of it.
  const double sigma = std::max(nonlinear_ ? kSmallestNonlinearSigma : 0.0, std::pow(std::max(0.0, reached / mu), 3.0));
  const double missed = Missed();
  // Nor may it run far ahead of what the shared equations miss: the digits would not do to make that good.
  const double aim = std::min(mu, std::max(sigma * mu, kShareOfMissed * missed / pairs_));
  const CouplingTarget target = {
      (aim - (coupling_.slack.cwiseProduct(coupling_.price) + affine_.slack.cwiseProduct(affine_.price)).array())
          .matrix(),
      (aim - (coupling_.room.cwiseProduct(coupling_.bound) + affine_.room.cwiseProduct(affine_.bound)).array())
          .matrix()};
  const Vector response = present_.response + predicted_.product_response + aim * predicted_.unit_response;
  if (chain_) chain_->Aim(aim);
  SlotSums taken;
  if (!Take(aim, target, response, &taken)) return false;
  const SlotSums shared = CouplingPairs(step_);
  taken.AddShared(shared);
  update_.own = own_lengths_ && missed <= kMostMissed * predicted_.xz;  // steps of one length leave less of it
  update_.primal = SafeStepLength(update_.own ? shared.primal_ratio : taken.primal_ratio);
  update_.dual = SafeStepLength(taken.dual_ratio);
  return true;
}

/// Where only some loads' curvature is known: whether what the slots really answer is near enough to what it promised,
/// for the loads themselves and for the complementary products of norms inf, which follow them.
bool InteriorPoint::AnsweredAsPromised(const Vector& miss, double aim) const {
  if (miss.cwiseAbs().maxCoeff() > kShareOfStep * step_.load.cwiseAbs().maxCoeff()) return false;
  for (const CoupledGroup& group : data_.groups) {
    const auto mine = [&](const Vector& v) { return v.segment(group.first_load, group.num_loads).cwiseAbs(); };
    if (std::isinf(group.norm) && mine(miss).cwiseProduct(mine(coupling_.price)).maxCoeff() > kShareOfAim * aim)
      return false;
  }
  return true;
}

/// Solves for the shared variables' step and takes the slots' with it.
bool InteriorPoint::Take(double aim, const CouplingTarget& target, Vector response, SlotSums* taken) {
  const double accurate = kAccurateResponse * (data_.num_loads > 0 ? coupling_.load.cwiseAbs().maxCoeff() : 0.0);
  const double accurate_work = std::max(kAccurateBalance, kShareOfResidual * present_.primal_residual / demand_scale_);
  Vector last_response;
  double last_miss = kInfinity;
  for (int refinement = 0; refinement <= (chosen_ ? kMostRefinements : kRefinements); ++refinement) {
    if (!TakeStep(aim, target, response, taken)) return false;
    // What the slots really answer differs by the digits that the curvature lost; aim again with the difference.
    const Vector miss = taken->response - step_.load;
    const double work_miss = chain_ ? chain_->Miss() : 0.0;
    const double largest = miss.size() > 0 ? miss.cwiseAbs().maxCoeff() : 0.0;
    const bool enough = largest <= accurate || (chosen_ && AnsweredAsPromised(miss, aim));
    chose_enough_ = enough || largest <= std::max(kLoose * accurate, kTooMuch * step_.load.cwiseAbs().maxCoeff());
    if (work_miss <= accurate_work && enough) break;
    if (chain_ && !(work_miss < last_miss)) {  // it digs in what was lost
      chain_->TakeBack();
      if (!TakeStep(aim, target, last_response, taken)) return false;
      break;
    }
    last_response = response;
    last_miss = work_miss;
    response += miss;
    if (chain_) chain_->TakeMiss();
  }
  return true;
}

bool InteriorPoint::TakeStep(double aim, const CouplingTarget& target, const Vector& response, SlotSums* taken) {
  if (!SolveShared(response, target, &step_)) return false;
  *taken = Pass(false, [&](double* blocks, int count, double* scratch, SlotSums* sums) {
    CorrectBatches(shape_, step_.price.data(), aim, blocks, count, scratch, sums);
  });
  return true;
}

/// The shared variables after the step. Prices of finite norms have no barrier of their own; one that wants to vanish
/// must not hold the others back.
CouplingState InteriorPoint::MovedCoupling() const {
  CouplingState moved = coupling_;
  moved.slack += update_.primal * step_.slack;
  moved.bound += update_.primal * step_.bound;
  moved.room += update_.primal * step_.room;
  moved.price += update_.dual * step_.price;
  for (const CoupledGroup& group : data_.groups) {
    auto price = moved.price.segment(group.first_load, group.num_loads);
    if (!std::isinf(group.norm))
      price = price.cwiseMax(0.1 * coupling_.price.segment(group.first_load, group.num_loads));
  }
  return moved;
}

/// The dual balls of finite norms are curved: Newton's step may leave them by far, and is then halved.
void InteriorPoint::MoveCoupling() {
  if (nonlinear_) update_.primal = update_.dual = std::min(update_.primal, update_.dual);
  CouplingState moved = MovedCoupling();
  const double allowed = kFarOutside + DualSetResidual(data_, coupling_);
  for (int halvings = 0; nonlinear_ && halvings < kMostHalvings && DualSetResidual(data_, moved) > allowed;
       ++halvings) {
    update_.primal = update_.dual = 0.5 * update_.dual;
    moved = MovedCoupling();
  }
  coupling_ = moved;
}

/// Whether the present point is the best so far. What counts is the gap between the objective at the actual loads and
/// the dual objective: close to the solution the eliminated systems lose digits, and a step that looks smaller can be
/// worse.
void InteriorPoint::Judge() {
  const double objective = present_.cost + CouplingValue(data_, coupling_.load);
  const double dual_objective = present_.dual_value + coupling_.price.dot(data_.initial_load);
  const double infeasible = std::max(present_.primal_residual / demand_scale_, present_.dual_residual / cost_scale_);
  const double outside = DualSetResidual(data_, coupling_);  // mended by scaling, at that share of the dual objective
  const double size = std::max(std::abs(objective), 1e-6);
  const double distance = std::max(std::abs(objective - dual_objective), outside * size);
  const double rounding = chain_ ? kWorkRounding : 1.0;
  const double gap = std::max(distance, kInfeasibilityWeight / rounding * infeasible * size);
  const double allowed = (chain_ ? kWorkResidual : 1.0) * options_.infeasibility;
  const bool accurate = distance <= options_.tolerance * size && infeasible <= allowed;
  present_is_best_ = accurate || gap < best_gap_;  // not when it is not a number any more
  const bool recovers = gap < last_gap_;
  last_gap_ = gap;
  if (!present_is_best_) {
    if (best_gap_ < 1e-3 * size && !recovers) ++worse_;
    return;
  }
  worse_ = 0;
  best_gap_ = gap;
  best_.accurate = accurate;
  best_.gap = gap / size;
  best_.price = coupling_.price;
  best_.objective = objective;
  best_.dual_objective = dual_objective;
}

SlotSums InteriorPoint::FactorisePass(const BatchUpdate& update) {
  SlotSums sums = Pass(true, [&](double* blocks, int count, double* scratch, SlotSums* part) {
    FactoriseBatches(shape_, update, coupling_.price.data(), blocks, count, scratch, part);
  });
  sums.FoldCurvature();
  return sums;
}

/// Which loads' curvature the next pass adds up, by what it was at the last point.
void InteriorPoint::ChooseCoupledLoads() {
  if (present_.load.size() == 0) {
    chosen_ = std::make_unique<LoadChoice>(ChooseLoads(shape_, {}));
    present_ = FactorisePass({});
  }
  const Vector diagonal = chosen_ ? present_.diagonal : Vector(present_.curvature.diagonal());
  std::vector<int> loads = CoupledLoads(diagonal, OwnCurvature(data_, coupling_));
  const bool few = 2 * static_cast<int>(loads.size()) < data_.num_loads;
  chosen_ = few ? std::make_unique<LoadChoice>(ChooseLoads(shape_, std::move(loads))) : nullptr;
}

/// One predictor-corrector iteration. False when nothing more can be gained: solved, or stuck.
bool InteriorPoint::Iterate() {
  if (may_choose_) ChooseCoupledLoads();
  present_ = FactorisePass(update_);
  if (chain_) chain_->Factorise(&present_);
  coupling_.load = data_.initial_load + present_.load;
  Judge();
  if (best_.accurate || worse_ >= kPatience) return false;
  bool stepped = Predict() && Correct();
  if (chosen_ && !(stepped && chose_enough_)) {  // from now on, all
    chosen_.reset();
    may_choose_ = false;
    present_ = FactorisePass({});
    stepped = Predict() && Correct();
  }
  if (!stepped) return false;
  MoveCoupling();
  if (chain_) chain_->Move(update_.primal, update_.dual);
  update_.move = true;
  update_.keep = present_is_best_ && best_.gap <= kWorthKeeping;
  return std::max(update_.primal, update_.dual) > 1e-8;
}

InteriorPointResult InteriorPoint::Run() {
  coupling_ = SetStartPoint(data_, shape_, &blocks_);
  pairs_ = CountPairs(data_, shape_, blocks_);
  if (data_.num_classes > 0) {
    chain_ = std::make_unique<WaitingChain>(data_, shape_, lost_, &blocks_);
    pairs_ += chain_->pairs();
  }
  while (best_.iterations < options_.max_iterations && Iterate()) ++best_.iterations;
  const bool present = present_is_best_ || best_.gap > kWorthKeeping;
  best_.flow = blocks_.ReadArcs(present ? shape_.field.x : shape_.field.best_x, shape_);
  best_.capacity_price = blocks_.Read(present ? shape_.field.pi : shape_.field.best_pi, data_.num_regions);
  best_.deferral_price = blocks_.Read(present ? shape_.field.work_y : shape_.field.best_work_y, data_.num_classes);
  return std::move(best_);
}

}  // namespace

InteriorPointResult SolveInteriorPoint(const PeriodData& data, const InteriorPointOptions& options) {
  struct Way {
    double lost;
    bool own_lengths;
    int many_loads;
  };
  const bool own_lengths = std::all_of(data.groups.begin(), data.groups.end(),
                                       [](const CoupledGroup& group) { return std::isinf(group.norm); });
  std::vector<Way> ways = {{kLost, own_lengths, options.many_loads}};
  const int all = data.num_loads + 1;
  if (own_lengths || data.num_loads >= options.many_loads) ways.push_back({kLost, false, all});
  if (data.num_classes > 0) ways.push_back({kLostAtMost, false, all});
  // Where hardly any schedule is feasible, steps of one length, all loads' curvature or other roundings may still come
  // through.
  InteriorPointResult best;
  int iterations = 0;
  for (const Way& way : ways) {
    InteriorPointOptions mine = options;
    mine.many_loads = way.many_loads;
    InteriorPointResult result = InteriorPoint(data, mine, way.lost, way.own_lengths).Run();
    iterations += result.iterations;
    if (result.gap < best.gap || &way == &ways.front()) best = std::move(result);
    if (best.accurate || best.gap <= kGoodEnough) break;
  }
  best.iterations = iterations;
  return best;
}

}  // namespace evenkeel
