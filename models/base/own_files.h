// Where files of evenkeel's own lie: the report's script, the networks' library.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// Where such a file may be, best first: `built` beside the program or one folder up, as in a build and for its tests;
/// then `installed` from the folder that the program's bin/ is in. Everything is relative to the program that runs, so
/// that an installed tree can be moved.
std::vector<std::string> PlacesOfOwnFile(const std::string& built, const std::string& installed);

/// The first of the places where there is a file; empty: none.
std::string FirstThatExists(const std::vector<std::string>& places);

}  // namespace evenkeel
