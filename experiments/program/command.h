// The program's commands.
#pragma once

#include <functional>
#include <vector>

#include "experiments/options/options.h"

namespace evenkeel {

enum ExitCode { kExitSuccess = 0, kExitFailed = 1, kExitBadInput = 2 };

struct Command {
  CommandInfo info;
  std::function<int(const Options&)> run;  ///< returns the exit code; throws InputError for bad input
};

Command TraceGenerateCommand();
Command TraceImportCommand();
Command TraceImportZonesCommand();
Command TraceImportJobsCommand();
Command TraceInfoCommand();
Command TraceValidateCommand();
Command SolveCommand();
Command RunCommand();
Command CompareCommand();
Command TrainCommand();
Command BacktestCommand();
Command CheckCommand();
Command SweepCommand();
Command ReportCommand();
Command ServeCommand();
Command ServeReplayCommand();
Command ServeExportCommand();
Command ModuleCommand();

/// All of them, in the order of the help.
std::vector<Command> AllCommands();

/// Runs the program; `arguments` is argv. Prints errors and returns the exit code, never throws.
int RunProgram(const std::vector<std::string>& arguments);

/// The exit code of a command that ran policies and has written everything. Does not return where an advice that never
/// came back still runs on what the command is about to destroy: the process ends here.
int Ended(int code);

/// Writes results to standard output. Throws InputError when that fails, except when its reader has gone.
void Print(const std::string& text);
/// A note for people on standard error.
void Note(const std::string& text);
void Warn(const std::string& text);
void PrintError(const std::string& text);

}  // namespace evenkeel
