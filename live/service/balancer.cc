#include "live/service/balancer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace evenkeel {
namespace {

constexpr std::int64_t kLongestGap = 60;  // seconds between two readings of counters that slots are cut from

Vector MeteredWorkload(const BalancerSetup& setup) {
  return setup.workload_per_request.size() > 0 ? setup.workload_per_request
                                               : Vector::Ones(static_cast<Eigen::Index>(setup.map.gateways.size()));
}

}  // namespace

Balancer::Balancer(BalancerSetup setup, const TimeBase& grid, Clock clock)
    : setup_(std::move(setup)),
      clock_(std::move(clock)),
      watch_(setup_.map, HaproxyReader(setup_.address), setup_.options),
      meter_(grid, MeteredWorkload(setup_), kLongestGap),
      repeat_([this] { return Step(); }) {}

std::shared_ptr<HaproxyOutput> Balancer::Output() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return output_;
}

double Balancer::Step() {
  const double at = clock_();
  const auto now = static_cast<std::int64_t>(std::floor(at));
  // The watch alone counts, since its sums go on when a mode begins or ends; the output sees what it changes itself.
  double pause = watch_.Look(now);
  if (const std::shared_ptr<HaproxyOutput> output = Output()) pause = std::min(pause, output->Step(now));
  const HaproxySnapshot seen = watch_.Snapshot();
  if (meters() && seen.read_at == now && seen.requests.served.size() > 0) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (MeterReport& report : meter_.Add({at, seen.requests.served})) completed_.push_back(std::move(report));
  }
  return pause;
}

void Balancer::Apply(const WantedShares& wanted) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (output_ == nullptr) {
      output_ = std::make_shared<HaproxyOutput>(setup_.map, HaproxyReader(setup_.address),
                                                HaproxyWriter(setup_.address), setup_.options);
    }
    output_->Want(wanted);
  }
  repeat_.Wake();
}

void Balancer::Withdraw() {
  const std::lock_guard<std::mutex> lock(mutex_);
  output_.reset();
}

std::vector<MeterReport> Balancer::TakeMeters() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(completed_, {});
}

bool Balancer::Agrees() const {
  const std::shared_ptr<HaproxyOutput> output = Output();
  if (output == nullptr) return false;
  const HaproxySnapshot seen = output->Snapshot();
  return seen.applied_at > 0 && seen.failed_rounds == 0 && seen.failures.empty();
}

OutputStatus Balancer::Status() const {
  const std::shared_ptr<HaproxyOutput> output = Output();
  const HaproxySnapshot seen = output ? output->Snapshot() : watch_.Snapshot();
  OutputStatus status;
  status.name = setup_.name;
  if (seen.applied_at > 0) status.last_applied = seen.applied_at;
  status.last_slot = seen.slot;
  status.agrees = Agrees();
  if (!seen.failures.empty()) status.reason = seen.failures.front().text;
  for (int reason = 0; reason < kNumApplyReasons; ++reason) {
    if (seen.failed[static_cast<std::size_t>(reason)] > 0)
      status.failures[Name(static_cast<ApplyReason>(reason))] = seen.failed[static_cast<std::size_t>(reason)];
  }
  return status;
}

}  // namespace evenkeel
