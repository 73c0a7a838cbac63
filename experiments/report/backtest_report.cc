#include "experiments/report/backtest_report.h"

#include <fmt/format.h>

#include <cmath>

#include "experiments/report/report_text.h"

namespace evenkeel {
namespace {

struct NamedSignal {
  const char* name;
  const char* unit;
};

/// In the order of kSignals.
constexpr NamedSignal kNames[] = {{"demand", "units"}, {"price", "USD/MWh"}, {"carbon", "kg/kWh"}, {"water", "L/kWh"}};

std::string PlaceOf(const BacktestReport& report, std::size_t signal, std::size_t column) {
  const Network& network = report.header.network;
  return kSignals[signal] == Signal::kDemand ? network.gateways[column].name : network.regions[column].name;
}

Json OrNull(double value) { return std::isnan(value) ? Json() : JsonNumber(value); }

Json ErrorsJson(const ForecastErrors& errors) {
  return {{"mae", OrNull(errors.Mae())},
          {"rmse", OrNull(errors.Rmse())},
          {"mape", OrNull(errors.Mape())},
          {"mase", OrNull(errors.Mase())},
          {"pinball", OrNull(errors.Pinball())},
          {"coverage", OrNull(errors.Coverage())},
          {"seasonal_naive_mae", OrNull(errors.NaiveMae())}};
}

std::string Digits(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }
std::string Percent(double value) { return std::isnan(value) ? "-" : fmt::format("{:.1f}", 100.0 * value); }

Vector FiguresOf(const ForecastErrors& errors) {
  Vector figures(kBacktestFigures.size());
  figures << errors.Mae(), errors.Rmse(), errors.Mape(), errors.Mase(), errors.Pinball(), errors.Coverage(),
      errors.NaiveMae();
  return figures;
}

/// Error of the mean over the next days, and of climatology's, signal by signal.
std::string LevelsText(const BacktestReport& report) {
  Table table;
  table.columns = {{"level of the next", "days", {}}};
  for (const NamedSignal& signal : kNames) {
    table.columns.push_back({signal.name, signal.unit, {}});
    table.columns.push_back({"climatology", signal.unit, {}});
  }
  for (std::size_t i = 0; i < report.options.level_days.size(); ++i) {
    if (report.result.signals[0].level[i].count == 0.0) continue;
    table.columns[0].cells.push_back(std::to_string(report.options.level_days[i]));
    for (std::size_t s = 0; s < report.result.signals.size(); ++s) {
      const ForecastErrors& level = report.result.signals[s].level[i];
      table.columns[2 * s + 1].cells.push_back(Digits(level.Mae()));
      table.columns[2 * s + 2].cells.push_back(Digits(level.NaiveMae()));
    }
  }
  return table.columns[0].cells.empty() ? "" : "\n" + ToString(table);
}

Json LevelsJson(const BacktestReport& report, const SignalErrors& errors) {
  Json levels = Json::array();
  for (std::size_t i = 0; i < errors.level.size(); ++i) {
    if (errors.level[i].count == 0.0) continue;
    levels.push_back({{"days", report.options.level_days[i]},
                      {"mae", OrNull(errors.level[i].Mae())},
                      {"climatology_mae", OrNull(errors.level[i].NaiveMae())}});
  }
  return levels;
}

}  // namespace

std::string BacktestText(const BacktestReport& report) {
  Table table;
  table.columns = {{"signal", "", {}},  {"unit", "", {}},    {"MAE", "", {}},     {"naive", "MAE", {}},
                   {"better", "%", {}}, {"RMSE", "", {}},    {"MAPE", "%", {}},   {"MASE", "", {}},
                   {"pinball", "", {}}, {"inside", "%", {}}, {"rest", "MAE", {}}, {"naive", "rest", {}}};
  for (std::size_t s = 0; s < report.result.signals.size(); ++s) {
    const ForecastErrors &all = report.result.signals[s].all, &rest = report.result.signals[s].rest;
    const std::string cells[] = {kNames[s].name,
                                 kNames[s].unit,
                                 Digits(all.Mae()),
                                 Digits(all.NaiveMae()),
                                 Percent(1.0 - all.Mae() / all.NaiveMae()),
                                 Digits(all.Rmse()),
                                 Percent(all.Mape()),
                                 Digits(all.Mase()),
                                 Digits(all.Pinball()),
                                 Percent(all.Coverage()),
                                 Digits(rest.Mae()),
                                 Digits(rest.NaiveMae())};
    for (std::size_t k = 0; k < table.columns.size(); ++k) table.columns[k].cells.push_back(cells[k]);
  }
  return fmt::format("{}: {}{}\n{} of {} steps, one every {} slots{}\n\n", report.trace, report.predictor,
                     report.clairvoyant ? " *" : "", CountText(report.result.origins, "forecast"),
                     report.options.horizon, report.options.every,
                     report.retrain ? fmt::format("; trained anew every {} slots", report.retrain->every) : "") +
         ToString(table) + LevelsText(report) +
         fmt::format(
             "\nnaive: yesterday repeated; inside: truths in the {:.0f} % interval; rest: the mean per time of "
             "day\nover the rest of a period of {} slots; level: MAE of the mean over so many days; climatology: the "
             "mean of the "
             "year before,\nas far as it was seen. Averages over gateways or regions and steps.\n",
             100.0 * report.options.intervals.coverage, report.options.period) +
         (report.clairvoyant ? "* looks into the future: for experiments.\n" : "");
}

Json BacktestJson(const BacktestReport& report) {
  Json signals = Json::object();
  for (std::size_t s = 0; s < report.result.signals.size(); ++s) {
    const SignalErrors& errors = report.result.signals[s];
    Json signal = ErrorsJson(errors.all);
    signal["rest_mae"] = OrNull(errors.rest.Mae());
    signal["seasonal_naive_rest_mae"] = OrNull(errors.rest.NaiveMae());
    signal["level"] = LevelsJson(report, errors);
    signal["by_horizon"] = Json::array();
    for (const ForecastErrors& step : errors.by_horizon) signal["by_horizon"].push_back(OrNull(step.Mae()));
    signal["by_region"] = Json::object();
    for (std::size_t c = 0; c < errors.by_column.size(); ++c)
      signal["by_region"][PlaceOf(report, s, c)] = ErrorsJson(errors.by_column[c]);
    signals[kNames[s].name] = std::move(signal);
  }
  return {{"predictor", report.predictor},
          {"trace", report.trace},
          {"clairvoyant", report.clairvoyant},
          {"origins", report.result.origins},
          {"horizon", report.options.horizon},
          {"every", report.options.every},
          {"retrain", report.retrain ? Json(report.retrain->every) : Json()},
          {"signals", signals}};
}

BacktestTable MakeBacktestTable(const BacktestReport& report, const std::string& command) {
  BacktestTable table;
  table.trace = report.trace;
  table.predictor = report.predictor;
  table.command = command;
  table.generator = "evenkeel " EVENKEEL_VERSION;
  for (const Region& region : report.header.network.regions) table.regions.push_back(region.name);
  for (const Gateway& gateway : report.header.network.gateways) table.gateways.push_back(gateway.name);
  for (std::size_t s = 0; s < report.result.signals.size(); ++s) {
    const SignalErrors& errors = report.result.signals[s];
    const auto rows = [](const std::vector<ForecastErrors>& all) {
      RowMatrix figures(all.size(), kBacktestFigures.size());
      for (std::size_t k = 0; k < all.size(); ++k) figures.row(k) = FiguresOf(all[k]);
      return figures;
    };
    table.signals.push_back({kNames[s].name, kNames[s].unit, kSignals[s] != Signal::kDemand, rows(errors.by_horizon),
                             rows(errors.by_column), errors.rest.Mae(), errors.rest.NaiveMae()});
  }
  return table;
}

}  // namespace evenkeel
