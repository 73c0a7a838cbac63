// Trained networks on disk: what they are made for, and their tensors, as numbers in HDF5. Nothing in such a file is
// run or handed to a parser of LibTorch's (docs/checkpoint_format.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "predictors/learning/tensors.h"

namespace evenkeel {

inline constexpr int kCheckpointSchemaVersion = 2;
inline constexpr const char* kCheckpointSchemaName = "evenkeel-network";

/// Losses after an epoch, in units of the columns' scales.
struct EpochLoss {
  int epoch = 0;  ///< from 1
  double rate = 0.0;
  double train = 0.0;
  double valid = 0.0;
};

/// Where a training stands: everything that the next epoch depends on.
struct TrainingState {
  int epoch = 0;   ///< epochs done
  int waited = 0;  ///< epochs since the best one
  double rate = 0.0;
  std::vector<EpochLoss> losses;
  NamedTensors weights;    ///< as they are now
  NamedTensors optimiser;  ///< its state
};

struct Checkpoint {
  std::string network;                ///< spec, with all options
  std::string options;                ///< of the training, for people and to compare
  std::vector<std::string> gateways;  ///< names, in order
  std::vector<std::string> regions;
  std::vector<std::string> units;  ///< of demand, price, carbon and water
  double slot_hours = 1.0;
  std::vector<std::string> objective;  ///< a line per group; empty for networks that forecast
  Vector scales;  ///< [gateways + 3 regions], s_c of predictors/learning/input_formula.h; empty for networks of prices
  std::string trained_on;
  std::int64_t first_time = 0, last_time = 0;  ///< of the training part
  std::string command, generator;
  double best_loss = 0.0;  ///< on the validation part, of `weights`
  int best_epoch = 0;
  NamedTensors weights;
  TrainingState training;  ///< epoch 0: done
};

/// Units of demand, price, carbon and water as signals have them.
std::vector<std::string> SignalUnits();

/// Writes atomically. Throws InputError, also for numbers that are not finite.
void WriteCheckpoint(const Checkpoint& checkpoint, const std::string& path);

/// What a network's tensors have to be, from everything else that its file says of it. May throw InputError.
using OutlineOfNetwork = std::function<NetworkOutline(const Checkpoint& header)>;

/// Everything but the tensors. Throws InputError naming file, field and what is allowed, for anything that is missing,
/// more than expected, of another type or shape, not finite or damaged, and for what is no network of evenkeel.
Checkpoint ReadCheckpointHeader(const std::string& path);
/// The same with the tensors, in the order of the outline. Their types and shapes are held against the outline before
/// any of them is read; weights that still are in training have two more groups of them.
Checkpoint ReadCheckpoint(const std::string& path, const OutlineOfNetwork& outline);

/// Throws InputError that says what takes them for a file in HDF5, for those who read other models.
void CheckNoCheckpoint(const std::string& path);

}  // namespace evenkeel
