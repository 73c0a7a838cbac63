#include "live/service/counted_meter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/base/error.h"

namespace evenkeel {

CountedMeter::CountedMeter(const TimeBase& grid, Vector workload_per_request, std::int64_t longest_gap)
    : grid_(grid), workload_per_request_(std::move(workload_per_request)), longest_gap_(longest_gap) {
  EVENKEEL_CHECK(workload_per_request_.minCoeff() > 0.0 && longest_gap >= 1);
}

std::vector<MeterReport> CountedMeter::Add(const CountedRequests& reading) {
  std::vector<MeterReport> completed;
  if (last_ && reading.at <= last_->at) return completed;
  const bool follows = last_ && reading.at - last_->at <= static_cast<double>(longest_gap_) &&
                       last_->count.size() == reading.count.size() && (reading.count - last_->count).minCoeff() >= 0.0;
  follows ? Spread(reading, &completed) : Begin(reading);
  last_ = reading;
  return completed;
}

void CountedMeter::Begin(const CountedRequests& reading) {
  const auto second = static_cast<std::int64_t>(std::floor(reading.at));
  slot_begin_ = grid_.start + (second - grid_.start) / grid_.step() * grid_.step();
  whole_ = static_cast<double>(slot_begin_) == reading.at;
  served_ = RowMatrix::Zero(reading.count.rows(), reading.count.cols());
}

void CountedMeter::Spread(const CountedRequests& reading, std::vector<MeterReport>* completed) {
  const RowMatrix gained = reading.count - last_->count;
  const double length = reading.at - last_->at;
  for (double from = last_->at; from < reading.at;) {
    const std::int64_t next = slot_begin_ + grid_.step();
    const double end = static_cast<double>(next), until = std::min(end, reading.at);
    served_ += gained * ((until - from) / length);
    from = until;
    if (until < end) continue;
    if (whole_) {
      MeterReport report;
      report.begin = slot_begin_;
      report.served = workload_per_request_.asDiagonal() * served_;
      completed->push_back(std::move(report));
    }
    slot_begin_ = next;
    whole_ = true;
    served_.setZero();
  }
}

}  // namespace evenkeel
