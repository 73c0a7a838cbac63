#include "experiments/catalog/errors.h"

#include <algorithm>
#include <optional>

#include "experiments/catalog/entries.h"
#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

constexpr const char* kBegin = "begin";

Entry ErrorEntry(const std::string& kind, std::string description) {
  const auto make = [kind](const Arguments& arguments) {
    const SignalError error = MakeSignalError(kind, arguments);
    const auto demand = static_cast<std::size_t>(Signal::kDemand);
    if (error.signals[demand] && !error.signals[demand + 1]) {
      throw InputError("error \"{}\": parameter \"signals\" is demand, but a slot's demand is known when it is decided",
                       kind);
    }
    return error;
  };
  return {kind, std::move(description), ErrorParameters(), make};
}

}  // namespace

std::vector<ParameterInfo> ErrorParameters() {
  std::vector<std::string> signals = {"all"};
  signals.insert(signals.end(), std::begin(kSignalNames), std::end(kSignalNames));
  return {
      NumberParameter("level", "0.1", "how much; whole slots for lag and stale", 0.0, 1e4),
      IntegerParameter("seed", "1", "of the draws", 0.0, 9e15),
      WordParameter("signals", "what is disturbed", std::move(signals)),
      Parameter(ParameterKind::kText, "from", kBegin, "UTC time of the first slot, or forecast, that is disturbed")};
}

SignalError MakeSignalError(const std::string& kind, const Arguments& arguments) {
  SignalError error;
  const auto found = std::find(std::begin(kErrorKindNames), std::end(kErrorKindNames), kind);
  EVENKEEL_CHECK(found != std::end(kErrorKindNames));
  error.kind = static_cast<ErrorKind>(found - std::begin(kErrorKindNames));
  error.level = NumberArgument(arguments, "level");
  error.seed = static_cast<std::uint64_t>(NumberArgument(arguments, "seed"));
  if (arguments.values.count("growth") > 0) error.growth = NumberArgument(arguments, "growth");
  const std::string& signals = arguments.at("signals").name;
  for (std::size_t s = 0; s < kNumSignals; ++s) error.signals[s] = signals == "all" || signals == kSignalNames[s];
  const std::string& from = arguments.at("from").name;
  if (from != kBegin) {
    const std::optional<std::int64_t> time = ParseUtc(from);
    if (!time) throw InputError("error \"{}\": from is \"{}\", expected a UTC time or {}", kind, from, kBegin);
    error.from = *time;
  }
  CheckSignalError(error);
  return error;
}

std::vector<Entry> ErrorEntries() {
  return {ErrorEntry("gaussian", "each value times 1 + level z, z standard normal"),
          ErrorEntry("bias", "each value times 1 + level"),
          ErrorEntry("ar1", "each value times 1 + level a, a normal and correlated from slot to slot"),
          ErrorEntry("lag", "the value that many slots before"),
          ErrorEntry("swap", "that share of the regions, or gateways, have each other's values"),
          ErrorEntry("adversarial", "mirrored at the mean by that share: the cleanest region looks dirtiest"),
          ErrorEntry("stale", "forecasts: the last value for that many steps; observations: read as rarely"),
          ErrorEntry("dropout", "that share of the values is missing, the one before serves again")};
}

}  // namespace evenkeel
