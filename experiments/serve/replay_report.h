// What a replayed period came to, for people and programs.
#pragma once

#include <string>

#include "experiments/report/json.h"
#include "experiments/serve/recorded.h"

namespace evenkeel {

Json ReplayJson(const RecordedPeriod& period);
std::string ReplayText(const RecordedPeriod& period);

}  // namespace evenkeel
