// evenkeel serve replay.
#include "experiments/program/command.h"
#include "experiments/serve/replay_report.h"
#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

int Replay(const Options& options) {
  const std::string path = options.positionals[1];
  const LiveEngineOptions engine = ReadEngineOptions(ReadIniFile(options.positionals[0]));
  CheckRegularFile(path);
  try {
    const RecordedPeriod period = ReadRecordedPeriod(engine, path);
    Print(HasOption(options, "json") ? DocumentText(ReplayJson(period)) : ReplayText(period));
    return kExitSuccess;
  } catch (const InputError& error) {
    if (HasOption(options, "json"))
      Print(DocumentText({{"journal", path}, {"replays", false}, {"difference", error.what()}}));
    PrintError(error.what());
    return kExitFailed;
  }
}

}  // namespace

Command ServeReplayCommand() {
  CommandInfo info;
  info.name = "serve replay";
  info.summary = "decides the slots of a journal again and says what they came to";
  info.positionals = {"CONFIG.ini", "JOURNAL"};
  info.options = {JsonOption()};
  info.details =
      "CONFIG.ini is the service's file, JOURNAL that of one period, in its state folder. Every slot is decided again "
      "without\nasking the advice, whose answers are in the journal, and must come out to the bit. Only reads: the "
      "journal of a running\nservice as well, up to its last whole line.\nExit code 1, with file, line and what "
      "differs, when the journal is damaged, of another network, policy or objective, or\ndoes not come out.\n\n"
      "Example\n  evenkeel serve replay serve.ini state/2026-11.journal\n";
  return {info, Replay};
}

}  // namespace evenkeel
