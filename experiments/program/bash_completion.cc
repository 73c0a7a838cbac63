#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/catalog/catalog.h"
#include "experiments/program/manual.h"

namespace evenkeel {
namespace {

// What comes before and after the tables. `offer` quotes file names as readline wants them.
constexpr const char* kBegin =
    R"(# Completion of evenkeel for bash, made by `evenkeel --completion bash` from the program's tables of options.
_evenkeel() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local line=" ${COMP_WORDS[*]:1:COMP_CWORD-1} " command= name
  COMPREPLY=()
  _evenkeel_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
  }
  _evenkeel_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
)";
constexpr const char* kEnd = R"(  if [[ $cur == -* ]]; then
    _evenkeel_words "$options"
  else
    _evenkeel_files -f
  fi
}
complete -F _evenkeel evenkeel
)";

bool IsFile(const OptionInfo& option) {
  return option.value.find('.') != std::string::npos || option.value.find("FILE") != std::string::npos;
}

std::string NamesOf(Kind kind) {
  std::string names;
  for (const Entry* entry : EntriesOf(Catalog(), kind)) names += (names.empty() ? "" : " ") + entry->name;
  return names;
}

/// What a spec may begin with; empty: the option takes none.
std::string SpecNames(const std::string& command, const OptionInfo& option) {
  if (option.name == "policy") return NamesOf(Kind::kPolicy);
  if (option.name != "predictor") return "";
  return command == "train" ? NamesOf(Kind::kNetwork) : NamesOf(Kind::kPredictor);
}

/// How the value of an option is completed: by the names of a catalog, as a folder, as a file, or not at all.
std::string ValueAction(const std::string& command, const OptionInfo& option) {
  const std::string names = SpecNames(command, option);
  if (!names.empty()) return fmt::format("_evenkeel_words '{}'; return", names);
  if (option.value == "DIR") return "_evenkeel_files -d; return";
  return IsFile(option) ? "_evenkeel_files -f; return" : "return";
}

std::vector<OptionInfo> OptionsOf(const CommandInfo& info) {
  std::vector<OptionInfo> options = info.options;
  for (OptionInfo& option : CommonOptions()) options.push_back(std::move(option));
  return options;
}

/// The words that may follow `prefix` ("", "trace", "trace import") in a command's name.
std::string NextWords(const std::vector<std::string>& names, const std::string& prefix) {
  std::vector<std::string> words;
  for (const std::string& name : names) {
    if (!prefix.empty() && name.rfind(prefix + " ", 0) != 0) continue;
    const std::size_t first = prefix.empty() ? 0 : prefix.size() + 1;
    const std::string word = name.substr(first, name.find(' ', first) - first);
    if (std::count(words.begin(), words.end(), word) == 0) words.push_back(word);
  }
  return fmt::format("{}", fmt::join(words, " "));
}

/// Which command the line has so far, and completion of its name.
std::string CommandTable(std::vector<std::string> names) {
  std::string text = fmt::format(
      "  case \"$line\" in\n    '  ') _evenkeel_words 'help {} --help --version'; return ;;\n", NextWords(names, ""));
  for (const std::string& name : names) {
    const std::size_t space = name.rfind(' ');
    if (space == std::string::npos) continue;
    const std::string prefix = name.substr(0, space), entry = fmt::format("    ' {} ')", prefix);
    if (text.find(entry) != std::string::npos) continue;
    text += fmt::format("{} _evenkeel_words '{}'{} ;;\n", entry, NextWords(names, prefix),
                        std::count(names.begin(), names.end(), prefix) == 0 ? "; return" : "");
  }
  text += "  esac\n";
  // `trace import zones` before `trace import`.
  std::stable_sort(names.begin(), names.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  return text +
         fmt::format("  for name in '{}'; do\n    [[ $line == \" $name \"* ]] && {{ command=$name; break; }}\n",
                     fmt::join(names, "' '")) +
         "  done\n";
}

std::string OptionTable(const CommandInfo& info) {
  std::string text = fmt::format("    '{}')\n      case $prev in\n", info.name), names;
  for (const OptionInfo& option : OptionsOf(info)) {
    names += (names.empty() ? "--" : " --") + option.name;
    if (!option.value.empty())
      text += fmt::format("        --{}) {} ;;\n", option.name, ValueAction(info.name, option));
  }
  return text + fmt::format("      esac\n      options='{}' ;;\n", names);
}

}  // namespace

std::string BashCompletion(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.info.name);
  std::string text = kBegin + CommandTable(names) + "  local options=--help\n  case $command in\n";
  for (const Command& command : commands) text += OptionTable(command.info);
  return text + "  esac\n" + kEnd;
}

}  // namespace evenkeel
