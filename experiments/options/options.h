// Command lines and config files. The only place that knows Boost.Program_options.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "experiments/run/progress.h"

namespace evenkeel {

/// An option `--name VALUE` of a command, or a switch `--name`.
struct OptionInfo {
  std::string name;
  std::string value;          ///< what to give, as shown in the help; empty: a switch
  std::string default_value;  ///< as it would be typed; empty: none
  std::string help;           ///< with units
  bool repeatable = false;    ///< may be given several times; a command line's values replace a config file's
  bool keyed = false;  ///< values are KEY=.. or KEY:..; a command line's value replaces a config file's of the same key
};

struct CommandInfo {
  std::string name;                      ///< as typed: "trace info"
  std::string summary;                   ///< one line
  std::vector<std::string> positionals;  ///< required arguments, as shown in the help; a last one that ends with "..."
                                         ///< takes any number of them
  std::vector<OptionInfo> options;       ///< beside those that all commands have
  std::string details;                   ///< printed at the end of the help
};

/// What was given, config file and defaults included.
struct Options {
  std::string command_line;              ///< as typed, quoted for a shell
  std::vector<std::string> positionals;  ///< one per CommandInfo::positionals, or more of the last
  std::map<std::string, std::vector<std::string>> values;
};

/// `--config`, `--seed`, `--threads`, `--quiet`, `--progress`, `--help`: every command has them.
std::vector<OptionInfo> CommonOptions();
OptionInfo JsonOption();

/// Parses what follows the command's name. Throws InputError; unknown options suggest the near one.
Options ParseOptions(const CommandInfo& command, const std::vector<std::string>& arguments);

std::string HelpText(const CommandInfo& command);

/// Whether the option was given or has a default; for a switch, whether it is on.
bool HasOption(const Options& options, const std::string& name);
/// All values, none when the option was not given.
std::vector<std::string> AllValues(const Options& options, const std::string& name);
/// The value; throws InputError when there is none.
std::string TextOption(const Options& options, const std::string& name);
/// The value as a number in [low, high]; throws InputError.
double NumberOption(const Options& options, const std::string& name, double low, double high);
std::int64_t IntegerOption(const Options& options, const std::string& name, std::int64_t low, std::int64_t high);

/// Worker threads: `--threads`, all of the machine's when it is 0.
int ThreadCount(const Options& options);
std::uint64_t Seed(const Options& options);
/// `--progress`, none with `--quiet`. Throws InputError.
ProgressStyle ReadProgressStyle(const Options& options);

}  // namespace evenkeel
