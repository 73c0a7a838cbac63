#include "experiments/options/options.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <limits>
#include <sstream>
#include <thread>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/read_file.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

namespace po = boost::program_options;

std::vector<OptionInfo> AllOptions(const CommandInfo& command) {
  std::vector<OptionInfo> all = command.options;
  for (OptionInfo& option : CommonOptions()) all.push_back(std::move(option));
  return all;
}

po::options_description Describe(const CommandInfo& command, bool for_help) {
  constexpr unsigned kLineLength = 110;
  constexpr unsigned kHelpLength = 76;
  po::options_description description("Options", kLineLength, kHelpLength);
  for (const OptionInfo& option : AllOptions(command)) {
    if (option.value.empty()) {
      // bool_switch would show "(=0)" or need a value; in the help a switch is just its name.
      if (for_help) {
        description.add_options()(option.name.c_str(), option.help.c_str());
      } else {
        description.add_options()(option.name.c_str(), po::bool_switch(), option.help.c_str());
      }
    } else if (option.repeatable || option.keyed) {
      auto* value = po::value<std::vector<std::string>>()->value_name(option.value);
      if (option.keyed) value->composing();
      description.add_options()(option.name.c_str(), value, option.help.c_str());
    } else {
      auto* value = po::value<std::string>()->value_name(option.value);
      if (!option.default_value.empty()) value->default_value(option.default_value);
      description.add_options()(option.name.c_str(), value, option.help.c_str());
    }
  }
  return description;
}

[[noreturn]] void ThrowUnknownOption(const CommandInfo& command, std::string name) {
  name.erase(0, name.find_first_not_of('-'));
  name.erase(std::min(name.find('='), name.size()));
  std::vector<std::string> known;
  for (const OptionInfo& option : AllOptions(command)) known.push_back(option.name);
  const std::string near = ClosestMatch(name, known);
  throw InputError("unknown option \"--{}\"{} (see evenkeel {} --help)", name,
                   near.empty() ? "" : fmt::format(", did you mean \"--{}\"?", near), command.name);
}

// Boost's messages, with our words for the two that need more.
template <typename Parse>
po::parsed_options ParseOrThrow(const CommandInfo& command, const std::string& where, const Parse& parse) {
  try {
    return parse();
  } catch (const po::unknown_option& error) {
    try {
      ThrowUnknownOption(command, error.get_option_name());
    } catch (const InputError& unknown) {
      throw InputError("{}{}", where, unknown.what());
    }
  } catch (const po::error& error) {
    throw InputError("{}{}", where, error.what());
  }
}

std::string KeyOf(const std::string& value) { return value.substr(0, value.find_first_of("=:")); }

// Drops the config file's values whose keys the command line gives as well: the command line wins.
void DropOverridden(const OptionInfo& option, const po::parsed_options& line, po::parsed_options* config) {
  std::vector<std::string> keys;
  for (const auto& given : line.options) {
    if (given.string_key != option.name) continue;
    for (const std::string& value : given.value) keys.push_back(KeyOf(value));
  }
  auto is_overridden = [&](const po::option& given) {
    return given.string_key == option.name && !given.value.empty() &&
           std::find(keys.begin(), keys.end(), KeyOf(given.value[0])) != keys.end();
  };
  auto& given = config->options;
  given.erase(std::remove_if(given.begin(), given.end(), is_overridden), given.end());
}

po::parsed_options ParseConfig(const CommandInfo& command, const po::options_description& description,
                               const std::string& path) {
  std::istringstream file(WithoutByteOrderMark(ReadTextFile(path), path));
  po::parsed_options parsed =
      ParseOrThrow(command, path + ": ", [&] { return po::parse_config_file(file, description); });
  for (const auto& given : parsed.options) {
    if (given.string_key == "config" || given.string_key == "help") {
      throw InputError("{}: \"{}\" is for the command line only", path, given.string_key);
    }
  }
  return parsed;
}

std::vector<std::string> TakePositionals(const CommandInfo& command, const po::parsed_options& line) {
  std::vector<std::string> positionals;
  for (const auto& given : line.options) {
    if (given.position_key < 0) continue;
    for (const std::string& value : given.value) {
      if (value.size() > 1 && value[0] == '-' && given.original_tokens.size() == 1 && !ParseNumber(value)) {
        ThrowUnknownOption(command, value);
      }
      positionals.push_back(value);
    }
  }
  const std::size_t wanted = command.positionals.size();
  if (positionals.size() < wanted) {
    throw InputError("{} is missing (see evenkeel {} --help)", command.positionals[positionals.size()], command.name);
  }
  const bool repeats = wanted > 0 && command.positionals.back().back() == '.';
  if (positionals.size() > wanted && !repeats) {
    throw InputError("unexpected argument \"{}\" (see evenkeel {} --help)", positionals[wanted], command.name);
  }
  return positionals;
}

