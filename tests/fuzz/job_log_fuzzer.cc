// Any bytes as a log of jobs: refused with InputError, or work in the trace that adds up and is valid.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "models/base/error.h"
#include "models/import/jobs.h"
#include "tests/fuzz/trace_draft.h"

namespace evenkeel {
namespace {

void TestOne(const std::uint8_t* data, std::size_t size) {
  const int file = memfd_create("log", 0);
  EVENKEEL_CHECK(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size));
  JobImportOptions options;
  options.log = "/proc/self/fd/" + std::to_string(file);
  options.kw_per_gpu = 0.5;
  options.slack = 12.0;
  if (size % 2 == 1) options.utc_offset_hours = 1.0;
  Trace trace = MakeTinyTrace();
  try {
    const JobLog log = ImportJobs(options, &trace);
    const double sum = trace.signals.demand.col(2).sum();
    EVENKEEL_CHECK(std::abs(sum - log.energy) <= 1e-9 * log.energy);
    EVENKEEL_CHECK(log.before >= 0.0 && log.after >= 0.0 && log.outside + log.without_gpu <= log.jobs);
    ValidateTrace(trace, "with jobs");
  } catch (const InputError&) {
  }
  close(file);
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::TestOne(data, size);
  return 0;
}
