#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "engine/planner/instruction_set.h"
#include "experiments/program/command.h"
#include "experiments/program/manual.h"
#include "models/base/error.h"
#include "models/base/shell_line.h"
#include "models/base/suggest.h"
#include "robustifiers/guarded_advice.h"

namespace evenkeel {
namespace {

std::string Overview() {
  std::string text =
      fmt::format("evenkeel: {}\n\nusage: evenkeel COMMAND [arguments] [options]\n\nCommands\n", kProgramSummary);
  for (const Command& command : AllCommands()) {
    text += fmt::format("  {:<20}{}\n", command.info.name, command.info.summary);
  }
  return text +
         "\n`evenkeel help COMMAND` or `evenkeel COMMAND --help` explains a command; `evenkeel --version` prints the "
         "version.\nExit codes: " +
         kExitCodes + ".\n";
}

/// The program's own texts for those that package it: `--man`, `--completion bash`. Empty: none of them is asked for.
std::string PackagingText(const std::vector<std::string>& words) {
  if (words == std::vector<std::string>{"--man"}) return ManualPage(AllCommands());
  if (words == std::vector<std::string>{"--completion", "bash"}) return BashCompletion(AllCommands());
  return "";
}

bool IsHelp(const std::string& word) { return word == "--help" || word == "-h"; }

struct Found {
  Command command;
  std::size_t words;  // that its name takes
};

// The command that the words begin with, the one with the longest name: `trace import zones` before `trace import`.
std::optional<Found> FindCommand(const std::vector<std::string>& words) {
  constexpr std::size_t kLongestName = 3;
  for (std::size_t count = std::min(words.size(), kLongestName); count > 0; --count) {
    const std::string typed =
        fmt::format("{}", fmt::join(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count), " "));
    for (Command& command : AllCommands()) {
      if (command.info.name == typed) return Found{std::move(command), count};
    }
  }
  return std::nullopt;
}

[[noreturn]] void ThrowUnknownCommand(const std::vector<std::string>& words) {
  std::vector<std::string> known;
  for (const Command& command : AllCommands()) known.push_back(command.info.name);
  std::string typed = words[0];
  if (typed == "trace") {
    if (words.size() == 1 || words[1][0] == '-') {
      throw InputError("evenkeel trace: generate, import, info or validate is missing");
    }
    typed += " " + words[1];
  }
  throw InputError("unknown command \"{}\"{} (see evenkeel --help)", typed, DidYouMean(typed, known));
}

std::string HelpOn(const std::vector<std::string>& words) {
  if (words.empty()) return Overview();
  if (const std::optional<Found> found = FindCommand(words)) return HelpText(found->command.info);
  std::string text;
  for (const Command& command : AllCommands()) {
    if (command.info.name.rfind(words[0] + " ", 0) == 0) text += (text.empty() ? "" : "\n\n") + HelpText(command.info);
  }
  if (text.empty() || words.size() > 1) ThrowUnknownCommand(words);
  return text;
}

int Dispatch(const std::vector<std::string>& arguments) {
  std::vector<std::string> words(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (words.empty() || IsHelp(words[0])) {
    Print(Overview());
    return kExitSuccess;
  }
  if (words[0] == "--version") {
    Print("evenkeel " EVENKEEL_VERSION "\n");
    return kExitSuccess;
  }
  if (const std::string text = PackagingText(words); !text.empty()) {
    Print(text);
    return kExitSuccess;
  }
  if (words[0] == "help") {
    Print(HelpOn({words.begin() + 1, words.end()}));
    return kExitSuccess;
  }
  for (const std::string& word : words) {
    if (word == "--") break;
    if (!IsHelp(word)) continue;
    const std::optional<Found> found = FindCommand(words);
    Print(found ? HelpText(found->command.info) : HelpOn({words[0]}));
    return kExitSuccess;
  }
  const std::optional<Found> found = FindCommand(words);
  if (!found) ThrowUnknownCommand(words);
  Options options =
      ParseOptions(found->command.info, {words.begin() + static_cast<std::ptrdiff_t>(found->words), words.end()});
  options.command_line = ShellLine(arguments);
  // Bad values are errors for the commands, too, that do not use them.
  Seed(options);
  ThreadCount(options);
  try {
    return found->command.run(options);
  } catch (const InputError& error) {
    // What is wrong may come from there, and commands do not know which options do.
    const std::string config = HasOption(options, "config") ? TextOption(options, "config") : "";
    const std::string what = error.what();
    if (config.empty() || what.find(config) != std::string::npos) throw;
    throw InputError("{} (options are from the command line and from {})", what, config);
  }
}

}  // namespace

std::vector<Command> AllCommands() {
  return {TraceGenerateCommand(),   TraceImportCommand(), TraceImportZonesCommand(),
          TraceImportJobsCommand(), TraceInfoCommand(),   TraceValidateCommand(),
          SolveCommand(),           RunCommand(),         CompareCommand(),
          TrainCommand(),           BacktestCommand(),    CheckCommand(),
          SweepCommand(),           ReportCommand(),      ServeCommand(),
          ServeReplayCommand(),     ServeExportCommand(), ModuleCommand()};
}

int RunProgram(const std::vector<std::string>& arguments) {
  // A reader that leaves early (`evenkeel compare .. | head`) must not kill the program while it writes its files.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    if (const char* set = std::getenv("EVENKEEL_INSTRUCTION_SET")) UseInstructionSet(set);
    return Dispatch(arguments);
  } catch (const InputError& error) {
    PrintError(error.what());
    return kExitBadInput;
  } catch (const InternalError& error) {
    fmt::print(stderr, "evenkeel: bug: {}\n", error.what());
  } catch (const std::bad_alloc&) {
    PrintError("out of memory");
  } catch (const std::exception& error) {
    PrintError(error.what());
  }
  return kExitFailed;
}

int Ended(int code) {
  if (!IsAdviceLeftBehind()) return code;
  std::fflush(nullptr);
  std::_Exit(code);
}

void Print(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  if (errno != EPIPE) throw InputError("standard output: cannot write: {}", std::strerror(errno));
}

namespace {

/// Control characters of inputs, which would steer the terminal, as \\xNN.
std::string Harmless(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    safe += (byte < 0x20 && c != '\n') || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return safe;
}

}  // namespace

void Note(const std::string& text) { std::fputs((Harmless(text) + "\n").c_str(), stderr); }

void PrintError(const std::string& text) { std::fputs(("evenkeel: error: " + Harmless(text) + "\n").c_str(), stderr); }

void Warn(const std::string& text) { std::fputs(("evenkeel: warning: " + Harmless(text) + "\n").c_str(), stderr); }

}  // namespace evenkeel
