// A TorchScript module as a program of its own.
#include "experiments/program/command.h"
#include "experiments/specs/parameter.h"
#include "predictors/process/module_host.h"

namespace evenkeel {
namespace {

int Module(const Options& options) {
  ServeModule(options.positionals[0], static_cast<int>(IntegerOption(options, "window", 1, kMostSpanSlots)));
  return kExitSuccess;
}

}  // namespace

Command ModuleCommand() {
  CommandInfo info;
  info.name = "module";
  info.summary = "what torchscript(file=..) starts: a module in a process without rights";
  info.positionals = {"MODULE.pt"};
  info.options = {{"window", "SLOTS", "168", "the slots that the module sees"}};
  info.details =
      "Answers what evenkeel asks an own program (docs/process.md), over a socket as its standard input. Before it\n"
      "loads the module it gives up opening files, the network, other processes, and more than 4 GiB of memory\n"
      "(docs/security.md). Nothing to call by hand.\n";
  return {info, Module};
}

}  // namespace evenkeel
