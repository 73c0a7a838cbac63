// Where the tested tree and program are. Only paths.cc knows, so that every other object is the same in every clone.
#pragma once

#include <string>

namespace evenkeel {

/// `path` below the source tree's root, such as "tests/golden/generated_10x10.txt".
std::string SourcePath(const std::string& path);

/// The program `evenkeel` under test.
std::string ProgramPath();

/// tests/programs/child.c, for tests in tests/{unit,property}/ that ask an own program.
std::string ChildProgramPath();

}  // namespace evenkeel
