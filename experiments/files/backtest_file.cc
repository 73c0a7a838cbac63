#include "experiments/files/backtest_file.h"

#include "models/base/atomic_file.h"
#include "models/files/hdf5_writer.h"

namespace evenkeel {
namespace {

void WriteFigures(const std::string& name, const std::string& axis, const BacktestSignal& signal,
                  const RowMatrix& figures, Hdf5Writer* file) {
  file->AddField(
      {name, {axis, "figure"}, "1", "forecast errors of " + signal.name + " by " + axis, Hdf5Field::Type::kFloat64});
  file->WriteAll(name, figures.data());
  file->SetAttribute(name, "signal_units", signal.unit);
  file->SetAttribute(name, "rest_mae", signal.rest_mae);
  file->SetAttribute(name, "seasonal_naive_rest_mae", signal.seasonal_naive_rest_mae);
}

}  // namespace

void WriteBacktest(const BacktestTable& table, const std::string& path) {
  AtomicFile target(path);
  Hdf5Writer file(target.temporary_path(), path);
  file.SetAttribute("", "Conventions", std::string("CF-1.8"));
  file.SetAttribute("", "schema", std::string("evenkeel-backtest"));
  file.SetAttribute("", "schema_version", std::int64_t{kBacktestSchemaVersion});
  file.SetAttribute("", "trace", table.trace);
  file.SetAttribute("", "predictor", table.predictor);
  file.SetAttribute("", "command", table.command);
  file.SetAttribute("", "generator", table.generator);
  file.AddLabels("figure", "figure", {kBacktestFigures.begin(), kBacktestFigures.end()});
  file.AddLabels("region", "region (data center)", table.regions);
  file.AddLabels("gateway", "gateway (user region)", table.gateways);
  std::vector<std::string> steps;
  for (Eigen::Index k = 0; !table.signals.empty() && k < table.signals[0].by_horizon.rows(); ++k)
    steps.push_back(std::to_string(k + 1));
  file.AddLabels("horizon", "steps ahead", steps);
  for (const BacktestSignal& signal : table.signals) {
    WriteFigures(signal.name + "_by_horizon", "horizon", signal, signal.by_horizon, &file);
    WriteFigures(signal.name + "_by_place", signal.by_region ? "region" : "gateway", signal, signal.by_place, &file);
  }
  file.Close();
  target.Commit();
}

}  // namespace evenkeel
