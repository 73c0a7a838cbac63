#include "predictors/process/module_forecaster.h"

#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/base/own_files.h"
#include "models/base/read_file.h"
#include "predictors/process/process_forecaster.h"

namespace evenkeel {
namespace {

/// In which modules run, also those of other programs that use evenkeel as a library.
std::string OwnProgram() {
  const std::vector<std::string> places = PlacesOfOwnFile("evenkeel", "bin/evenkeel");
  std::string program = FirstThatExists(places);
  if (program.empty())
    throw InputError("TorchScript modules run in the program evenkeel, which is not in {}", fmt::join(places, ", "));
  return program;
}

}  // namespace

std::unique_ptr<Forecaster> MakeModuleForecaster(const std::string& path, int window, const TraceIdentity& identity,
                                                 ProgramOptions program) {
  EVENKEEL_CHECK_GE(window, 1);
  CheckRegularFile(path);
  ProcessForecasterOptions options;
  options.program = std::move(program);
  options.program.command = {OwnProgram(), "module", "--window", std::to_string(window), "--", path};
  options.program.name = path;
  options.identity = identity;
  options.window = window;
  options.start_now = true;
  return MakeProcessForecaster(options);
}

}  // namespace evenkeel
