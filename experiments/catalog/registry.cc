#include "experiments/catalog/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

std::string EntryText(const Entry& entry) {
  const char* mark = entry.clairvoyant ? " *" : entry.test_advice ? " !" : "";
  std::string text = fmt::format("  {:<18}{}\n", entry.name + mark, entry.description);
  for (const ParameterInfo& parameter : entry.parameters) {
    const std::string given = parameter.default_value.empty() ? "must be given" : "default " + parameter.default_value;
    text += fmt::format("  {:<18}  {}: {}; {}, {}\n", "", parameter.name, parameter.description,
                        DescribeAllowed(parameter), given);
  }
  return text;
}

/// A file where a name is wanted is most likely a program of the user's.
std::string UnknownHint(const std::string& name, const std::vector<std::string>& known) {
  const bool has_programs = std::find(known.begin(), known.end(), "process") != known.end();
  if (has_programs && name.find_first_of("./") != std::string::npos)
    return fmt::format(", a program of yours is process(command=\"/usr/bin/python3 {}\")", name);
  return DidYouMean(name, known);
}

}  // namespace

std::string KindName(Kind kind) {
  switch (kind) {
    case Kind::kPolicy:
      return "policy";
    case Kind::kPredictor:
      return "predictor";
    case Kind::kNetwork:
      return "network";
    case Kind::kError:
      return "error";
    case Kind::kEvent:
      return "event";
    case Kind::kRelease:
      break;
  }
  return "release rule";
}

std::vector<const Entry*> EntriesOf(const Registry& registry, Kind kind) {
  std::vector<const Entry*> entries;
  for (const Entry& entry : registry.entries) {
    if (entry.kind() == kind) entries.push_back(&entry);
  }
  return entries;
}

const Entry& FindEntry(const Registry& registry, Kind kind, const std::string& name) {
  std::vector<std::string> known;
  for (const Entry* entry : EntriesOf(registry, kind)) {
    if (entry->name == name) return *entry;
    known.push_back(entry->name);
  }
  const std::string hint = UnknownHint(name, known);
  if (kind == Kind::kNetwork)
    throw InputError("\"{}\" cannot be trained{} (can be: {})", name, hint, fmt::join(known, ", "));
  throw InputError("unknown {} \"{}\"{} (known: {})", KindName(kind), name, hint, fmt::join(known, ", "));
}

std::string EntriesText(const Registry& registry, Kind kind) {
  std::string text;
  for (const Entry* entry : EntriesOf(registry, kind)) text += EntryText(*entry);
  return text;
}

}  // namespace evenkeel
