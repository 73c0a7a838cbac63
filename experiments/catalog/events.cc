// Events in the world, as specs; models/slots/scenario.h says what each does.
//
//   outage(region=Texas,from=2022-09-25T00:00,to=2022-09-26T00:00)
//   surge(gateway=all,factor=1.5,from=2022-09-25T00:00,to=2022-09-26T00:00)
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/catalog/entries.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

constexpr double kLargestFactor = 1e3;

ParameterInfo TextParameter(std::string name, std::string default_value, std::string description) {
  return Parameter(ParameterKind::kText, std::move(name), std::move(default_value), std::move(description));
}

std::vector<ParameterInfo> EventParameters(ParameterInfo place, ParameterInfo factor) {
  return {std::move(place), TextParameter("from", "", "first slot's start, UTC"), TextParameter("to", "", "end, UTC"),
          std::move(factor)};
}

template <typename Node>
int PlaceOf(const char* event, const char* kind, const std::string& name, const std::vector<Node>& nodes) {
  if (name == "all") return -1;
  std::vector<std::string> known;
  for (const Node& node : nodes) known.push_back(node.name);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found != known.end()) return static_cast<int>(found - known.begin());
  throw InputError("event \"{}\": unknown {} \"{}\"{} (known: {})", event, kind, name, DidYouMean(name, known),
                   fmt::join(known, ", "));
}

std::int64_t TimeOf(const char* event, const Arguments& arguments, const std::string& name) {
  const std::string& text = arguments.at(name).name;
  const std::optional<std::int64_t> time = ParseUtc(text);
  if (!time) throw InputError("event \"{}\": {} is \"{}\", expected a UTC time", event, name, text);
  return *time;
}

ScenarioEvent MakeEvent(const char* name, EventKind kind, int place, double factor, const Arguments& arguments) {
  const ScenarioEvent event{kind, place, factor, TimeOf(name, arguments, "from"), TimeOf(name, arguments, "to")};
  if (event.from >= event.to) throw InputError("event \"{}\": it ends before it begins", name);
  return event;
}

ScenarioEvent MakeOutage(const Network& network, const Arguments& arguments) {
  const int region = PlaceOf("outage", "region", arguments.at("region").name, network.regions);
  return MakeEvent("outage", EventKind::kOutage, region, NumberArgument(arguments, "capacity"), arguments);
}

ScenarioEvent MakeSurge(const Network& network, const Arguments& arguments) {
  const int gateway = PlaceOf("surge", "gateway", arguments.at("gateway").name, network.gateways);
  return MakeEvent("surge", EventKind::kSurge, gateway, NumberArgument(arguments, "factor"), arguments);
}

}  // namespace

std::vector<Entry> EventEntries() {
  return {
      {"outage", "a region's capacity times a share",
       EventParameters(TextParameter("region", "", "where"),
                       NumberParameter("capacity", "0", "share of the capacity that is left", 0.0, 1.0)),
       MakeOutage},
      {"surge", "a gateway's demand times a factor",
       EventParameters(TextParameter("gateway", "all", "where"),
                       NumberParameter("factor", "", "times the demand", 0.0, kLargestFactor)),
       MakeSurge},
  };
}

}  // namespace evenkeel
