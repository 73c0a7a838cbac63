#include "models/files/memory_estimate.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::infinity();

double NumberIn(const char* path) {
  std::ifstream file(path);
  double number = 0.0;
  return file >> number ? number : kUnknown;
}

/// What the system can give without swapping.
double LeftOnMachine() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  double kilobytes = 0.0;
  while (file >> word) {
    if (word == "MemAvailable:" && file >> kilobytes) return 1024.0 * kilobytes;
  }
  return kUnknown;
}

double LeftInGroup() {
  const double most = NumberIn("/sys/fs/cgroup/memory.max");
  return most == kUnknown ? kUnknown : most - NumberIn("/sys/fs/cgroup/memory.current");
}

double LeftToProcess() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnknown;
  const double mapped = MappedBytes();
  return mapped == kUnknown ? kUnknown : static_cast<double>(limit.rlim_cur) - mapped;
}

}  // namespace

double MappedBytes() { return NumberIn("/proc/self/statm") * static_cast<double>(::sysconf(_SC_PAGESIZE)); }

void ExpectMemory(const std::string& path, const std::string& what, double bytes) {
  constexpr double kSmall = 64 << 20;  // whatever is left, such a thing is worth a try
  if (bytes < kSmall) return;
  const double left = std::min({LeftOnMachine(), LeftInGroup(), LeftToProcess()});
  if (bytes <= left) return;
  constexpr double kGibi = 1 << 30;
  throw InputError("{}: {} takes about {:.1f} GiB of memory, {:.1f} GiB are left", path, what, bytes / kGibi,
                   left / kGibi);
}

}  // namespace evenkeel
