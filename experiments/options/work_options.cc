#include "experiments/options/work_options.h"

#include "models/base/error.h"
#include "models/world/limits.h"

namespace evenkeel {

std::vector<OptionInfo> WorkOptions() {
  return {
      {"work-share", "SHARE", "",
       "share of every gateway's demand that becomes work that can wait, 0 to 1; none when left out"},
      {"work-deadline", "HOURS", "", "hours that this work may wait, whole slots; there is no default"},
      {"work-home", "SHARE", "",
       "share of this work that must be done in the region nearest to its gateway, 0 to 1; 0 when left out"},
  };
}

WorkShare ReadWorkShare(const Options& options) {
  WorkShare work;
  if (!HasOption(options, "work-share")) {
    for (const char* name : {"work-deadline", "work-home"}) {
      if (!HasOption(options, name)) continue;
      throw InputError("option --{}: it is about work that can wait, of which there is none without --work-share",
                       name);
    }
    return work;
  }
  work.share = NumberOption(options, "work-share", 0.0, 1.0);
  if (work.share == 0.0) return work;
  if (!HasOption(options, "work-deadline")) {
    throw InputError(
        "option --work-share: --work-deadline is missing, the hours that the work may wait: there is no default, since "
        "no published trace says it");
  }
  work.deadline = NumberOption(options, "work-deadline", 0.0, kMostDeadlineSlots * kLongestSlotHours);
  if (HasOption(options, "work-home")) work.home = NumberOption(options, "work-home", 0.0, 1.0);
  return work;
}

}  // namespace evenkeel
