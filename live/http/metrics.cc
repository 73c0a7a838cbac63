#include "live/http/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

namespace evenkeel {
namespace {

using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;

/// A label's value: backslash, quote and line feed are escaped. One that is not UTF-8 would cost the whole scrape.
std::string Escaped(std::string_view label) {
  std::string text(label), escaped;
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    text = nlohmann::json::parse(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
               .get<std::string>();
  }
  for (const char letter : text) {
    if (letter == '\\' || letter == '"') escaped += '\\';
    escaped += letter == '\n' ? std::string("\\n") : std::string(1, letter);
  }
  return escaped;
}

class Exposition {
 public:
  void Begin(const char* name, const char* type, const char* help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }

  void Add(Labels labels, double value, const char* suffix = "") {
    if (!std::isfinite(value)) return;
    text_ += name_;
    text_ += suffix;
    const char* before = "{";
    for (const auto& [name, text] : labels) {
      fmt::format_to(std::back_inserter(text_), "{}{}=\"{}\"", before, name, Escaped(text));
      before = ",";
    }
    if (labels.size() > 0) text_ += '}';
    fmt::format_to(std::back_inserter(text_), " {}\n", value);
  }

  void Single(const char* name, const char* type, const char* help, double value) {
    Begin(name, type, help);
    Add({}, value);
  }

  std::string text() && { return std::move(text_); }

