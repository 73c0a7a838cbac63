// The laws of predictors/forecast/forecaster.h for a TorchScript module.
#include "predictors/process/module_forecaster.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "models/generate/trace.h"
#include "models/world/trace.h"
#include "predictors/learning/script.h"
#include "tests/reference/paths.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

constexpr int kSlots = 24 * 40;

/// Every signal from slot `changed` on is another one.
History MakeHistory(int changed = kSlots) {
  GeneratorOptions options;
  options.regions = 3;
  options.gateways = 2;
  options.slots = kSlots;
  const Trace trace = GenerateTrace(options);
  const auto source = MakeSlotSource(trace);
  History history;
  Slot slot;
  for (int t = 0; t < kSlots; ++t) {
    source->Read(t, &slot);
    if (t >= changed) {
      for (Vector* signal : {&slot.demand, &slot.price, &slot.carbon_intensity, &slot.water_intensity})
        *signal = *signal * 3.0 + Vector::Constant(signal->size(), 1.0);
    }
    history.Append(slot);
  }
  return history;
}

/// The documented example, made once in every process: ctest runs several at a time.
std::string Example() {
  static const TemporaryDirectory folder;
  static const std::string path = [] {
    const std::string file = folder / "example.pt";
    const std::string command =
        "/usr/bin/python3 -W ignore " + SourcePath("experiments/torchscript_example.py") + " '" + file + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return file;
  }();
  return path;
}

bool SameBits(const RowMatrix& a, const RowMatrix& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

TEST(Script, F1NothingAfterTheViewIsSeen) {
  const History history = MakeHistory();
  for (int n : {100, 168, 500}) {
    const auto used = MakeTrustedScript(Example(), 168), fresh = MakeTrustedScript(Example(), 168);
    Forecast(*used, HistoryView(history, 900), 30);
    const History changed = MakeHistory(n), before = MakeHistory(n - 1);
    const RowMatrix forecast = Forecast(*used, HistoryView(history, n), 100);
    EXPECT_TRUE(SameBits(forecast, Forecast(*fresh, HistoryView(changed, n), 100))) << n;
    EXPECT_FALSE(SameBits(forecast, Forecast(*fresh, HistoryView(before, n), 100))) << "the last slot counts";
  }
}

TEST(Script, F2EveryHorizonIsServedFromOneSlotOn) {
  const History history = MakeHistory();
  const auto forecaster = MakeTrustedScript(Example(), 168);
  for (int n : {1, 2, 167, 168, kSlots}) {
    for (int horizon : {0, 1, 24, 25, 744})
      EXPECT_TRUE(Forecast(*forecaster, HistoryView(history, n), horizon).allFinite()) << n << " " << horizon;
  }
}

TEST(Script, InAProcessOfItsOwnItForecastsTheSame) {
  const History history = MakeHistory();
  const auto inside = MakeTrustedScript(Example(), 168);
  const auto apart = MakeModuleForecaster(Example(), 168, {{"g0", "g1"}, {"r0", "r1", "r2"}, 1.0});
  EXPECT_EQ(apart->SlotsNeeded(24), 168);
  for (int n : {1, 167, 168, 900, 500, kSlots}) {
    for (int horizon : {0, 1, 24, 100}) {
      const HistoryView view(history, n);
      EXPECT_TRUE(SameBits(Forecast(*inside, view, horizon), Forecast(*apart, view, horizon))) << n << " " << horizon;
    }
  }
}

}  // namespace
}  // namespace evenkeel
