// Random instances with classes of work that can wait.
#pragma once

#include "tests/reference/random_instances.h"

namespace evenkeel {

struct WorkOptions {
  int max_classes = 3;
  int max_deadline = 8;       ///< slots
  bool one_deadline = false;  ///< of all classes
};

/// Adds random classes to an instance, whose capacity grows so that serving all work at once, as it arrives, is
/// possible (and perhaps hardly more). Everything follows from the seed.
void AddRandomWork(std::uint64_t seed, const WorkOptions& options, Instance* instance);

}  // namespace evenkeel