// The value given for --config on the command line, if any.
std::string ConfigPath(const po::parsed_options& line) {
  for (const auto& given : line.options) {
    if (given.string_key == "config" && !given.value.empty()) return given.value[0];
  }
  return "";
}

std::map<std::string, std::vector<std::string>> Collect(const CommandInfo& command,
                                                        const po::variables_map& variables) {
  std::map<std::string, std::vector<std::string>> values;
  for (const OptionInfo& option : AllOptions(command)) {
    if (variables.count(option.name) == 0) continue;
    const po::variable_value& variable = variables[option.name];
    if (option.value.empty()) {
      if (variable.as<bool>()) values[option.name] = {"true"};
    } else if (option.repeatable || option.keyed) {
      values[option.name] = variable.as<std::vector<std::string>>();
    } else {
      values[option.name] = {variable.as<std::string>()};
    }
  }
  return values;
}

}  // namespace

std::vector<OptionInfo> CommonOptions() {
  return {
      {"config", "FILE.ini", "", "options of this command as lines `name = value`; the command line wins"},
      {"seed", "N", "1", "seed of everything that is drawn"},
      {"threads", "N", "0", "worker threads, 0 for all of the machine's; results do not depend on it"},
      {"quiet", "", "", "no progress bar and no notes"},
      {"progress", "WORD", "bar", "bar (on a terminal) or json: lines on standard error for other programs"},
      {"help", "", "", "this text"},
  };
}

OptionInfo JsonOption() { return {"json", "", "", "one JSON document on standard output and nothing else"}; }

Options ParseOptions(const CommandInfo& command, const std::vector<std::string>& arguments) {
  const po::options_description description = Describe(command, false);
  // Abbreviated names would change their meaning with every new option, so there are none.
  const int style = po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
                    po::command_line_style::long_allow_next;
  const po::parsed_options line = ParseOrThrow(
      command, "", [&] { return po::command_line_parser(arguments).options(description).style(style).run(); });
  Options options;
  po::variables_map variables;
  const auto store = [&](const po::parsed_options& parsed) {
    po::store(parsed, variables);
    return parsed;
  };
  ParseOrThrow(command, "", [&] { return store(line); });
  const std::string config_path = ConfigPath(line);
  if (!config_path.empty()) {
    po::parsed_options config = ParseConfig(command, description, config_path);
    for (const OptionInfo& option : command.options) {
      if (option.keyed) DropOverridden(option, line, &config);
    }
    ParseOrThrow(command, config_path + ": ", [&] { return store(config); });
  }
  options.positionals = TakePositionals(command, line);
  options.values = Collect(command, variables);
  return options;
}

std::string HelpText(const CommandInfo& command) {
  std::ostringstream text;
  text << "usage: evenkeel " << command.name;
  for (const std::string& positional : command.positionals) text << ' ' << positional;
  text << " [options]\n\n" << command.summary << "\n\n" << Describe(command, true);
  if (!command.details.empty()) text << '\n' << command.details;
  return text.str();
}

bool HasOption(const Options& options, const std::string& name) { return options.values.count(name) > 0; }

std::vector<std::string> AllValues(const Options& options, const std::string& name) {
  const auto found = options.values.find(name);
  return found == options.values.end() ? std::vector<std::string>() : found->second;
}

std::string TextOption(const Options& options, const std::string& name) {
  const std::vector<std::string> values = AllValues(options, name);
  if (values.empty()) throw InputError("option --{} is required", name);
  if (values.back().empty()) throw InputError("option --{} is empty", name);
  return values.back();
}

double NumberOption(const Options& options, const std::string& name, double low, double high) {
  const std::string text = TextOption(options, name);
  const std::optional<double> value = ParseNumber(text);
  if (!value || *value < low || *value > high) {
    throw InputError("option --{}: \"{}\" is not a number in [{}, {}]", name, text, low, high);
  }
  return *value;
}

std::int64_t IntegerOption(const Options& options, const std::string& name, std::int64_t low, std::int64_t high) {
  const std::string text = TextOption(options, name);
  const std::optional<std::int64_t> value = ParseInteger(text);
  if (!value || *value < low || *value > high) {
    throw InputError("option --{}: \"{}\" is not an integer in [{}, {}]", name, text, low, high);
  }
  return *value;
}

int ThreadCount(const Options& options) {
  constexpr int kMaxThreads = 1024;
  const int threads = static_cast<int>(IntegerOption(options, "threads", 0, kMaxThreads));
  return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::uint64_t Seed(const Options& options) {
  return static_cast<std::uint64_t>(IntegerOption(options, "seed", 0, std::numeric_limits<std::int64_t>::max()));
}

ProgressStyle ReadProgressStyle(const Options& options) {
  const std::string style = TextOption(options, "progress");
  if (style != "bar" && style != "json") throw InputError("option --progress: \"{}\" is neither bar nor json", style);
  if (HasOption(options, "quiet")) return ProgressStyle::kNone;
  return style == "bar" ? ProgressStyle::kBar : ProgressStyle::kJson;
}

}  // namespace evenkeel