 private:
  const char* name_ = "";
  std::string text_;
};

void AddShares(const LiveStatus& status, const std::optional<Shares>& shares, const char* name, const char* help,
               Exposition* out) {
  out->Begin(name, "gauge", help);
  if (!shares) return;
  for (int j = 0; j < shares->share.rows(); ++j) {
    for (int i = 0; i < shares->share.cols(); ++i) {
      out->Add({{"gateway", status.gateways.at(j)}, {"region", status.regions.at(i)}}, shares->share(j, i));
    }
  }
}

void AddWork(const LiveStatus& status, Exposition* out) {
  if (status.classes.empty()) return;
  out->Begin("evenkeel_decided_release", "gauge", "Work of a class that a region is to do in the decided slot.");
  for (int k = 0; status.decided && k < status.decided->released.rows(); ++k) {
    for (int i = 0; i < status.decided->released.cols(); ++i) {
      out->Add({{"work_class", status.classes.at(k)}, {"region", status.regions.at(i)}},
               status.decided->released(k, i));
    }
  }
  const auto each = [&](const char* name, const char* help, double WorkStatus::*value) {
    out->Begin(name, "gauge", help);
    for (std::size_t k = 0; k < status.classes.size(); ++k)
      out->Add({{"work_class", status.classes[k]}}, status.work.at(k).*value);
  };
  each("evenkeel_period_work_arrived", "Work that arrived in the period so far.", &WorkStatus::arrived);
  each("evenkeel_period_work_done", "Work of it that is done.", &WorkStatus::done);
  each("evenkeel_work_late", "Work that is due and not done.", &WorkStatus::late);
}

void AddRegions(const LiveStatus& status, Exposition* out) {
  const auto each = [&](const char* name, const char* type, const char* help, double RegionStatus::*value,
                        double factor) {
    out->Begin(name, type, help);
    for (int i = 0; i < static_cast<int>(status.regions.size()); ++i) {
      out->Add({{"region", status.regions[i]}}, status.region.at(i).*value * factor);
    }
  };
  each("evenkeel_period_carbon_grams", "gauge", "Carbon dioxide of the period so far.", &RegionStatus::carbon_kg, 1e3);
  each("evenkeel_period_water_liters", "gauge", "Water of the period so far.", &RegionStatus::water_liters, 1.0);
  each("evenkeel_period_workload", "gauge", "Workload served in the period so far.", &RegionStatus::workload, 1.0);
  each("evenkeel_region_capacity", "gauge", "Workload that a region can serve in the current slot.",
       &RegionStatus::capacity, 1.0);
  each("evenkeel_region_utilisation_ratio", "gauge", "Part of a region's capacity that the decision uses.",
       &RegionStatus::utilisation, 1.0);
  out->Begin("evenkeel_region_state", "gauge", "1 for the state that a region is in: up, drain or down.");
  for (int i = 0; i < static_cast<int>(status.regions.size()); ++i) {
    for (int state = 0; state < kNumRegionStates; ++state) {
      const bool is = static_cast<int>(status.region.at(i).state) == state;
      out->Add({{"region", status.regions[i]}, {"state", kRegionStateNames[state]}}, is ? 1.0 : 0.0);
    }
  }
}

void AddGuarantee(const LiveStatus& status, Exposition* out) {
  double cost = 0.0;
  for (const RegionStatus& region : status.region) cost += region.cost_usd;
  out->Single("evenkeel_period_cost_usd", "gauge", "Cost of energy and network of the period so far.", cost);
  out->Single("evenkeel_objective_usd", "gauge", "J: cost and weighted inequity of the period so far.",
              status.objective);
  out->Single("evenkeel_expert_objective_usd", "gauge", "J of the expert under the same outages.",
              status.expert_objective);
  out->Single("evenkeel_bound_usd", "gauge", "What J may be at most.", status.bound);
  out->Single("evenkeel_allowance_usd", "gauge", "What the bound allows above the expert.", status.allowance);
  out->Single("evenkeel_budget_usd", "gauge", "What the next decision may spend of the allowance.", status.budget);
  out->Single("evenkeel_bound_error_usd", "gauge", "Part of the bound that errors of inputs and late meters add.",
              status.bound_error);
  out->Begin("evenkeel_slots_total", "counter", "Slots decided in the period, by what became of the advice.");
  for (const auto& [verdict, count] : status.verdicts) {
    out->Add({{"verdict", verdict}}, static_cast<double>(count));
  }
  out->Single("evenkeel_current_slot", "gauge", "Slot of the period that the clock is in.", status.slot);
}

void AddReadings(const LiveStatus& status, Exposition* out) {
  const auto add = [&](const ReadingStatus& reading, double value) {
    const auto [axis, place] = PlaceOf(status, reading);
    out->Add({{"signal", Name(reading.signal)}, {axis, place}}, value);
  };
  out->Begin("evenkeel_observation_timestamp_seconds", "gauge", "Time that the last value of a signal is of.");
  for (const ReadingStatus& reading : status.readings) {
    if (reading.time) add(reading, static_cast<double>(*reading.time));
  }
  out->Begin("evenkeel_observation_fresh", "gauge", "1 for a signal that is used as it was said in time, else 0.");
  for (const ReadingStatus& reading : status.readings) add(reading, reading.state == ReadingState::kFresh ? 1.0 : 0.0);
}

void AddSources(const LiveStatus& status, Exposition* out) {
  out->Begin("evenkeel_observations_rejected_total", "counter", "Readings that were refused.");
  for (const SourceStatus& source : status.sources) {
    for (const auto& [reason, count] : source.rejected) {
      out->Add({{"source", source.name}, {"reason", reason}}, static_cast<double>(count));
    }
  }
  out->Begin("evenkeel_source_failures_total", "counter", "Times that a source could not be read.");
  for (const SourceStatus& source : status.sources) {
    out->Add({{"source", source.name}}, static_cast<double>(source.failures));
  }
  out->Begin("evenkeel_source_last_success_timestamp_seconds", "gauge", "When a source was read last.");
  for (const SourceStatus& source : status.sources) {
    if (source.last_success) out->Add({{"source", source.name}}, static_cast<double>(*source.last_success));
  }
}

void AddOutputs(const LiveStatus& status, Exposition* out) {
  out->Begin("evenkeel_apply_failures_total", "counter", "Times that shares could not be applied.");
  for (const OutputStatus& output : status.outputs) {
    for (const auto& [reason, count] : output.failures) {
      out->Add({{"output", output.name}, {"reason", reason}}, static_cast<double>(count));
    }
  }
  out->Begin("evenkeel_output_agrees", "gauge", "1 where what is read back is what was decided, else 0.");
  for (const OutputStatus& output : status.outputs) out->Add({{"output", output.name}}, output.agrees ? 1.0 : 0.0);
  out->Begin("evenkeel_output_last_applied_timestamp_seconds", "gauge", "When shares were applied last.");
  for (const OutputStatus& output : status.outputs) {
    if (output.last_applied) out->Add({{"output", output.name}}, static_cast<double>(*output.last_applied));
  }
}

void AddDurations(const DurationHistogram& histogram, Exposition* out) {
  out->Begin("evenkeel_decide_duration_seconds", "histogram", "How long decisions took.");
  std::int64_t below = 0;
  for (std::size_t b = 0; b < histogram.upper.size(); ++b) {
    below += histogram.counts.at(b);
    out->Add({{"le", fmt::format("{}", histogram.upper[b])}}, static_cast<double>(below), "_bucket");
  }
  if (histogram.counts.size() > histogram.upper.size()) below += histogram.counts.back();
  out->Add({{"le", "+Inf"}}, static_cast<double>(below), "_bucket");
  out->Add({}, histogram.sum, "_sum");
  out->Add({}, static_cast<double>(below), "_count");
}

}  // namespace

std::string MetricsText(const LiveStatus& status) {
  Exposition out;
  out.Begin("evenkeel_build_info", "gauge", "1, with the version of evenkeel as a label.");
  out.Add({{"version", status.version}}, 1.0);
  out.Begin("evenkeel_mode", "gauge", "1 for the mode that evenkeel is in: shadow, canary or active.");
  for (int mode = 0; mode < kNumLiveModes; ++mode) {
    out.Add({{"mode", kLiveModeNames[mode]}}, static_cast<int>(status.mode) == mode ? 1.0 : 0.0);
  }
  AddShares(status, status.decided, "evenkeel_decided_share_ratio",
            "Part of a gateway's workload that was decided to go to a region.", &out);
  AddShares(status, status.applied, "evenkeel_applied_share_ratio",
            "Part of a gateway's workload that the balancer was told to send to a region.", &out);
  AddShares(status, status.realised, "evenkeel_realised_share_ratio",
            "Part of a gateway's workload that a region has served.", &out);
  AddGuarantee(status, &out);
  AddRegions(status, &out);
  AddWork(status, &out);
  AddReadings(status, &out);
  AddSources(status, &out);
  AddOutputs(status, &out);
  AddDurations(status.decide_seconds, &out);
  out.Single("evenkeel_journal_failures_total", "counter", "Times that the journal could not be written.",
             static_cast<double>(status.journal_failures));
  out.Begin("evenkeel_degraded", "gauge", "1 for each reason why evenkeel works less well than it could.");
  std::set<std::string> reasons;
  for (const Remark& remark : status.degraded) reasons.insert(remark.word);
  for (const std::string& reason : reasons) out.Add({{"reason", reason}}, 1.0);
  out.Single("evenkeel_ready", "gauge", "1 while /readyz says 200, else 0.", status.not_ready.empty() ? 1.0 : 0.0);
  out.Single("evenkeel_status_timestamp_seconds", "gauge", "When these values were put together.",
             static_cast<double>(status.as_of));
  return std::move(out).text();
}

}  // namespace evenkeel
