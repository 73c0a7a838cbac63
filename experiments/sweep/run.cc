#include "experiments/sweep/run.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "experiments/report/json_report.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/journal.h"
#include "models/base/numbers.h"
#include "models/base/parallel.h"
#include "models/formats/json_integer.h"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

/// What a journal has to agree with to be of use.
std::string HeaderOf(const SweepPlan& plan, const SweepSchema& schema) {
  Json inputs = Json::object();
  for (const std::string& input : plan.inputs) inputs[input] = FileChecksum(input);
  const Json header = {{"schema", "evenkeel-sweep-journal"}, {"generator", "evenkeel " EVENKEEL_VERSION},
                       {"cells", plan.cells.size()},         {"values", schema.num_values()},
                       {"config", plan.config.text},         {"inputs", inputs}};
  return header.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string LineOf(int cell, const SweepOutcome& outcome) {
  Json values = Json::array();
  for (double value : outcome.values) values.push_back(JsonNumber(value));
  const Json line = {{"cell", cell},
                     {"seconds", outcome.seconds},
                     {"failure", outcome.failure},
                     {"violation", outcome.violation},
                     {"values", values}};
  return line.dump(-1, ' ', true, Json::error_handler_t::replace);
}

struct Finished {
  int cell = 0;
  SweepOutcome outcome;
};

double NumberOf(const Json& value) {
  if (value.is_number()) return value.get<double>();
  const std::string text = value.get<std::string>();
  const std::optional<double> number = text == "nan" ? NAN : ParseNumber(text);
  if (!number) throw InputError("a value is \"{}\", expected a number", text);
  return *number;
}

/// Throws InputError or Json::exception when the line is none of this sweep's.
Finished ParseLine(const std::string& line, const SweepPlan& plan, const SweepSchema& schema) {
  const Json json = Json::parse(line);
  Finished finished;
  const auto last = static_cast<std::int64_t>(plan.cells.size()) - 1;
  const std::optional<std::int64_t> cell = JsonInteger(json.at("cell"), 0, last);
  if (!cell) throw InputError("its cell is {}, the sweep has 0 to {}", json.at("cell").dump(), last);
  finished.cell = static_cast<int>(*cell);
  finished.outcome.seconds = json.at("seconds").get<double>();
  finished.outcome.failure = json.at("failure").get<std::string>();
  finished.outcome.violation = json.at("violation").get<std::string>();
  for (const Json& value : json.at("values")) finished.outcome.values.push_back(NumberOf(value));
  const std::size_t expected = finished.outcome.failure.empty() ? static_cast<std::size_t>(schema.num_values()) : 0;
  if (finished.outcome.values.size() != expected)
    throw InputError("it has {} values, expected are {}", finished.outcome.values.size(), expected);
  return finished;
}

/// Empty, or -KofN.
bool IsPartOfJournal(const std::string& ending) {
  const std::size_t of = ending.find("of");
  if (ending.empty() || ending[0] != '-' || of == std::string::npos) return ending.empty();
  return ParseInteger(ending.substr(1, of - 1)) && ParseInteger(ending.substr(of + 2));
}

/// All journals beside the results, whichever part they are of.
std::vector<std::string> JournalsOf(const std::string& out) {
  const fs::path folder = fs::path(out).has_parent_path() ? fs::path(out).parent_path() : fs::path(".");
  const std::string prefix = fs::path(out).filename().string() + ".journal";
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(prefix, 0) == 0 && IsPartOfJournal(name.substr(prefix.size())))
      paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Cells to hand out, and outcomes to keep. All members may be called from any thread.
class Desk {
 public:
  Desk(const SweepPlan& plan, const SweepSchema& schema, const SweepRunOptions& options)
      : plan_(plan),
        schema_(schema),
        options_(options),
        header_(HeaderOf(plan, schema)),
        journal_(JournalPath(options), header_),
        outcomes_(plan.cells.size()) {
    for (const std::string& path : JournalsOf(options.out)) {
      TakeJournal(path);
    }
    for (std::size_t cell = 0; cell < outcomes_.size(); ++cell) {
      if (outcomes_[cell] && outcomes_[cell]->failure.empty()) ++resumed_;
    }
    FindWork();
  }

  int Next() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_ || next_ == work_.size()) return Ranks::kNoMoreWork;
    return work_[next_++];
  }

  void Keep(int cell, const SweepOutcome& outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_) return;
    try {
      journal_.Append(LineOf(cell, outcome));
    } catch (...) {
      failure_ = std::current_exception();
      return;
    }
    outcomes_[cell] = outcome;
    if (options_.step) options_.step();
  }
  void Keep(const std::string& line) {
    const Finished finished = ParseLine(line, plan_, schema_);
    Keep(finished.cell, finished.outcome);
  }

  void Fail(std::exception_ptr failure) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }

  SweepRunResult Result() {
    if (failure_) std::rethrow_exception(failure_);
    SweepRunResult result;
    result.resumed = resumed_;
    result.complete = std::all_of(outcomes_.begin(), outcomes_.end(), [](const auto& outcome) { return !!outcome; });
    for (const auto& outcome : outcomes_) result.outcomes.push_back(outcome.value_or(SweepOutcome()));
    return result;
  }

 private:
  /// What is damaged is said, and computed again.
  void TakeJournal(const std::string& path) {
    const auto note = [&](int line, const std::string& what) {
      if (options_.note) options_.note(fmt::format("{}, line {}: {}; its cell is computed again", path, line, what));
    };
    const JournalContent content = ReadJournal(path, header_);
    for (const DamagedLine& damaged : content.damaged) note(damaged.line, damaged.what);
    for (const JournalLine& line : content.lines) {
      try {
        Take(ParseLine(line.text, plan_, schema_));
      } catch (const InputError& error) {
        note(line.line, error.what());
      } catch (const Json::exception& error) {
        note(line.line, error.what());
      }
    }
  }

  void Take(Finished finished) {
    std::optional<SweepOutcome>& known = outcomes_[finished.cell];
    // A cell that failed and was tried again has two lines: success counts.
    if (!known || !known->failure.empty()) known = std::move(finished.outcome);
  }

  void FindWork() {
    for (std::size_t cell = 0; cell < outcomes_.size(); ++cell) {
      const bool done = outcomes_[cell] && outcomes_[cell]->failure.empty();
      const bool mine = cell % static_cast<std::size_t>(options_.parts) == static_cast<std::size_t>(options_.part - 1);
      if (!done && mine) work_.push_back(static_cast<int>(cell));
    }
  }

  const SweepPlan& plan_;
  const SweepSchema& schema_;
  const SweepRunOptions& options_;
  std::string header_;
  Journal journal_;
  std::mutex mutex_;
  std::vector<std::optional<SweepOutcome>> outcomes_;
  std::vector<int> work_;
  std::size_t next_ = 0;
  int resumed_ = 0;
  std::exception_ptr failure_;
};

