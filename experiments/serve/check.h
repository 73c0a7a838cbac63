// What can be found out about a service's configuration before it serves (`evenkeel serve --check`).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "live/service/service.h"

namespace evenkeel {

/// Asks every source once, reads every balancer, looks at the folders and at the running month's journal, and says a
/// line of each. Changes nothing, listens nowhere and takes no lock, so that it can be run beside the service. Whether
/// all of it works; `now` in seconds since 1970-01-01 00:00:00 UTC.
bool CheckService(ServiceSetup* setup, std::int64_t now, const std::function<void(const std::string& line)>& say);

/// The folder that journals are in, made with mode 0700 where there is none; its parent has to be there. Throws
/// InputError where nothing can be written to it.
void MakeStateFolder(const std::string& folder);

}  // namespace evenkeel
