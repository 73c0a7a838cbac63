#include "experiments/files/live_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace evenkeel {
namespace {

Hdf5Field StateField() {
  Hdf5Field field = RunLogField("live_state", {"time"}, "1", "how the slot went");
  field.type = Hdf5Field::Type::kUint8;
  return field;
}

std::size_t Columns(const Network& network, const std::vector<std::string>& axes) {
  std::size_t columns = 1;
  for (const std::string& axis : axes) {
    if (axis == "gateway") columns *= network.gateways.size();
    if (axis == "region") columns *= network.regions.size();
    if (axis == "variant") columns *= network.variants.size();
  }
  return columns;
}

const std::vector<std::string> kOfSlot = {"time"};
const std::vector<std::string> kByGateway = {"time", "gateway"};
const std::vector<std::string> kByRegion = {"time", "region"};
const std::vector<std::string> kCells = {"time", "gateway", "region", "variant"};

}  // namespace

RowBuffer<double> LiveRows::Numbers(const char* name, std::vector<std::string> axes, const char* units,
                                    const char* long_name) {
  const std::size_t columns = Columns(problem_.network, axes);
  return {file_, RunLogField(name, std::move(axes), units, long_name), columns};
}

LiveRows::LiveRows(Hdf5Writer* file, const Problem& problem, bool decisions)
    : file_(file),
      problem_(problem),
      state_(file, StateField(), 1),
      demand_(Numbers("live_demand", kByGateway, "MWh", "demand that was expected when deciding")),
      capacity_(Numbers("live_capacity", kByRegion, "MWh", "capacity of the slot as seen when deciding")),
      price_(Numbers("live_price", kByRegion, "USD/MWh", "price as seen when deciding")),
      carbon_(Numbers("live_carbon_intensity", kByRegion, "kg/kWh", "carbon intensity as seen when deciding")),
      water_(Numbers("live_water_intensity", kByRegion, "L/kWh", "water intensity as seen when deciding")),
      decision_(Numbers("live_decision", kCells, "MWh", "the decision, of the demand that was expected")),
      revision_(Numbers("live_revision", kOfSlot, "1", "revision of the meters that count, 0 without meters")),
      served_(Numbers("live_served", {"time", "gateway", "region"}, "MWh", "workload served, as metered")),
      energy_(Numbers("live_energy", kByRegion, "MWh", "IT energy, as metered")) {
  file->SetFlags("live_state", {0, 1, 2, 3}, fmt::format("{}", fmt::join(kLiveSlotStateNames, " ")));
  for (const char* name : {"live_served", "live_energy"}) file->SetAttribute(name, "_FillValue", kNoAllocation);
  file->AddField(RunLogField("live_expected_demand", {"gateway"}, "MWh", "demand of the period, as expected"));
  file->WriteAll("live_expected_demand", problem.expected_demand.data());
  WriteChecksum("live_expected_demand", Crc32(problem.expected_demand.data(), problem.expected_demand.size()), file);
  if (!decisions) return;
  robust_.push_back({Numbers("live_expert_decision", kCells, "MWh", "expert: decision, of the demand expected"),
                     Numbers("live_credit", kOfSlot, "USD", "what the advice had earned before the slot"),
                     Numbers("live_expert_objective", kOfSlot, "USD", "objective J of the expert's slots so far"),
                     Numbers("live_allowance", kOfSlot, "USD", "what J may be above the expert's"),
                     Numbers("live_budget", kOfSlot, "USD", "budget left after the slot, in final values"),
                     Numbers("live_error", kOfSlot, "USD", "largest excess so far of slack over live_budget")});
}

void LiveRows::Append(const LiveLogSlot& slot) {
  const SlotEntry& entry = *slot.entry;
  state_.Append(static_cast<std::uint8_t>(slot.state));
  ++count_[static_cast<int>(slot.state)];
  demand_.Append(entry.slot.demand);
  capacity_.Append(entry.slot.capacity);
  price_.Append(entry.slot.price);
  carbon_.Append(entry.slot.carbon_intensity);
  water_.Append(entry.slot.water_intensity);
  FillCells(problem_, entry.decision.flow, decision_.NextRow());
  revision_.Append(entry.meter ? entry.meter->revision : 0.0);
  double* served = served_.NextRow();
  std::fill_n(served, served_.columns(), kNoAllocation);
  const auto of_firm = static_cast<std::size_t>(problem_.network.num_firm() * problem_.network.num_regions());
  if (entry.meter) std::copy_n(entry.meter->served.data(), of_firm, served);
  for (std::size_t c = of_firm; entry.work && c < served_.columns(); ++c) {
    const double done = entry.work->done.data()[c - of_firm];
    if (std::isfinite(done)) served[c] = done;  // else: nothing is said of the class
  }
  double* energy = energy_.NextRow();
  std::fill_n(energy, energy_.columns(), kNoAllocation);
  for (std::size_t i = 0; entry.meter && entry.meter->energy_mwh && i < energy_.columns(); ++i) {
    const double metered = (*entry.meter->energy_mwh)[static_cast<Eigen::Index>(i)];
    if (std::isfinite(metered)) energy[i] = metered;
  }
  for (Robust& robust : robust_) {
    FillCells(problem_, entry.expert.flow, robust.expert.NextRow());
    robust.credit.Append(entry.credit);
    robust.expert_objective.Append(slot.books.expert_objective);
    robust.allowance.Append(slot.books.allowance);
    robust.budget.Append(slot.books.budget);
    robust.error.Append(slot.books.error);
  }
}

void LiveRows::Finish(const std::int64_t (&count)[kNumLiveSlotStates]) {
  state_.Finish();
  for (auto* rows : {&demand_, &capacity_, &price_, &carbon_, &water_, &decision_, &revision_, &served_, &energy_})
    rows->Finish();
  for (Robust& robust : robust_) {
    for (auto* rows :
         {&robust.expert, &robust.credit, &robust.expert_objective, &robust.allowance, &robust.budget, &robust.error})
      rows->Finish();
  }
  for (int s = 0; s < kNumLiveSlotStates; ++s) file_->SetAttribute("live_state", kLiveSlotStateNames[s], count[s]);
}

}  // namespace evenkeel
