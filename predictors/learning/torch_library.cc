#include "predictors/learning/torch_library.h"

#include <dlfcn.h>
#include <fmt/ranges.h>

#include <mutex>

#include "models/base/error.h"
#include "models/base/own_files.h"

namespace evenkeel {
namespace {

const TorchLibrary* Entry(void* handle, const std::string& path) {
  using Function = const TorchLibrary* (*)();
  const auto function = reinterpret_cast<Function>(::dlsym(handle, kTorchLibrarySymbol));
  const TorchLibrary* library = function == nullptr ? nullptr : function();
  if (library == nullptr || library->version != kTorchLibraryVersion)
    throw InputError("{}: belongs to another build of evenkeel, expected version {}", path, kTorchLibraryVersion);
  return library;
}

const TorchLibrary* FindAndOpen() {
  const std::vector<std::string> places = PlacesOfOwnFile(kTorchLibraryFile, kTorchLibraryInstalled);
  std::string path = FirstThatExists(places);
  // Own programs of others lie anywhere: find_package(evenkeel) gives them a run path, which the loader goes through.
  if (path.empty()) path = kTorchLibraryFile;
  // Lazily and for itself: the program's own symbols are not LibTorch's business, nor the other way round.
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return Entry(handle, path);
  const std::string reason = ::dlerror();
  // The loader's own search found nothing, rather than a library that lacks another one.
  if (path == kTorchLibraryFile && reason.rfind(path, 0) == 0) {
    throw InputError(
        "networks need LibTorch, and this build of evenkeel has none: no {} in {} (install libtorch-dev and configure "
        "with -DEVENKEEL_WITH_TORCH=ON)",
        kTorchLibraryFile, fmt::join(places, ", "));
  }
  throw InputError("{}: cannot be loaded: {}", path, reason);
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
