#include "tests/reference/live_status.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace evenkeel {
namespace {

constexpr std::int64_t kBegin = 1777593600;  // 2026-05-01 00:00:00 UTC
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

Shares MadeUpShares(const LiveStatus& status, int slot, double bend) {
  Shares shares;
  shares.slot = slot;
  shares.begin = kBegin + slot * status.slot_seconds;
  shares.valid_until = shares.begin + 2 * status.slot_seconds;
  shares.share = RowMatrix::Zero(static_cast<int>(status.gateways.size()), static_cast<int>(status.regions.size()));
  for (int j = 0; j < shares.share.rows(); ++j) {
    for (int i = 0; i < shares.share.cols(); ++i) shares.share(j, i) = 1.0 + (i + j) % 3 + bend * (i % 2);
    shares.share.row(j) /= shares.share.row(j).sum();
  }
  return shares;
}

void AddSlots(int num_slots, LiveStatus* status) {
  for (int t = 0; t < num_slots; ++t) {
    SlotStatus slot;
    slot.slot = t;
    slot.begin = kBegin + t * status->slot_seconds;
    slot.verdict = t % 7 == 6 ? "expert" : t % 5 == 4 ? "mixed" : "followed";
    slot.alpha = t % 7 == 6 ? 1.0 : t % 5 == 4 ? 0.4 : 0.0;
    slot.expert_objective = 100.0 * (t + 1) + 20.0 * std::sin(0.3 * t);
    slot.objective = 94.0 * (t + 1) + 20.0 * std::sin(0.3 * t + 0.4);
    slot.bound = 1.05 * slot.expert_objective + 5.0;
    slot.slack = slot.bound - slot.objective;
    slot.budget = 0.05 * slot.expert_objective * (1.2 + std::sin(0.2 * t));
    if (t % 11 == 10) slot.flags = {"held_readings"};
    if (t % 13 == 12) slot.flags.emplace_back("unsettled");
    ++status->verdicts[slot.verdict];
    status->slots.push_back(slot);
  }
  if (num_slots == 0) return;
  const SlotStatus& last = status->slots.back();
  status->objective = last.objective;
  status->expert_objective = last.expert_objective;
  status->bound = last.bound;
  status->budget = last.budget;
  status->allowance = 0.05 * last.expert_objective;
  status->bound_error = 5.0;
}

LiveStatus MadeUp(std::vector<std::string> gateways, std::vector<std::string> regions, int num_slots) {
  LiveStatus status;
  status.version = "0.0.0";
  status.mode = LiveMode::kActive;
  status.period = "2026-05";
  status.period_begin = kBegin;
  status.num_slots = 744;
  status.slot = num_slots;
  status.started = kBegin - 86400;
  status.as_of = kBegin + num_slots * status.slot_seconds + 1200;
  status.rho = 0.05;
  status.gateways = std::move(gateways);
  status.regions = std::move(regions);
  const int num_regions = static_cast<int>(status.regions.size());
  for (int i = 0; i < num_regions; ++i) {
    status.region.push_back({RegionState::kUp, 500.0 + 100.0 * i, 0.4 + 0.1 * (i % 5), 3210.5 * (i + 1),
                             900.0 - 250.0 * (i % 3), 1500.0 + 800.0 * (i % 2), 1234.5 + 10.0 * i});
  }
  status.decided = MadeUpShares(status, num_slots, 0.5);
  status.applied = MadeUpShares(status, num_slots, 0.49);
  status.realised = MadeUpShares(status, num_slots, 0.47);
  status.published = status.decided;
  AddSlots(num_slots, &status);
  for (int signal = 0; signal < kNumLiveSignals; ++signal) {
    const bool demand = signal == 0;
    for (int p = 0; p < static_cast<int>(demand ? status.gateways.size() : status.regions.size()); ++p) {
      status.readings.push_back({static_cast<LiveSignal>(signal), p, ReadingState::kFresh, 0.3 + p,
                                 status.as_of - 100 - 40 * p, demand ? "prometheus" : "electricity_maps"});
    }
  }
  status.sources = {{"prometheus", status.as_of - 12, 0, 3, "", {}},
                    {"electricity_maps", status.as_of - 130, 0, 0, "", {{"zero", 4}, {"future", 1}}}};
  status.outputs = {{"haproxy", status.as_of - 4, num_slots, true, "", {{"timeout", 2}}},
                    {"weights_file", status.as_of - 1200, num_slots, true, "", {}}};
  status.decide_seconds = {{0.001, 0.01, 0.1, 1.0, 10.0}, {2, 20, 7, 1, 0, 0}, 1.23};
  return status;
}

}  // namespace

LiveStatus MadeUpStatus(int num_slots) {
  return MadeUp({"east", "west"}, {"north", "south", "<b id=\"x\">\"a\\b\"</b> & \xC3\xBC, rather long"}, num_slots);
}

LiveStatus MadeUpTrouble(int num_slots) {
  LiveStatus status = MadeUpStatus(num_slots);
  status.mode = LiveMode::kCanary;
  status.region[1].state = RegionState::kDown;
  status.region[1].capacity = 0.0;
  status.region[1].utilisation = kUnknown;
  status.region[2].state = RegionState::kDrain;
  status.realised.reset();
  for (std::size_t k = 0; k < status.readings.size(); ++k) {
    ReadingStatus& reading = status.readings[k];
    reading.state = static_cast<ReadingState>(k % kNumReadingStates);
    reading.time = *reading.time - 10000 * static_cast<std::int64_t>(k % kNumReadingStates);
    if (reading.state == ReadingState::kMissing) reading.time = std::nullopt, reading.value = std::nullopt;
  }
  status.sources[0].failures_in_a_row = 12;
  status.sources[0].failures = 15;
  status.sources[0].last_success = status.as_of - 11000;
  status.sources[0].reason =
      "no answer within 10 s from http://127.0.0.1:9090/api/v1/query_range?with=a_very_long_address";
  status.outputs[0].agrees = false;
  status.outputs[0].reason = "/run/haproxy/admin.sock: connection refused";
  status.outputs[0].failures["refused"] = 31;
  status.journal_failures = 2;
  status.degraded = {
      {"stale_input", "The demand of gateway east is that of past days, since nothing was read for 3 h."},
      {"output", "haproxy: weights are not what was decided."}};
  status.not_ready = {{"journal", "The journal cannot be written: no space left on device."}};
  return status;
}

LiveStatus MadeUpWork() {
  LiveStatus status = MadeUpStatus();
  status.classes = {"training", "reports"};
  status.work = {{120.5, 100.25, 0.0}, {7.0, 3.0, 1.5}};
  status.decided->released = RowMatrix::Zero(2, 3);
  status.decided->released << 2.5, 0.0, 1.0, 0.0, 0.75, 0.0;
  status.published = status.decided;
  status.readings.push_back({LiveSignal::kDemand, 2, ReadingState::kFresh, 2.25, status.as_of - 600, "push"});
  status.readings.push_back({LiveSignal::kDemand, 3, ReadingState::kHeld, {}, {}, ""});
  status.degraded = {{"work_late", "1.5 units of work are due and not done"}};
  return status;
}

LiveStatus MadeUpLargeStatus() {
  std::vector<std::string> gateways, regions;
  for (int k = 0; k < 10; ++k) {
    gateways.push_back(fmt::format("gateway-{}", k));
    regions.push_back(fmt::format("region-{}", k));
  }
  return MadeUp(std::move(gateways), std::move(regions), 743);
}

}  // namespace evenkeel
