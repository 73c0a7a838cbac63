// Results of a sweep on disk: HDF5, schema version 1 (docs/sweep_format.md), and CSV. One row per cell; nothing in it
// depends on when or where or how often the sweep was run.
#pragma once

#include <string>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

inline constexpr int kSweepSchemaVersion = 1;

struct SweepTexts {
  std::string name;
  std::string long_name;
  std::vector<std::string> values;  ///< [cells]
};

struct SweepNumbers {
  std::string name;
  std::string units;
  std::string long_name;
  Vector values;  ///< [cells], NaN where it does not apply
};

struct SweepPlaces {
  std::string name;
  std::string units;
  std::string long_name;
  bool by_region = true;  ///< else by gateway
  RowMatrix values;       ///< [cells x regions or gateways], NaN where a cell's trace has no such place
};

struct SweepTable {
  std::string title;
  std::string command;
  std::string generator;  ///< program and version
  std::string config;     ///< text of the file that describes the sweep
  std::vector<SweepTexts> texts;
  std::vector<SweepNumbers> numbers;
  std::vector<SweepPlaces> places;
  std::vector<std::string> regions, gateways;
  int num_cells = 0;
};

/// Both write under a temporary name, sync and rename. Throw InputError.
void WriteSweep(const SweepTable& table, const std::string& path);
/// A line per cell, with a column per text, number, and number of every place (`carbon_load[Texas]`).
void WriteSweepCsv(const SweepTable& table, const std::string& path);

}  // namespace evenkeel
