#include "models/import/jobs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/suggest.h"
#include "models/base/utc_time.h"
#include "models/formats/line_reader.h"
#include "models/formats/log_table.h"
#include "models/slots/work_share.h"
#include "models/world/time_base.h"

namespace evenkeel {
namespace {

constexpr double kSecondsPerHour = 3600.0;
constexpr double kLongestJob = 1e12;  // seconds
constexpr double kMostGpus = 1e9;
constexpr double kKilowattsPerMegawatt = 1000.0;

struct Job {
  std::int64_t submit = 0;  // seconds since 1970 UTC
  double seconds = 0.0, gpus = 0.0;
};

/// The rows of a log, by its columns.
class JobReader {
 public:
  JobReader(std::string_view header, const LineReader& reader, const JobImportOptions& options)
      : table_(header, reader, options.log), options_(options) {
    const auto has = [&](std::initializer_list<const char*> names) {
      return std::all_of(names.begin(), names.end(), [&](const char* name) { return table_.Find(name).has_value(); });
    };
    if (has({"submit", "duration_s", "gpus"})) {
      Choose(JobFormat::kPlain, "submit", "duration_s", "gpus");
    } else if (has({"submit_time", "duration", "gpu_num"})) {
      Choose(JobFormat::kHelios, "submit_time", "duration", "gpu_num");
    } else {
      throw InputError(
          "{}: none of the known logs of jobs; its first line is \"{}\"; known are plain (submit, duration_s, gpus) "
          "and "
          "helios, the columns of Helios and Acme (submit_time, duration, gpu_num)",
          options.log, header.substr(0, 200));
    }
  }

  JobFormat format() const { return format_; }

  Job Read(std::string_view line) {
    table_.Split(line);
    return {Time(), table_.Number(duration_, kLongestJob), table_.Number(gpus_, kMostGpus)};
  }

 private:
  void Choose(JobFormat format, const char* submit, const char* duration, const char* gpus) {
    format_ = format;
    submit_ = table_.Column(submit);
    duration_ = table_.Column(duration);
    gpus_ = table_.Column(gpus);
  }

  std::int64_t Time() const {
    const std::string_view text = table_.Field(submit_);
    const bool number = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
                        std::count(text.begin(), text.end(), '.') <= 1;
    if (number && format_ == JobFormat::kPlain) {
      const double seconds = table_.Number(submit_, std::numeric_limits<double>::max());
      if (seconds < static_cast<double>(kEndOfTime)) return static_cast<std::int64_t>(seconds);
      table_.Refuse(submit_, fmt::format("seconds since 1970-01-01, less than {}", kEndOfTime));
    }
    const auto stamp = ParseTimestamp(text);
    if (!stamp) {
      table_.Refuse(submit_, format_ == JobFormat::kPlain ? "a time such as 2020-06-09 18:41:01, in UTC or with an "
                                                            "offset, or seconds since 1970-01-01"
                                                          : "a time such as 2020-06-09 18:41:01");
    }
    const std::optional<double>& given = options_.utc_offset_hours;
    if (stamp->utc_offset) {
      if (given) table_.Refuse(submit_, "a time without an offset, since one is given for the whole log");
      return stamp->clock - *stamp->utc_offset;
    }
    if (!given && format_ != JobFormat::kPlain)
      table_.Refuse(submit_, "a time with an offset from UTC, or one that is given for the whole log (--utc-offset)");
    return stamp->clock - std::llround(given.value_or(0.0) * kSecondsPerHour);
  }

  LogTable table_;
  const JobImportOptions& options_;
  JobFormat format_ = JobFormat::kPlain;
  std::size_t submit_ = 0, duration_ = 0, gpus_ = 0;
};

/// Lays jobs over the slots of a trace.
class Arrivals {
 public:
  Arrivals(double step, int slots) : step_(step), end_(step * slots), work_(Vector::Zero(slots)) {}

  /// Power in MW from `begin` for `seconds`, in seconds after the trace's start.
  void Add(double begin, double seconds, double power, JobLog* log) {
    const double end = begin + seconds, rate = power / kSecondsPerHour;
    const double first = std::clamp(begin, 0.0, end_), last = std::clamp(end, 0.0, end_);
    if (begin < 0.0 || end > end_) ++log->outside;
    log->before += rate * (std::min(end, 0.0) - std::min(begin, 0.0));
    log->after += rate * (std::max(end, end_) - std::max(begin, end_));
    log->energy += rate * (last - first);
    for (auto t = static_cast<Eigen::Index>(first / step_); t < work_.size() && step_ * static_cast<double>(t) < last;
         ++t) {
      const double slot = step_ * static_cast<double>(t);
      work_[t] += rate * (std::min(last, slot + step_) - std::max(first, slot));
    }
  }

  const Vector& work() const { return work_; }

