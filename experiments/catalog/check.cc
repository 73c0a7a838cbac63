#include "experiments/catalog/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/catalog/forecast.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

template <typename Info>
std::vector<std::string> NamesOf(const std::vector<Info>& infos) {
  std::vector<std::string> names;
  for (const Info& info : infos) names.push_back(info.name);
  return names;
}

template <typename Info>
const Info* FindByName(const std::vector<Info>& infos, const std::string& name) {
  const auto found = std::find_if(infos.begin(), infos.end(), [&](const Info& info) { return info.name == name; });
  return found == infos.end() ? nullptr : &*found;
}

bool IsInRange(const ParameterInfo& parameter, double value) {
  const bool above = parameter.above_low ? value > parameter.low : value >= parameter.low;
  return above && value <= parameter.high && value < kInfinity;
}

bool IsAllowed(const ParameterInfo& parameter, const Spec& value) {
  if (parameter.kind == ParameterKind::kPolicy || parameter.kind == ParameterKind::kForecast) return true;
  if (!value.parameters.empty() || value.name.empty()) return false;
  switch (parameter.kind) {
    case ParameterKind::kNumber: {
      const std::optional<double> number = ParseNumber(value.name);
      return number && IsInRange(parameter, *number);
    }
    case ParameterKind::kInteger: {
      const std::optional<std::int64_t> integer = ParseInteger(value.name);
      return integer && IsInRange(parameter, static_cast<double>(*integer));
    }
    case ParameterKind::kWord:
      return std::count(parameter.words.begin(), parameter.words.end(), value.name) > 0;
    default:
      return true;
  }
}

void CheckValue(const std::vector<PolicyInfo>& catalog, const std::string& kind, const std::string& owner,
                const ParameterInfo& parameter, const Spec& value) {
  if (!IsAllowed(parameter, value)) {
    throw InputError("{} \"{}\": parameter \"{}\" is {}, allowed is a {}", kind, owner, parameter.name, ToString(value),
                     DescribeAllowed(parameter));
  }
  if (parameter.kind == ParameterKind::kPolicy) CheckSpec(catalog, value);
  if (parameter.kind == ParameterKind::kForecast) CheckForecastSpec(value);
}

void CheckParameterNames(const std::string& kind, const std::vector<ParameterInfo>& parameters, const Spec& spec) {
  const std::vector<std::string> known = NamesOf(parameters);
  for (const auto& [name, value] : spec.parameters) {
    if (std::count(known.begin(), known.end(), name) > 0) continue;
    if (known.empty()) throw InputError("{} \"{}\" has no parameters, but \"{}\" is given", kind, spec.name, name);
    throw InputError("{} \"{}\": unknown parameter \"{}\"{} (known: {})", kind, spec.name, name,
                     DidYouMean(name, known), fmt::join(known, ", "));
  }
}

}  // namespace

std::string DescribeAllowed(const ParameterInfo& parameter) {
  const char bracket = parameter.above_low ? '(' : '[';
  switch (parameter.kind) {
    case ParameterKind::kNumber:
    case ParameterKind::kInteger: {
      const char* kind = parameter.kind == ParameterKind::kNumber ? "number" : "integer";
      if (parameter.high == kInfinity)
        return fmt::format("{} {} {:g}", kind, parameter.above_low ? ">" : ">=", parameter.low);
      return fmt::format("{} in {}{:g}, {:g}]", kind, bracket, parameter.low, parameter.high);
    }
    case ParameterKind::kWord:
      return fmt::format("word: {}", fmt::join(parameter.words, ", "));
    case ParameterKind::kText:
      return "word or quoted text";
    case ParameterKind::kPath:
      if (!parameter.words.empty()) return fmt::format("word: {}, or path of a file", fmt::join(parameter.words, ", "));
      return "path of a file";
    case ParameterKind::kForecast:
      return "predictor";
    case ParameterKind::kPolicy:
      break;
  }
  return "policy";
}

CheckedSpec CheckSpec(const std::vector<PolicyInfo>& catalog, const Spec& spec) {
  CheckedSpec checked;
  checked.info = FindByName(catalog, spec.name);
  if (checked.info == nullptr) {
    const std::vector<std::string> known = NamesOf(catalog);
    throw InputError("unknown policy \"{}\"{} (known: {})", spec.name, DidYouMean(spec.name, known),
                     fmt::join(known, ", "));
  }
  checked.arguments = CheckParameters("policy", checked.info->parameters, spec, catalog);
  return checked;
}

