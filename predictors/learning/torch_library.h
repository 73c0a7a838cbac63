// The door to predictors/torch/: what its library exports, and where it is looked for.
#pragma once

#include <memory>
#include <string>

#include "predictors/learning/neural.h"
#include "predictors/learning/price_network.h"
#include "predictors/learning/script_module.h"

namespace evenkeel {

/// Changes with every change of predictors/learning/neural.h, price_network.h, tensors.h and script_module.h: a library
/// of another build is refused.
inline constexpr int kTorchLibraryVersion = 5;
inline constexpr char kTorchLibraryFile[] = "libevenkeel_torch.so";
inline constexpr char kTorchLibraryInstalled[] = "lib/evenkeel/libevenkeel_torch.so";  // from the prefix
inline constexpr char kTorchLibrarySymbol[] = "evenkeel_torch_library";

struct TorchLibrary {
  int version = kTorchLibraryVersion;
  std::unique_ptr<Script> (*load_script)(const std::string& bytes) = nullptr;
  void (*warm_up_scripts)() = nullptr;
  std::unique_ptr<Neural> (*make)(const NeuralSpec&, const NeuralShape&, const NeuralRuntime&) = nullptr;
  std::unique_ptr<PriceNetwork> (*make_prices)(const PriceNetworkSpec&, const PriceShape&,
                                               const NeuralRuntime&) = nullptr;
  LineAlpha (*twin_of_line)(const PriceShape&, const LineSlot&) = nullptr;
};

/// The library, loaded on the first call and kept until the program ends. It is looked for relative to the program
/// (PlacesOfOwnFile), then on the run path of the program and in LD_LIBRARY_PATH. Throws InputError that says where.
const TorchLibrary& LoadTorchLibrary();

}  // namespace evenkeel
