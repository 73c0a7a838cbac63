// Which vectors the planner uses. Sums are added in another order on each, so that results differ in their last bits;
// what the program prints does not depend on it (docs/results.md), and this is how that is tried out.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// Those that this machine has, slowest first: of "sse2", "sse4", "avx2", "avx512"; elsewhere "baseline" alone.
/// Forgets UseInstructionSet.
std::vector<std::string> InstructionSets();

/// Only this one from now on, in the whole process; "" for the best again. Not while a planner runs. Throws InputError
/// for one that the machine lacks.
void UseInstructionSet(const std::string& name);

}  // namespace evenkeel