 private:
  double step_, end_;
  Vector work_;  // [slots], MWh
};

void CheckOptions(const JobImportOptions& options) {
  if (!(options.kw_per_gpu > 0.0 && std::isfinite(options.kw_per_gpu)))
    throw InputError("the power of a GPU is {} kW, allowed is more than 0", options.kw_per_gpu);
  if (!(options.transfer_cost >= 0.0 && std::isfinite(options.transfer_cost)))
    throw InputError("the transfer cost is {} USD/MWh, allowed is at least 0", options.transfer_cost);
}

FlagMatrix RegionsOf(const JobImportOptions& options, const Network& network) {
  FlagMatrix reachable = FlagMatrix::Zero(1, network.num_regions());
  if (options.regions.empty()) reachable.setOnes();
  for (const std::string& name : options.regions) {
    const auto found = std::find_if(network.regions.begin(), network.regions.end(),
                                    [&](const Region& region) { return region.name == name; });
    if (found == network.regions.end()) {
      std::vector<std::string> known;
      for (const Region& region : network.regions) known.push_back(region.name);
      throw InputError("the trace has no region \"{}\"{}", name, DidYouMean(name, known));
    }
    reachable(0, found - network.regions.begin()) = 1;
  }
  return reachable;
}

void Describe(const JobImportOptions& options, const JobLog& log, Provenance* provenance) {
  std::string text = fmt::format(
      "work '{}': jobs of {}, {} of them, {:.6g} MWh at {} kW a GPU; that they may wait {} h is an assumption, logs "
      "have no deadlines",
      options.name, options.log, log.jobs, log.energy, options.kw_per_gpu, options.slack);
  if (options.log_start) text += fmt::format("; the log's {} is the trace's start", FormatUtc(*options.log_start));
  if (log.without_gpu > 0) text += fmt::format("; left out for want of a GPU: {} of the jobs", log.without_gpu);
  if (log.outside > 0) {
    text += fmt::format(
        "; outside of the trace, wholly or in part: {} of the jobs, {:.6g} MWh before and {:.6g} MWh "
        "after it, which are left out",
        log.outside, log.before, log.after);
  }
  if (!provenance->processing.empty()) provenance->processing += '\n';
  provenance->processing += text;
}

/// Reads the rows and lays the jobs over the trace's slots.
JobLog ReadJobs(const JobImportOptions& options, std::int64_t log_start, std::int64_t start, Arrivals* arrivals) {
  LineReader reader(options.log);
  std::string_view line;
  if (!reader.Next(&line)) throw InputError("{}: the file is empty", options.log);
  CheckFirstBytes(line, options.log, false);
  JobReader rows(line, reader, options);
  JobLog log;
  log.format = rows.format();
  std::int64_t earliest = std::numeric_limits<std::int64_t>::max(), latest = std::numeric_limits<std::int64_t>::min();
  while (reader.Next(&line)) {
    if (line.empty()) continue;
    const Job job = rows.Read(line);
    ++log.jobs;
    if (job.gpus == 0.0) {
      ++log.without_gpu;
      continue;
    }
    earliest = std::min(earliest, job.submit);
    latest = std::max(latest, job.submit);
    const double power = job.gpus * options.kw_per_gpu / kKilowattsPerMegawatt;
    arrivals->Add(static_cast<double>(job.submit - log_start), job.seconds, power, &log);
  }
  if (log.jobs == log.without_gpu) throw InputError("{}: no jobs with a GPU", options.log);
  if (log.energy > 0.0) return log;
  throw InputError(
      "{}: none of its jobs run in the trace, which begins at {}, or at {} of the log; they are submitted from {} to "
      "{}; --log-start says which time of the log is the trace's start",
      options.log, FormatUtc(start), FormatUtc(log_start), FormatUtc(earliest), FormatUtc(latest));
}

}  // namespace

JobLog ImportJobs(const JobImportOptions& options, Trace* trace) {
  CheckOptions(options);
  const Network& network = trace->header.network;
  const double slot_hours = trace->header.slot_hours;
  const int deadline = DeadlineInSlots("the jobs' slack", options.slack, slot_hours);
  const FlagMatrix reachable = RegionsOf(options, network);
  const std::int64_t start = trace->signals.time.at(0);
  Arrivals arrivals(static_cast<double>(SlotSeconds(slot_hours)), trace->signals.num_slots());
  const JobLog log = ReadJobs(options, options.log_start.value_or(start), start, &arrivals);
  const RowVector everywhere = RowVector::Ones(network.num_regions());
  AppendWork({{options.name, {deadline, 1.0, 0.0}, reachable, everywhere, options.transfer_cost * everywhere}},
             arrivals.work(), trace);
  Describe(options, log, &trace->header.provenance);
  return log;
}

}  // namespace evenkeel
