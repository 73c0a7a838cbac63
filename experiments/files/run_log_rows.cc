#include "experiments/files/run_log_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace evenkeel {
namespace {

std::size_t NumCells(const Network& network) {
  return network.gateways.size() * network.regions.size() * network.variants.size();
}

std::string PriceUnits(const Group& group) {
  return group.footprint == Footprint::kQualityLoss ? "USD" : "USD/" + group.unit;
}

Hdf5Field VerdictField() {
  Hdf5Field field = RunLogField("verdict", {"time"}, "1", "where the decision came from");
  field.type = Hdf5Field::Type::kUint8;
  return field;
}

}  // namespace

Hdf5Field RunLogField(std::string name, std::vector<std::string> axes, std::string units, std::string long_name) {
  return {std::move(name), std::move(axes), std::move(units), std::move(long_name), Hdf5Field::Type::kFloat64};
}

void WriteChecksum(const std::string& dataset, std::uint32_t crc, Hdf5Writer* file) {
  file->SetAttribute(dataset, kChecksumName, ChecksumText(crc));
}

void FillCells(const Problem& problem, const Vector& flow, double* row) {
  const Network& network = problem.network;
  std::fill_n(row, NumCells(network), 0.0);
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    row[(arc.gateway * network.num_regions() + arc.region) * network.num_variants() + arc.variant] = flow[a];
  }
}

const char* BucketAxis(const Problem& problem, const Group& group) {
  if (group.footprint != Footprint::kQualityLoss) return "region";
  return problem.num_classes() > 0 ? "firm_gateway" : "gateway";
}

AllocationRows::AllocationRows(Hdf5Writer* file, const Problem& problem, const std::string& flow,
                               const std::string& shed, const std::string& whose)
    : problem_(problem),
      flow_(file,
            RunLogField(flow, {"time", "gateway", "region", "variant"}, "MWh",
                        whose + "workload of the slot served this way"),
            NumCells(problem.network)),
      shed_(file, RunLogField(shed, {"time", "gateway"}, "MWh", whose + "unserved workload of the slot"),
            problem.network.gateways.size()) {}

void AllocationRows::Append(const Allocation* allocation) {
  double* row = flow_.NextRow();
  if (allocation == nullptr) {
    std::fill_n(row, flow_.columns(), kNoAllocation);
    std::fill_n(shed_.NextRow(), shed_.columns(), kNoAllocation);
    return;
  }
  FillCells(problem_, allocation->flow, row);
  shed_.Append(allocation->shed);
}

void AllocationRows::Finish() {
  flow_.Finish();
  shed_.Finish();
}

DecisionRows::DecisionRows(Hdf5Writer* file, const Problem& problem, bool allocations)
    : file_(file),
      verdict_(file, VerdictField(), 1),
      alpha_(file, RunLogField("alpha", {"time"}, "1", "share of the way from the advice to the expert's decision"), 1),
      slack_(file, RunLogField("slack", {"time"}, "USD", "budget left after the slot, as observed"), 1) {
  file->SetFlags("verdict", {0, 1, 2, 3}, fmt::format("{}", fmt::join(kVerdictNames, " ")));
  if (!allocations) return;
  allocations_.emplace_back(file, problem, "advice", "advice_shed", "advice: ");
  allocations_.emplace_back(file, problem, "expert_allocation", "expert_shed", "expert: ");
  for (const char* name : {"advice", "advice_shed"}) file->SetAttribute(name, "_FillValue", kNoAllocation);
}

void DecisionRows::Append(const RobustDecision& decision) {
  verdict_.Append(static_cast<std::uint8_t>(decision.verdict));
  ++count_[static_cast<int>(decision.verdict)];
  alpha_.Append(decision.alpha);
  slack_.Append(decision.slack);
  if (allocations_.empty()) return;
  allocations_[0].Append(decision.advice);
  allocations_[1].Append(decision.expert);
}

void DecisionRows::Finish() { Finish(count_); }

void DecisionRows::Finish(const std::int64_t (&count)[kNumVerdicts]) {
  verdict_.Finish();
  alpha_.Finish();
  slack_.Finish();
  for (AllocationRows& rows : allocations_) rows.Finish();
  for (int v = 0; v < kNumVerdicts; ++v) file_->SetAttribute("verdict", kVerdictNames[v], count[v]);
}

void WriteCertificates(const Problem& problem, const std::vector<PrefixCertificate>& certificates, Hdf5Writer* file) {
  std::vector<std::string> labels;
  std::vector<std::int64_t> slots;
  std::vector<double> objectives, bounds, ratios;
  for (const PrefixCertificate& certificate : certificates) {
    labels.push_back(fmt::format("slots 0 to {}", certificate.slot));
    slots.push_back(certificate.slot);
    objectives.push_back(certificate.objective);
    bounds.push_back(certificate.lower_bound);
    ratios.push_back(certificate.ratio);
  }
  file->AddLabels("certificate", "slots that a lower bound is for", labels);
  Hdf5Field slot = RunLogField("certificate_slot", {"certificate"}, "1", "index of the last slot of the certificate");
  slot.type = Hdf5Field::Type::kInt64;
  file->AddField(slot);
  file->WriteAll(slot.name, slots.data());
  const auto add = [file](const char* name, const char* units, const char* long_name,
                          const std::vector<double>& values) {
    file->AddField(RunLogField(name, {"certificate"}, units, long_name));
    file->WriteAll(name, values.data());
  };
  add("certificate_objective", "USD", "objective J of the slots so far", objectives);
  add("certificate_lower_bound", "USD", "lower bound on the optimum of the slots so far", bounds);
  add("certificate_ratio", "1", "objective over lower bound, both shifted: at most this times the best in hindsight",
      ratios);
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const Group& group = problem.groups[k];
    const std::string name = "certificate_price_" + group.name;
    file->AddField(RunLogField(name, {"certificate", BucketAxis(problem, group)}, PriceUnits(group),
                               "price of " + group.name + " that proves the lower bound"));
    RowMatrix prices(certificates.size(), group.num_buckets());
    for (std::size_t c = 0; c < certificates.size(); ++c) {
      prices.row(c) = certificates[c].prices[k].transpose();
    }
    file->WriteAll(name, prices.data());
    WriteChecksum(name, Crc32(prices.data(), prices.size()), file);
  }
}

}  // namespace evenkeel
