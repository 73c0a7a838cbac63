#include "tests/reference/paths.h"

namespace evenkeel {

std::string SourcePath(const std::string& path) { return EVENKEEL_SOURCE_DIR "/" + path; }

std::string ProgramPath() { return EVENKEEL_PROGRAM; }

std::string ChildProgramPath() { return EVENKEEL_CHILD_PROGRAM; }

}  // namespace evenkeel
