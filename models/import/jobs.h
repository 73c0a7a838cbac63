// Logs of jobs on GPUs as work that can wait, in constant memory however long they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/world/trace.h"

namespace evenkeel {

enum class JobFormat {
  kPlain,   ///< submit, duration_s, gpus
  kHelios,  ///< submit_time, duration, gpu_num: Helios and Acme
};

struct JobImportOptions {
  std::string log;                         ///< CSV, gzipped or not
  std::string name = "jobs";               ///< of the class
  double kw_per_gpu = 0.0;                 ///< IT power of a GPU with its share of the server, kW, > 0
  double slack = 0.0;                      ///< hours that every part of a job may wait, whole slots
  std::vector<std::string> regions;        ///< where the work may be done; none: everywhere
  double transfer_cost = 0.0;              ///< USD/MWh, wherever it is done, >= 0
  std::optional<std::int64_t> log_start;   ///< the log's time that is the trace's start, seconds since 1970 UTC; none:
                                           ///< the trace's start itself
  std::optional<double> utc_offset_hours;  ///< of times without an offset, east of UTC; none: 0 in a plain log, and an
                                           ///< error in another
};

/// What a log came to.
struct JobLog {
  JobFormat format = JobFormat::kPlain;
  std::int64_t jobs = 0;
  std::int64_t without_gpu = 0;  ///< of them, those that use no energy here
  std::int64_t outside = 0;      ///< those that are not, or not wholly, in the trace
  double energy = 0.0;           ///< MWh in the trace
  double before = 0.0;           ///< MWh left out since they are before its first slot
  double after = 0.0;            ///< MWh left out since they are after its last slot
};

/// Adds the log's jobs as one class to the trace, and says so in its provenance. A job is its hours that arrive one
/// after another: gpus x kw_per_gpu from its submission on for as long as it ran, spread over the slots that this
/// touches, wherever it ran in the log. Each part may wait as long as the slack, which no log says. Energy and capacity
/// are one per unit: a unit is 1 MWh of IT energy. Rows may come in any order. Throws InputError naming file, line,
/// column, value and what is allowed, and when no job is in the trace.
JobLog ImportJobs(const JobImportOptions& options, Trace* trace);

}  // namespace evenkeel
