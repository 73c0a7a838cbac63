#include "models/base/own_files.h"

#include <filesystem>
#include <system_error>

#include "models/base/error.h"

namespace evenkeel {

std::vector<std::string> PlacesOfOwnFile(const std::string& built, const std::string& installed) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error)
    throw InputError("cannot find {}: /proc/self/exe, which says where the program is, cannot be read ({})", built,
                     error.message());
  const std::filesystem::path folder = program.parent_path();
  return {folder / built, folder.parent_path() / built, folder.parent_path() / installed};
}

std::string FirstThatExists(const std::vector<std::string>& places) {
  for (const std::string& place : places) {
    if (std::filesystem::exists(place)) return place;
  }
  return "";
}

}  // namespace evenkeel
