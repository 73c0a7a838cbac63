#include "experiments/program/scenario_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/catalog/check.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

constexpr double kLargestFactor = 1e3;

std::vector<ParameterInfo> EventParameters(EventKind kind) {
  const bool outage = kind == EventKind::kOutage;
  return {Parameter(ParameterKind::kText, outage ? "region" : "gateway", outage ? "" : "all", "where"),
          Parameter(ParameterKind::kText, "from", "", "first slot's start, UTC"),
          Parameter(ParameterKind::kText, "to", "", "end, UTC"),
          outage ? Parameter(ParameterKind::kNumber, "capacity", "0", "share of the capacity that is left", 0.0, 1.0)
                 : Parameter(ParameterKind::kNumber, "factor", "", "times the demand", 0.0, kLargestFactor)};
}

template <typename Node>
int PlaceOf(const Spec& spec, const char* kind, const std::string& name, const std::vector<Node>& nodes) {
  if (name == "all") return -1;
  std::vector<std::string> known;
  for (const Node& node : nodes) known.push_back(node.name);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found != known.end()) return static_cast<int>(found - known.begin());
  throw InputError("event \"{}\": unknown {} \"{}\"{} (known: {})", spec.name, kind, name, DidYouMean(name, known),
                   fmt::join(known, ", "));
}

std::int64_t TimeOf(const Spec& spec, const PolicyArguments& arguments, const std::string& name) {
  const std::string& text = arguments.at(name).name;
  const std::optional<std::int64_t> time = ParseUtc(text);
  if (!time) throw InputError("event \"{}\": {} is \"{}\", expected a UTC time", spec.name, name, text);
  return *time;
}

}  // namespace

std::vector<ParameterInfo> ErrorParameters() {
  ParameterInfo signals = Parameter(ParameterKind::kWord, "signals", "all", "what is disturbed");
  signals.words = {"all"};
  for (const char* name : kSignalNames) signals.words.emplace_back(name);
  return {Parameter(ParameterKind::kNumber, "level", "0.1", "how much; whole slots for lag and stale", 0.0, 1e4),
          Parameter(ParameterKind::kInteger, "seed", "1", "of the draws", 0.0, 9e15), signals};
}

SignalError MakeSignalError(const std::string& kind, const PolicyArguments& arguments) {
  SignalError error;
  const auto found = std::find(std::begin(kErrorKindNames), std::end(kErrorKindNames), kind);
  EVENKEEL_CHECK(found != std::end(kErrorKindNames));
  error.kind = static_cast<ErrorKind>(found - std::begin(kErrorKindNames));
  error.level = NumberArgument(arguments, "level");
  error.seed = static_cast<std::uint64_t>(NumberArgument(arguments, "seed"));
  if (arguments.count("growth") > 0) error.growth = NumberArgument(arguments, "growth");
  const std::string& signals = arguments.at("signals").name;
  for (std::size_t s = 0; s < kNumSignals; ++s) error.signals[s] = signals == "all" || signals == kSignalNames[s];
  CheckSignalError(error);
  return error;
}

SignalError ParseSignalError(const Spec& spec) {
  const std::vector<std::string> known(std::begin(kErrorKindNames), std::end(kErrorKindNames));
  if (std::count(known.begin(), known.end(), spec.name) == 0) {
    throw InputError("unknown error \"{}\"{} (known: {})", spec.name, DidYouMean(spec.name, known),
                     fmt::join(known, ", "));
  }
  const SignalError error = MakeSignalError(spec.name, CheckParameters("error", ErrorParameters(), spec));
  const auto demand = static_cast<std::size_t>(Signal::kDemand);
  if (error.signals[demand] && !error.signals[demand + 1]) {
    throw InputError("error \"{}\": parameter \"signals\" is demand, but a slot's demand is known when it is decided",
                     spec.name);
  }
  return error;
}

ScenarioEvent ParseEvent(const Spec& spec, const Network& network) {
  const std::vector<std::string> known = {"outage", "surge"};
  if (std::count(known.begin(), known.end(), spec.name) == 0) {
    throw InputError("unknown event \"{}\"{} (known: outage, surge)", spec.name, DidYouMean(spec.name, known));
  }
  ScenarioEvent event;
  event.kind = spec.name == "outage" ? EventKind::kOutage : EventKind::kSurge;
  const PolicyArguments arguments = CheckParameters("event", EventParameters(event.kind), spec);
  if (event.kind == EventKind::kOutage) {
    event.place = PlaceOf(spec, "region", arguments.at("region").name, network.regions);
    event.factor = NumberArgument(arguments, "capacity");
  } else {
    event.place = PlaceOf(spec, "gateway", arguments.at("gateway").name, network.gateways);
    event.factor = NumberArgument(arguments, "factor");
  }
  event.from = TimeOf(spec, arguments, "from");
  event.to = TimeOf(spec, arguments, "to");
  if (event.from >= event.to) throw InputError("event \"{}\": it ends before it begins", spec.name);
  return event;
}

OptionInfo ObserveOption() {
  return {
      "observe", "ERROR", "",
      "put an error into the prices and intensities that policies see: gaussian, bias, ar1, lag, swap, adversarial, "
      "stale or dropout, for example gaussian(level=0.1,seed=1); costs and footprints are settled without it"};
}

OptionInfo EventOption() {
  OptionInfo option{"event", "EVENT", "",
                    "what happens in the period: outage(region=R,from=TIME,to=TIME,capacity=0) or "
                    "surge(gateway=G,factor=F,from=TIME,to=TIME); may be given several times"};
  option.repeatable = true;
  return option;
}

}  // namespace evenkeel
