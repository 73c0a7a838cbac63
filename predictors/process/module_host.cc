#include "predictors/process/module_host.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "models/base/error.h"
#include "models/base/read_file.h"
#include "models/base/utc_time.h"
#include "predictors/learning/script.h"
#include "predictors/process/lockdown.h"
#include "predictors/process/messages.h"
#include "predictors/process/signal_tables.h"

namespace evenkeel {
namespace {

using nlohmann::json;

/// Standard output, as it was: whatever the module prints goes to standard error.
int OwnOutput() {
  const int own = ::dup(STDOUT_FILENO);
  if (own < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    throw InputError("cannot use standard output: {}", SystemReason(errno));
  return own;
}

void Say(int output, const json& answer) {
  const std::string line = answer.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t count = ::write(output, line.data() + done, line.size() - done);
    if (count < 0 && errno != EINTR) ::_exit(1);
    done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
}

std::int64_t TimeOf(const std::string& text) {
  const std::optional<Timestamp> time = ParseTimestamp(text);
  if (!time) throw InputError("\"{}\" is no time", text);
  return time->clock;
}

/// What it was told.
class Told {
 public:
  void Observe(const json& message) {
    const std::size_t from = message.at("from");
    slots_.resize(std::min(from, slots_.size()));
    const json& times = message.at("time");
    for (std::size_t t = 0; t < times.size(); ++t) {
      Slot slot;
      slot.time = TimeOf(times[t].get<std::string>());
      const auto read = [&](Signal signal) {
        const std::vector<double> row = message.at(ProcessSignalName(signal)).at(t);
        return Vector(Eigen::Map<const Vector>(row.data(), static_cast<Eigen::Index>(row.size())));
      };
      slot.demand = read(Signal::kDemand);
      slot.price = read(Signal::kPrice);
      slot.carbon_intensity = read(Signal::kCarbon);
      slot.water_intensity = read(Signal::kWater);
      slots_.push_back(std::move(slot));
    }
  }

  /// The last of them.
  History Last(int count) const {
    History history;
    const int end = static_cast<int>(slots_.size());
    for (int t = std::max(0, end - count); t < end; ++t) history.Append(slots_[static_cast<std::size_t>(t)]);
    return history;
  }

 private:
  std::vector<Slot> slots_;
};

json Answer(ScriptSteps& module, int window, const Told& told, const json& message) {
  json answer = {{"seen", message.at("seen")}};
  try {
    const History history = told.Last(window);
    const RowMatrix steps = module.Steps(HistoryView(history));
    const int rows = std::min(static_cast<int>(steps.rows()), message.at("horizon").get<int>());
    AddSignalTables(
        history.columns(), rows, [&](int row) { return steps.row(row); }, &answer["forecast"]);
  } catch (const std::exception& error) {
    answer = {{"seen", message.at("seen")}, {"error", error.what()}};
  }
  return answer;
}

}  // namespace

void ServeModule(const std::string& path, int window) {
  const int output = OwnOutput();
  const std::string bytes = ReadBytes(path);
  WarmUpScripts();
  LockDown(kMostModuleMemory);
  std::unique_ptr<ScriptSteps> module;
  Told told;
  for (std::string line; std::getline(std::cin, line);) {
    const json message = json::parse(line);
    const std::string kind = message.at("message");
    if (kind == "start") {
      try {
        module = LoadScriptSteps(bytes, window);
        Say(output, {{"protocol", kProcessProtocol}});
      } catch (const std::exception& error) {
        Say(output, {{"error", error.what()}});
      }
    } else if (kind == "observe") {
      told.Observe(message);
    } else if (module) {
      Say(output, Answer(*module, window, told, message));
    }
  }
}

}  // namespace evenkeel
