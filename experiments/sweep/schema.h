// The numbers that a sweep's results have of every cell.
#pragma once

#include <string>
#include <vector>

#include "experiments/sweep/plan.h"

namespace evenkeel {

/// A number that every cell has; NaN where it does not apply.
struct SweepColumn {
  std::string name;
  std::string units;
  std::string long_name;
};

/// A group of loads that cells have, by region or by gateway.
struct SweepLoads {
  std::string name;  ///< dataset: carbon_load, .., region_cost, region_workload
  std::string units;
  std::string long_name;
  bool by_region = true;
};

/// What a cell's numbers are: `columns` in their order, then every one of `loads` over all `regions` or `gateways`,
/// those of other traces NaN.
struct SweepSchema {
  std::vector<SweepColumn> columns;
  std::vector<SweepLoads> loads;
  std::vector<std::string> regions, gateways;  ///< of all traces, in the order in which they are first met

  std::size_t num_values() const;
};

SweepSchema MakeSweepSchema(const SweepPlan& plan);

/// A cell's numbers, filled by the names of the schema; NaN until then.
class SweepRow {
 public:
  /// `schema` must outlive this.
  explicit SweepRow(const SweepSchema& schema);

  void Set(const std::string& name, double value);
  /// Loads of `places`, which are regions or gateways of the schema.
  void SetLoads(const std::string& name, const std::vector<std::string>& places, const Vector& loads);

  const std::vector<double>& values() const { return values_; }

 private:
  const SweepSchema& schema_;
  std::vector<double> values_;
};

}  // namespace evenkeel
