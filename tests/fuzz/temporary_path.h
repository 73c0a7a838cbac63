// A path for a file, in memory where the system has a place for that.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "models/base/error.h"

namespace evenkeel {

class TemporaryPath {
 public:
  TemporaryPath() : path_(::access("/dev/shm", W_OK) == 0 ? "/dev/shm/fuzz-XXXXXX" : "/tmp/fuzz-XXXXXX") {
    const int descriptor = ::mkstemp(path_.data());
    EVENKEEL_CHECK(descriptor >= 0);
    ::close(descriptor);
  }
  ~TemporaryPath() { ::unlink(path_.c_str()); }
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;

  const std::string& operator*() const { return path_; }

 private:
  std::string path_;
};

}  // namespace evenkeel
