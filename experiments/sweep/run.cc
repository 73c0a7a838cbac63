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
  return value.is_number() ? value.get<double>() : value == "nan" ? NAN : *ParseNumber(value.get<std::string>());
}

Finished ParseLine(const std::string& line) {
  const Json json = Json::parse(line);
  Finished finished;
  finished.cell = json.at("cell").get<int>();
  finished.outcome.seconds = json.at("seconds").get<double>();
  finished.outcome.failure = json.at("failure").get<std::string>();
  finished.outcome.violation = json.at("violation").get<std::string>();
  for (const Json& value : json.at("values")) finished.outcome.values.push_back(NumberOf(value));
  return finished;
}

std::string JournalPath(const SweepRunOptions& options) {
  if (options.parts == 1) return options.out + ".journal";
  return fmt::format("{}.journal-{}of{}", options.out, options.part, options.parts);
}

/// All journals beside the results, whichever part they are of.
std::vector<std::string> JournalsOf(const std::string& out) {
  const fs::path folder = fs::path(out).has_parent_path() ? fs::path(out).parent_path() : fs::path(".");
  const std::string prefix = fs::path(out).filename().string() + ".journal";
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().rfind(prefix, 0) == 0) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Cells to hand out, and outcomes to keep. All members may be called from any thread.
class Desk {
 public:
  Desk(const SweepPlan& plan, const SweepSchema& schema, const SweepRunOptions& options)
      : options_(options),
        header_(HeaderOf(plan, schema)),
        journal_(JournalPath(options), header_),
        outcomes_(plan.cells.size()) {
    for (const std::string& path : JournalsOf(options.out)) {
      for (const std::string& line : ReadJournal(path, header_)) Take(ParseLine(line));
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
    const Finished finished = ParseLine(line);
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
  void Take(Finished finished) {
    EVENKEEL_CHECK(finished.cell >= 0 && static_cast<std::size_t>(finished.cell) < outcomes_.size());
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

template <typename Work>
std::vector<std::thread> StartThreads(int count, const Work& work) {
  std::vector<std::thread> threads;
  for (int k = 0; k < count; ++k) threads.emplace_back(work);
  return threads;
}

void Join(std::vector<std::thread>* threads) {
  for (std::thread& thread : *threads) thread.join();
}

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
  std::vector<std::thread> threads = StartThreads(options.threads, work);
  ranks->Serve([&](const std::string& line) { desk.Keep(line); }, [&] { return desk.Next(); });
  Join(&threads);
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

void RemoveJournals(const std::string& out) {
  for (const std::string& path : JournalsOf(out)) fs::remove(path);
}

}  // namespace evenkeel
