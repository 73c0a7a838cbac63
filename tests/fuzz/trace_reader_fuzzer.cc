// Any bytes as a trace file: reading either succeeds or throws InputError.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "models/error.h"
#include "models/trace_file.h"

namespace {

/// Bytes as a file with a path, in memory where the system has a place for that. (HDF5 refuses memfd_create's files.)
class TemporaryFile {
 public:
  TemporaryFile(const std::uint8_t* data, std::size_t size)
      : path_(::access("/dev/shm", W_OK) == 0 ? "/dev/shm/trace-XXXXXX" : "/tmp/trace-XXXXXX"),
        descriptor_(::mkstemp(path_.data())) {
    EVENKEEL_CHECK(descriptor_ >= 0);
    EVENKEEL_CHECK_EQ(::write(descriptor_, data, size), static_cast<ssize_t>(size));
  }
  ~TemporaryFile() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const TemporaryFile file(data, size);
  try {
    const evenkeel::Trace trace = evenkeel::ReadTrace(file.path());
    evenkeel::ValidateTrace(trace, "accepted");
    EVENKEEL_CHECK(evenkeel::TraceFile(file.path()).TotalDemand() == evenkeel::TotalDemand(trace));
  } catch (const evenkeel::InputError&) {
  }
  return 0;
}
