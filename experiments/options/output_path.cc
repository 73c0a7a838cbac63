#include "experiments/options/output_path.h"

#include <filesystem>

#include "models/base/atomic_file.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

bool IsSameFile(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  // Files that do not exist yet are compared by their names.
  return fs::weakly_canonical(fs::absolute(a, error), error) == fs::weakly_canonical(fs::absolute(b, error), error);
}

/// Files that are already in a folder of inputs may be inputs as well, but for those in the format that outputs have.
bool IsInFolder(const std::string& file, const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error) || !fs::exists(file, error) || fs::path(file).extension() == ".h5") return false;
  const fs::path place = fs::weakly_canonical(fs::absolute(file, error), error).parent_path();
  return fs::equivalent(place, folder, error);
}

}  // namespace

void CheckOutputs(const Options& options, const std::vector<std::string>& outputs, std::vector<std::string> inputs) {
  if (HasOption(options, "config")) inputs.push_back(TextOption(options, "config"));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string& path = outputs[i];
    if (path.empty()) continue;
    for (const std::string& input : inputs) {
      if (IsSameFile(path, input)) throw InputError("{}: is read by this command, write to another file", path);
      if (IsInFolder(path, input))
        throw InputError("{}: is in {}, which is read by this command, write to another file", path, input);
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (!outputs[j].empty() && IsSameFile(path, outputs[j]))
        throw InputError("{}: two outputs have the same path", path);
    }
    // Asking for permissions is not enough: a full or read-only file system says so only when a file is made.
    const AtomicFile probe(path);
  }
}

}  // namespace evenkeel