PolicyArguments CheckParameters(const std::string& kind, const std::vector<ParameterInfo>& parameters, const Spec& spec,
                                const std::vector<PolicyInfo>& catalog) {
  CheckParameterNames(kind, parameters, spec);
  PolicyArguments arguments;
  for (const ParameterInfo& parameter : parameters) {
    const auto given = std::find_if(spec.parameters.begin(), spec.parameters.end(),
                                    [&](const auto& named) { return named.first == parameter.name; });
    if (given == spec.parameters.end() && parameter.default_value.empty()) {
      throw InputError("{} \"{}\": parameter \"{}\" ({}) must be given, a {}", kind, spec.name, parameter.name,
                       parameter.description, DescribeAllowed(parameter));
    }
    const Spec value = given == spec.parameters.end() ? ParseSpec(parameter.default_value) : given->second;
    CheckValue(catalog, kind, spec.name, parameter, value);
    arguments[parameter.name] = value;
  }
  return arguments;
}

ParameterInfo Parameter(ParameterKind kind, std::string name, std::string default_value, std::string description,
                        double low, double high) {
  ParameterInfo info;
  info.name = std::move(name);
  info.kind = kind;
  info.default_value = std::move(default_value);
  info.description = std::move(description);
  info.low = low;
  info.high = high;
  return info;
}

double NumberArgument(const PolicyArguments& arguments, const std::string& name) {
  const std::optional<double> value = ParseNumber(arguments.at(name).name);
  EVENKEEL_CHECK(value.has_value());
  return *value;
}

std::vector<std::string> FilesOf(const Spec& spec) {
  std::vector<std::string> files;
  const PolicyInfo* info = FindByName(Catalog(), spec.name);
  if (info == nullptr) return files;
  for (const auto& [name, value] : spec.parameters) {
    const ParameterInfo* parameter = FindByName(info->parameters, name);
    if (parameter == nullptr) continue;
    const bool word = std::count(parameter->words.begin(), parameter->words.end(), value.name) > 0;
    if (parameter->kind == ParameterKind::kPath && !word) files.push_back(value.name);
    const bool policy = parameter->kind == ParameterKind::kPolicy;
    if (!policy && parameter->kind != ParameterKind::kForecast) continue;
    for (std::string& file : policy ? FilesOf(value) : FilesOfForecast(value)) files.push_back(std::move(file));
  }
  return files;
}

bool IsClairvoyant(const Spec& spec) {
  const CheckedSpec checked = CheckSpec(Catalog(), spec);
  if (checked.info->clairvoyant) return true;
  return std::any_of(checked.info->parameters.begin(), checked.info->parameters.end(),
                     [&](const ParameterInfo& parameter) {
                       const Spec& value = checked.arguments.at(parameter.name);
                       if (parameter.kind == ParameterKind::kForecast) return IsClairvoyantForecast(value);
                       return parameter.kind == ParameterKind::kPolicy && IsClairvoyant(value);
                     });
}

std::string EntryText(const std::string& name, const std::string& description,
                      const std::vector<ParameterInfo>& parameters) {
  std::string text = fmt::format("  {:<18}{}\n", name, description);
  for (const ParameterInfo& parameter : parameters) {
    const std::string given = parameter.default_value.empty() ? "must be given" : "default " + parameter.default_value;
    text += fmt::format("  {:<18}  {}: {}; {}, {}\n", "", parameter.name, parameter.description,
                        DescribeAllowed(parameter), given);
  }
  return text;
}

std::string CatalogText() {
  std::string text =
      "Policies (SPEC is NAME or NAME(PARAMETER=VALUE,...); * looks into the future: for experiments; ! test advice, "
      "to try "
      "out\nguarantees with):\n";
  for (const PolicyInfo& info : Catalog()) {
    const char* mark = info.clairvoyant ? " *" : info.test_advice ? " !" : "";
    text += EntryText(info.name + mark, info.description, info.parameters);
  }
  return text + "\n" + ForecastCatalogText();
}

}  // namespace evenkeel
