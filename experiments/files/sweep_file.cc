#include "experiments/files/sweep_file.h"

#include <cmath>

#include "models/base/atomic_file.h"
#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/files/hdf5_writer.h"

namespace evenkeel {
namespace {

using Type = Hdf5Field::Type;

/// Empty for NaN: what pandas and R read as missing.
std::string NumberText(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string HeaderLine(const SweepTable& table) {
  std::string line = "cell";
  for (const SweepTexts& column : table.texts) line += "," + column.name;
  for (const SweepNumbers& column : table.numbers) line += "," + column.name;
  for (const SweepPlaces& group : table.places) {
    for (const std::string& place : group.by_region ? table.regions : table.gateways) {
      line += "," + CsvField(fmt::format("{}[{}]", group.name, place));
    }
  }
  return line + "\n";
}

std::string CsvRow(const SweepTable& table, int cell) {
  std::string line = std::to_string(cell);
  for (const SweepTexts& column : table.texts) line += "," + CsvField(column.values[cell]);
  for (const SweepNumbers& column : table.numbers) line += "," + NumberText(column.values[cell]);
  for (const SweepPlaces& group : table.places) {
    for (Eigen::Index b = 0; b < group.values.cols(); ++b) line += "," + NumberText(group.values(cell, b));
  }
  return line + "\n";
}

}  // namespace

void WriteSweep(const SweepTable& table, const std::string& path) {
  AtomicFile target(path);
  Hdf5Writer file(target.temporary_path(), path);
  file.SetAttribute("", "Conventions", std::string("CF-1.8"));
  file.SetAttribute("", "schema", std::string("evenkeel-sweep"));
  file.SetAttribute("", "schema_version", std::int64_t{kSweepSchemaVersion});
  file.SetAttribute("", "title", table.title);
  file.SetAttribute("", "command", table.command);
  file.SetAttribute("", "generator", table.generator);
  file.SetAttribute("", "config", table.config);
  std::vector<std::string> cells;
  for (int cell = 0; cell < table.num_cells; ++cell) cells.push_back(std::to_string(cell));
  file.AddLabels("cell", "cell of the grid", cells);
  file.AddLabels("region", "region (data center)", table.regions);
  file.AddLabels("gateway", "gateway (user region)", table.gateways);
  for (const SweepTexts& column : table.texts) file.AddTexts(column.name, "cell", column.long_name, column.values);
  for (const SweepNumbers& column : table.numbers) {
    file.AddField({column.name, {"cell"}, column.units, column.long_name, Type::kFloat64});
    file.WriteAll(column.name, column.values.data());
  }
  for (const SweepPlaces& group : table.places) {
    file.AddField(
        {group.name, {"cell", group.by_region ? "region" : "gateway"}, group.units, group.long_name, Type::kFloat64});
    file.WriteAll(group.name, group.values.data());
  }
  file.Close();
  target.Commit();
}

void WriteSweepCsv(const SweepTable& table, const std::string& path) {
  AtomicFile file(path);
  file.Write(HeaderLine(table));
  for (int cell = 0; cell < table.num_cells; ++cell) file.Write(CsvRow(table, cell));
  file.Commit();
}

}  // namespace evenkeel