SweepRunResult RunFirst(const SweepPlan& plan, const SweepSchema& schema, const SweepRunOptions& options,
                        Ranks* ranks) {
  Desk desk(plan, schema, options);
  SweepRunner runner(plan, schema);
  const auto work = [&] {
    try {
      for (int cell; (cell = desk.Next()) != Ranks::kNoMoreWork;) desk.Keep(cell, runner.Run(cell));
    } catch (...) {
      desk.Fail(std::current_exception());
    }
  };
  std::vector<std::thread> threads;
  StartThreads(
      options.threads, [&work](int) { work(); }, &threads);
  ranks->Serve([&](const std::string& line) { desk.Keep(line); }, [&] { return desk.Next(); });
  if (threads.empty()) work();
  for (std::thread& thread : threads) thread.join();
  return desk.Result();
}

/// One cell after the other from rank 0, and back.
SweepRunResult RunOther(const SweepPlan& plan, const SweepSchema& schema, Ranks* ranks) {
  SweepRunner runner(plan, schema);
  std::string line;
  for (int cell; (cell = ranks->Ask(line)) != Ranks::kNoMoreWork;) line = LineOf(cell, runner.Run(cell));
  return {};
}

}  // namespace

SweepRunResult RunSweep(const SweepPlan& plan, const SweepSchema& schema, const SweepRunOptions& options,
                        Ranks* ranks) {
  return ranks->rank() == 0 ? RunFirst(plan, schema, options, ranks) : RunOther(plan, schema, ranks);
}

std::string JournalPath(const SweepRunOptions& options) {
  if (options.parts == 1) return options.out + ".journal";
  return fmt::format("{}.journal-{}of{}", options.out, options.part, options.parts);
}

void RemoveJournals(const std::string& out) {
  for (const std::string& path : JournalsOf(out)) fs::remove(path);
}

}  // namespace evenkeel
