// Trained networks on disk: what they are made for, and their weights.
//
//   "evenkeel-network\n", the length of the header in decimal digits and "\n", the header as JSON, the weights, and
//   where a training goes on from here its state. The header has the sizes and CRC-32 of both, and the last four bytes
//   are the CRC-32 of all that is before them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

inline constexpr int kCheckpointSchemaVersion = 1;

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
  std::string weights;    ///< as they are now
  std::string optimiser;  ///< its state
};

struct Checkpoint {
  std::string network;                ///< spec, with all options
  std::string options;                ///< of the training, for people and to compare
  std::vector<std::string> gateways;  ///< names, in order
  std::vector<std::string> regions;
  std::vector<std::string> units;  ///< of demand, price, carbon and water
  double slot_hours = 1.0;
  std::vector<std::string> objective;  ///< a line per group; empty for networks that forecast
  Vector scales;  ///< [gateways + 3 regions], s_c of predictors/learning/learned_inputs.h; empty for networks of prices
  std::string trained_on;
  std::int64_t first_time = 0, last_time = 0;  ///< of the training part
  std::string command, generator;
  double best_loss = 0.0;  ///< on the validation part, of `weights`
  int best_epoch = 0;
  std::string weights;     ///< bytes of the network's library
  TrainingState training;  ///< epoch 0: done
};

/// Units of demand, price, carbon and water as signals have them.
std::vector<std::string> SignalUnits();

/// Writes atomically. Throws InputError.
void WriteCheckpoint(const Checkpoint& checkpoint, const std::string& path);
/// Throws InputError naming the file for what is missing, cut off, damaged, or of another schema.
Checkpoint ReadCheckpoint(const std::string& path);

}  // namespace evenkeel
