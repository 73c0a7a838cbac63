#include "experiments/program/output_path.h"

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

}  // namespace

void CheckOutputs(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string& path = outputs[i];
    if (path.empty()) continue;
    for (const std::string& input : inputs) {
      if (IsSameFile(path, input)) throw InputError("{}: is read by this command, write to another file", path);
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
