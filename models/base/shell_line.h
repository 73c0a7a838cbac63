// Commands as people type them.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// Arguments as one line that a shell would split into the same arguments.
std::string ShellLine(const std::vector<std::string>& arguments);

}  // namespace evenkeel
