#include "engine/planner/instruction_set.h"

#include <fmt/ranges.h>
#include <hwy/highway.h>

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {
namespace {

struct InstructionSet {
  const char* name;
  std::int64_t target;
};

constexpr InstructionSet kInstructionSets[] = {
#if HWY_ARCH_X86
    {"sse2", HWY_STATIC_TARGET},
    {"sse4", HWY_SSE4},
    {"avx2", HWY_AVX2},
    {"avx512", HWY_AVX3},
#else
    {"baseline", HWY_STATIC_TARGET},
#endif
};

bool Has(const InstructionSet& set) { return ((hwy::SupportedTargets() | HWY_STATIC_TARGET) & set.target) != 0; }

}  // namespace

std::vector<std::string> InstructionSets() {
  hwy::SetSupportedTargetsForTest(0);
  std::vector<std::string> names;
  for (const InstructionSet& set : kInstructionSets)
    if (Has(set)) names.emplace_back(set.name);
  return names;
}

void UseInstructionSet(const std::string& name) {
  const std::vector<std::string> names = InstructionSets();
  if (name.empty()) return;
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw InputError("instruction set \"{}\", this machine has: {}", name, fmt::join(names, ", "));
  for (const InstructionSet& set : kInstructionSets)
    if (name == set.name) hwy::SetSupportedTargetsForTest(set.target);
}

}  // namespace evenkeel
