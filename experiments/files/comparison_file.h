// Results of a comparison on disk: HDF5, schema version 1. One row per policy on the axis `policy`; the loads of every
// group on an axis of their own, the energy cost on `region`. Unknown ratios are NaN.
#pragma once

#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/world/problem.h"

namespace evenkeel {

inline constexpr int kComparisonSchemaVersion = 1;

struct GroupLoads {
  std::string name;  ///< carbon, water or performance
  std::string unit;  ///< of a load
  double weight = 0.0;
  double norm = kInfinity;
  std::vector<std::string> buckets;
  bool by_region = true;  ///< the buckets are the regions; else the gateways
  RowMatrix load;         ///< [policies x buckets]
};

struct Comparison {
  std::string trace;  ///< path of the trace
  std::string command;
  std::string generator;              ///< program and version
  std::vector<std::string> policies;  ///< specs; the optimum in hindsight is "offline"
  std::vector<std::string> regions;
  double lower_bound =
      std::numeric_limits<double>::quiet_NaN();  ///< certified, of the optimum's J, USD; NaN when unknown
  Vector objective;                              ///< J, [policies], USD
  Vector shift;                                  ///< what is added to J for the ratios, [policies], USD
  Vector ratio;                                  ///< to the optimum, [policies]
  Vector certified_ratio;                        ///< to the certified lower bound, [policies]
  Vector energy_cost;                            ///< [policies], USD
  Vector seconds;                                ///< wall-clock time, [policies]
  RowMatrix region_cost;                         ///< energy cost, [policies x regions], USD
  std::vector<GroupLoads> groups;
};

/// Sized for that many policies, with the problem's names; policies' names still to be filled in.
Comparison EmptyComparison(const Problem& problem, int num_policies);

/// Writes under a temporary name, syncs and renames. Throws InputError.
void WriteComparison(const Comparison& comparison, const std::string& path);

}  // namespace evenkeel
