#include "models/base/own_files.h"

#include <filesystem>

namespace evenkeel {

std::vector<std::string> PlacesOfOwnFile(const std::string& built, const std::string& installed) {
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return {folder / built, folder.parent_path() / built, folder.parent_path() / installed};
}

std::string FirstThatExists(const std::vector<std::string>& places) {
  for (const std::string& place : places) {
    if (std::filesystem::exists(place)) return place;
  }
  return "";
}

}  // namespace evenkeel
