#include "experiments/serve/config.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "models/base/error.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

template <typename Places>
int IndexOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Places& places,
            const char* what) {
  std::vector<std::string> names;
  for (const auto& place : places) {
    if (place.name == name) return static_cast<int>(names.size());
    names.push_back(place.name);
  }
  section.Fail(entry,
               fmt::format("names {} {}, which the network does not have{}", what, name, DidYouMean(name, names)));
}

constexpr const char* kSource = "source ";
constexpr const char* kHaproxy = "haproxy ";
constexpr const char* kOthers[] = {"agent", "weights-file", "http"};

/// Names stand in metrics, journals and messages.
void CheckName(const IniFile& file, const IniHeading& heading, const std::string& name) {
  constexpr const char* kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  constexpr std::size_t kLongest = 64;
  if (name.empty() || name.size() > kLongest || name.find_first_not_of(kAllowed) != std::string::npos)
    file.Fail(heading.line,
              fmt::format("[{}]: expected a name of 1 to {} letters, digits and -_.", heading.name, kLongest));
  if (heading.name == std::string(kSource) + "push")
    file.Fail(heading.line, "[source push]: push is the name of what comes by POST /v1/observations; take another");
}

void CheckHeading(const IniFile& file, const IniHeading& heading) {
  for (const char* prefix : {kSource, kHaproxy}) {
    if (heading.name.rfind(prefix, 0) == 0) return CheckName(file, heading, heading.name.substr(std::strlen(prefix)));
  }
  if (std::find(std::begin(kOthers), std::end(kOthers), heading.name) != std::end(kOthers)) return;
  const std::vector<std::string> known = {"source", "haproxy", "agent", "weights-file", "http"};
  const std::string first = heading.name.substr(0, heading.name.find(' '));
  file.Fail(heading.line, fmt::format("unknown section [{}]{}, expected [source NAME], [haproxy NAME], [agent], "
                                      "[weights-file] or [http]",
                                      heading.name, DidYouMean(first, known)));
}

void CheckSections(const IniFile& file) {
  for (const IniHeading& heading : file.headings) {
    CheckHeading(file, heading);
    const int first = file.Heading(heading.name)->line;
    if (first != heading.line)
      file.Fail(heading.line, fmt::format("[{}] stands twice, first in line {}", heading.name, first));
  }
}

void AddSources(const IniFile& file, ServiceSetup* setup) {
  std::vector<const Source*> sources;
  for (const std::string& name : file.SectionsOf(kSource)) {
    IniSection section(file, name);
    setup->sources.push_back(MakeSource(&section, setup->engine.network));
    section.CheckNothingIsLeft();
    sources.push_back(setup->sources.back().source.get());
    section.OfAll([&] { CheckCarbonKinds(sources); });
  }
}

}  // namespace

int RegionOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network) {
  return IndexOf(section, entry, name, network.regions, "region");
}

int GatewayOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network) {
  return IndexOf(section, entry, name, network.gateways, "gateway");
}

int FirmGatewayOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network) {
  const int gateway = GatewayOf(section, entry, name, network);
  if (gateway >= network.num_firm())
    section.Fail(entry,
                 fmt::format("names {}, a class of work that can wait, expected a gateway, which has requests", name));
  return gateway;
}

std::string NameOf(const IniSection& section) { return section.name().substr(section.name().find(' ') + 1); }

std::pair<std::string, std::string> PairOf(const IniSection& section, const IniEntry& entry, const char* form) {
  const std::size_t colon = entry.value.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == entry.value.size())
    section.Fail(entry, fmt::format("is {}, expected {}", entry.value, form));
  return {entry.value.substr(0, colon), entry.value.substr(colon + 1)};
}

ServiceSetup MakeServiceSetup(const IniFile& file) {
  CheckSections(file);
  ServiceSetup setup;
  IniSection head(file, "");
  setup.engine = MakeEngineOptions(&head);
  const Network& network = setup.engine.network;
  setup.canary = MakeCanaryOptions(&head, setup.engine.mode, network);
  head.CheckNothingIsLeft();
  AddSources(file, &setup);
  for (const std::string& name : file.SectionsOf(kHaproxy)) {
    IniSection section(file, name);
    setup.balancers.push_back(MakeBalancer(&section, network));
    section.CheckNothingIsLeft();
  }
  IniSection agent(file, "agent"), weights(file, "weights-file"), http(file, "http");
  if (file.Heading("agent") != nullptr) setup.agent = MakeAgent(&agent, network);
  if (file.Heading("weights-file") != nullptr) setup.weights_file = MakeWeightsFile(&weights);
  setup.server = MakeServerOptions(&http, &setup.api);
  for (IniSection* section : {&agent, &weights, &http}) section->CheckNothingIsLeft();
  return setup;
}

}  // namespace evenkeel
