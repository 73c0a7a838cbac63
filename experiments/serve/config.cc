#include "experiments/serve/config.h"

#include <algorithm>

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
  section.Fail(entry, fmt::format("names {} {}, which the network does not have{}", what, name, DidYouMean(name, names)));
}

constexpr const char* kSource = "source ";
constexpr const char* kHaproxy = "haproxy ";

void CheckSections(const IniFile& file) {
  for (const IniEntry& entry : file.entries) {
    const std::string& section = entry.section;
    if (section.empty() || section == "agent" || section == "weights-file" || section == "http" ||
        section.rfind(kSource, 0) == 0 || section.rfind(kHaproxy, 0) == 0)
      continue;
    file.Fail(entry.line, fmt::format("unknown section [{}], expected [source NAME], [haproxy NAME], [agent], "
                                      "[weights-file] or [http]",
                                      section));
  }
}

bool HasSection(const IniFile& file, const std::string& name) {
  return std::any_of(file.entries.begin(), file.entries.end(),
                     [&](const IniEntry& entry) { return entry.section == name; });
}

}  // namespace

int RegionOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network) {
  return IndexOf(section, entry, name, network.regions, "region");
}

int GatewayOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network) {
  return IndexOf(section, entry, name, network.gateways, "gateway");
}

ServiceSetup MakeServiceSetup(const IniFile& file) {
  CheckSections(file);
  ServiceSetup setup;
  IniSection head(file, "");
  setup.engine = MakeEngineOptions(file, &head);
  const Network& network = setup.engine.network;
  setup.canary = MakeCanaryOptions(&head, network);
  head.CheckNothingIsLeft();
  std::vector<const Source*> sources;
  for (const std::string& name : file.SectionsOf(kSource)) {
    IniSection section(file, name);
    setup.sources.push_back(MakeSource(file, &section, network));
    section.CheckNothingIsLeft();
    sources.push_back(setup.sources.back().source.get());
  }
  CheckCarbonKinds(sources);
  for (const std::string& name : file.SectionsOf(kHaproxy)) {
    IniSection section(file, name);
    setup.balancers.push_back(MakeBalancer(file, &section, network));
    section.CheckNothingIsLeft();
  }
  IniSection agent(file, "agent"), weights(file, "weights-file"), http(file, "http");
  if (HasSection(file, "agent")) setup.agent = MakeAgent(&agent, network);
  if (HasSection(file, "weights-file")) setup.weights_file = MakeWeightsFile(&weights);
  setup.server = MakeServerOptions(&http, &setup.api);
  for (IniSection* section : {&agent, &weights, &http}) section->CheckNothingIsLeft();
  return setup;
}

}  // namespace evenkeel
