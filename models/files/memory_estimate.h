// Inputs that are small on disk and too large in memory.
#pragma once

#include <string>

namespace evenkeel {

/// Throws InputError that names the file and both numbers when `what` of it, about `bytes`, is more than what the
/// machine, its control group or the process's own limit leave. Says nothing where none of them is known.
void ExpectMemory(const std::string& path, const std::string& what, double bytes);

/// Addresses that this process has mapped, sanitizers' shadows included: limits on memory go on top of them. Infinity
/// where it is not known.
double MappedBytes();

}  // namespace evenkeel
