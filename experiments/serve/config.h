// The file that describes a running service (docs/operating.md), and what it makes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "experiments/files/ini_file.h"
#include "live/service/service.h"

namespace evenkeel {

/// Everything that the file says, checked. Files that it names are read: the network's trace, tokens. Throws InputError
/// naming file, line, key, value and what is allowed.
ServiceSetup MakeServiceSetup(const IniFile& file);

// Its parts.
/// The file's head: period, network, objective, policy, mode, state folder.
LiveEngineOptions MakeEngineOptions(IniSection* head);
/// What readings may be, and for how long they are kept.
void ReadReadingLimits(IniSection* head, std::int64_t slot_seconds, ReadingStoreOptions* store);
CanaryOptions MakeCanaryOptions(IniSection* head, LiveMode mode, const Network& network);
/// [source NAME]
SourceSetup MakeSource(IniSection* section, const Network& network);
/// [haproxy NAME]
BalancerSetup MakeBalancer(IniSection* section, const Network& network);
/// [agent], [weights-file], [http]
AgentSetup MakeAgent(IniSection* section, const Network& network);
WeightsFileSetup MakeWeightsFile(IniSection* section);
ServerOptions MakeServerOptions(IniSection* section, ApiOptions* api);

/// NAME of [source NAME]
std::string NameOf(const IniSection& section);
/// `A:B`, split at the first colon; an error that says `form` where there is none.
std::pair<std::string, std::string> PairOf(const IniSection& section, const IniEntry& entry, const char* form);
/// A signal by its name.
LiveSignal SignalOf(const IniSection& section, const IniEntry& entry, const std::string& name);
/// Index of the name; an error of the entry, with the nearest name.
int RegionOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network);
/// Of a gateway or, after the gateways, a class of work that can wait.
int GatewayOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network);
/// Of what has requests; an error of the entry for a class of work.
int FirmGatewayOf(const IniSection& section, const IniEntry& entry, const std::string& name, const Network& network);

}  // namespace evenkeel
