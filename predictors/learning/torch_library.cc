#include "predictors/learning/torch_library.h"

#include <dlfcn.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <mutex>

#include "models/base/error.h"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Places() {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  return {folder.string(), folder.parent_path().string(), (folder.parent_path() / "lib" / "evenkeel").string()};
}

const TorchLibrary* Open(const std::string& path) {
  // Lazily and for itself: the program's own symbols are not LibTorch's business, nor the other way round.
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw InputError("{}: cannot be loaded: {}", path, ::dlerror());
  using Entry = const TorchLibrary* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(handle, kTorchLibrarySymbol));
  const TorchLibrary* library = entry == nullptr ? nullptr : entry();
  if (library == nullptr || library->version != kTorchLibraryVersion)
    throw InputError("{}: belongs to another build of evenkeel, expected version {}", path, kTorchLibraryVersion);
  return library;
}

const TorchLibrary* FindAndOpen() {
  const std::vector<std::string> places = Places();
  for (const std::string& place : places) {
    const fs::path path = fs::path(place) / kTorchLibraryFile;
    if (fs::exists(path)) return Open(path.string());
  }
  throw InputError(
      "networks need LibTorch, and this build of evenkeel has none: no {} in {} (install libtorch-dev and configure "
      "with -DEVENKEEL_WITH_TORCH=ON)",
      kTorchLibraryFile, fmt::join(places, ", "));
}

}  // namespace

const TorchLibrary& LoadTorchLibrary() {
  static std::mutex mutex;
  static const TorchLibrary* library = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (library == nullptr) library = FindAndOpen();
  return *library;
}

std::unique_ptr<Neural> MakeNeural(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime) {
  return LoadTorchLibrary().make(spec, shape, runtime);
}

std::unique_ptr<PriceNetwork> MakePriceNetwork(const PriceNetworkSpec& spec, const PriceShape& shape,
                                               const NeuralRuntime& runtime) {
  return LoadTorchLibrary().make_prices(spec, shape, runtime);
}

LineAlpha TwinOfLineAlpha(const PriceShape& shape, const LineSlot& slot) {
  return LoadTorchLibrary().twin_of_line(shape, slot);
}

}  // namespace evenkeel
