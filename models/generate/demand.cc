#include "models/generate/demand.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/base/error.h"

namespace evenkeel {
namespace {

// A weekend day has this share of a weekday's demand; both are scaled so that the week's mean is 1.
constexpr double kWeekendShare = 0.8;
constexpr double kWeekMean = (5.0 + 2.0 * kWeekendShare) / 7.0;
// Noise of the logarithm of demand: shared by neighbours, and a gateway's own.
constexpr double kActivityHours = 6.0;
constexpr double kActivitySd = 0.06;
constexpr double kOwnHours = 3.0;
constexpr double kOwnSd = 0.03;
// Demand of one gateway peaks at about this many times its mean.
constexpr double kPeakFactor = 1.4;
constexpr int kSetUpRounds = 40;
constexpr int kSlotRounds = 6;

std::vector<Coordinates> PlacesOf(const std::vector<GeneratedGateway>& gateways) {
  std::vector<Coordinates> places;
  for (const GeneratedGateway& g : gateways) places.push_back({g.gateway.latitude, g.gateway.longitude});
  return places;
}

/// Regions of each gateway from near to far; equal distances by index.
std::vector<std::vector<int>> OrderByDistance(const RowMatrix& distance) {
  std::vector<std::vector<int>> order(distance.rows());
  for (int j = 0; j < static_cast<int>(order.size()); ++j) {
    std::vector<int>& regions = order[j];
    regions.resize(distance.cols());
    std::iota(regions.begin(), regions.end(), 0);
    std::stable_sort(regions.begin(), regions.end(), [&](int a, int b) { return distance(j, a) < distance(j, b); });
  }
  return order;
}

}  // namespace

Vector ExpectedDemand(const std::vector<GeneratedGateway>& gateways, double total) {
  Vector demand(gateways.size());
  double sum = 0.0;
  for (const GeneratedGateway& g : gateways) sum += g.weight;
  for (Eigen::Index j = 0; j < demand.size(); ++j) demand[j] = total * gateways[j].weight / sum;
  return demand;
}

FlagMatrix ReachNearest(const RowMatrix& distance, const Vector& demand, double reach) {
  const int regions = static_cast<int>(distance.cols());
  const std::vector<std::vector<int>> order = OrderByDistance(distance);
  std::vector<int> count(order.size(), std::clamp(static_cast<int>(std::ceil(reach * regions - 1e-9)), 1, regions));
  FlagMatrix reachable = FlagMatrix::Zero(distance.rows(), distance.cols());
  // Reaching everything, the load is the utilisation everywhere, which this is not below: the loop ends there at the
  // latest.
  const double mean_load = demand.sum() / regions;
  const double allowed = std::max(kServableShare / kPeakFactor, mean_load * (1.0 + 1e-9));
  const int step = std::max(1, regions / 20);
  for (;;) {
    for (std::size_t j = 0; j < order.size(); ++j) {
      for (int n = 0; n < count[j]; ++n) reachable(j, order[j][n]) = 1;
    }
    const DemandLimiter limiter(reachable, demand);
    bool grown = false;
    for (std::size_t j = 0; j < order.size(); ++j) {
      bool overloaded = false;
      for (int n = 0; n < count[j]; ++n) {
        overloaded = overloaded || limiter.expected_loads()[order[j][n]] > allowed;
      }
      if (!overloaded || count[j] == regions) continue;
      count[j] = std::min(regions, count[j] + step);
      grown = true;
    }
    if (!grown) return reachable;
  }
}

DemandLimiter::DemandLimiter(const FlagMatrix& reachable, const Vector& demand)
    : reached_(static_cast<std::size_t>(reachable.rows())),
      multipliers_(Vector::Ones(reachable.cols())),
      expected_load_(Vector::Zero(reachable.cols())) {
  for (Eigen::Index j = 0; j < reachable.rows(); ++j) {
    for (Eigen::Index i = 0; i < reachable.cols(); ++i) {
      if (reachable(j, i)) {
        reached_[j].push_back(static_cast<int>(i));
      } else {
        everyone_reaches_all_ = false;
      }
    }
    EVENKEEL_CHECK(!reached_[j].empty());
  }
  Loads(demand, multipliers_, &expected_load_);
  if (!everyone_reaches_all_) Balance(demand, kSetUpRounds, &multipliers_, &expected_load_);
}

void DemandLimiter::Loads(const Vector& demand, const Vector& multipliers, Vector* loads) const {
  if (everyone_reaches_all_) {
    // Multipliers stay at 1 here, so that everybody sends the same share everywhere.
    double total = 0.0;
    for (Eigen::Index j = 0; j < demand.size(); ++j) total += demand[j];
    loads->setConstant(total / static_cast<double>(loads->size()));
    return;
  }
  loads->setZero();
  for (std::size_t j = 0; j < reached_.size(); ++j) {
    double sum = 0.0;
    for (const int i : reached_[j]) sum += multipliers[i];
    const double scale = demand[j] / sum;
    for (const int i : reached_[j]) (*loads)[i] += multipliers[i] * scale;
  }
}

void DemandLimiter::Balance(const Vector& demand, int rounds, Vector* multipliers, Vector* loads) const {
  for (int round = 0; round < rounds; ++round) {
    double largest = 0.0;
    for (Eigen::Index i = 0; i < multipliers->size(); ++i) {
      // Half a step towards equal loads; regions that nobody reaches have no load and stay.
      if ((*loads)[i] > 0.0) (*multipliers)[i] /= std::sqrt((*loads)[i]);
      largest = std::max(largest, (*multipliers)[i]);
    }
    // Only ratios matter. The floor keeps every multiplier, and so every gateway's sum of them, above 0.
    for (Eigen::Index i = 0; i < multipliers->size(); ++i)
      (*multipliers)[i] = std::max((*multipliers)[i] / largest, 1e-9);
    Loads(demand, *multipliers, loads);
  }
}

void DemandLimiter::Limit(Vector* demand) const {
  Vector loads(multipliers_.size());
  Loads(*demand, multipliers_, &loads);
  if (loads.maxCoeff() <= kServableShare) return;
  if (!everyone_reaches_all_) {
    Vector multipliers = multipliers_;
    Balance(*demand, kSlotRounds, &multipliers, &loads);
  }
  for (std::size_t j = 0; j < reached_.size(); ++j) {
    double scale = 1.0;
    for (const int i : reached_[j]) {
      if (loads[i] > kServableShare) scale = std::min(scale, kServableShare / loads[i]);
    }
    (*demand)[j] *= scale;
  }
}

GatewayDemand::GatewayDemand(std::uint64_t seed, const std::vector<GeneratedGateway>& gateways, const Vector& expected,
                             double slot_hours)
    : seed_(seed),
      gateways_(gateways),
      expected_(expected),
      memory_(MakeMemory(kOwnHours, slot_hours)),
      noise_(gateways.size(), 0.0),
      activity_(seed, RandomPurpose::kActivity, PlacesOf(gateways), MakeMemory(kActivityHours, slot_hours)) {}

void GatewayDemand::Fill(int t, const Clock& clock, Vector* demand) {
  activity_.Advance(t);
  for (std::size_t j = 0; j < gateways_.size(); ++j) {
    const GeneratedGateway& g = gateways_[j];
    const LocalTime local = LocalTimeAt(clock, g.gateway.longitude);
    const double draw =
        Normal({seed_, RandomPurpose::kDemandNoise, static_cast<std::uint32_t>(j)}, static_cast<std::uint64_t>(t));
    noise_[j] = t == 0 ? draw : memory_.rho * noise_[j] + memory_.innovation * draw;
    const double week = (local.weekend ? kWeekendShare : 1.0) / kWeekMean;
    // The small wave of period 12 makes the night longer and flatter than the afternoon.
    const double day = 1.0 + g.swing * (0.85 * DailyWave(local.hour, g.peak_hour, 24.0) +
                                        0.15 * DailyWave(local.hour, g.peak_hour, 12.0));
    const double log_noise = kActivitySd * activity_.At(static_cast<int>(j)) + kOwnSd * noise_[j];
    const double mean_one = 0.5 * (kActivitySd * kActivitySd + kOwnSd * kOwnSd);
    const auto row = static_cast<Eigen::Index>(j);
    (*demand)[row] = expected_[row] * week * day * std::exp(log_noise - mean_one);
  }
}

}  // namespace evenkeel
