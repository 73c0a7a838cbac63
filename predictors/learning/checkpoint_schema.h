// What checkpoints are called inside (docs/checkpoint_format.md); shared by writer and reader.
#pragma once

#include <string>

namespace evenkeel {

struct Checkpoint;

/// Prefixes of datasets.
inline constexpr const char* kWeightsPrefix = "weights.";
inline constexpr const char* kTrainingWeightsPrefix = "training.weights.";
inline constexpr const char* kOptimiserPrefix = "training.optimiser.";

/// Of a dataset of numbers, CRC-32 over its values as float64; of the file, over everything but the tensors.
inline constexpr const char* kCheckpointSum = "checksum";

/// Columns of the dataset `losses`: epoch, rate, loss in training, loss in validation.
inline constexpr int kLossColumns = 4;

/// The file's checksum.
std::string CheckpointSum(const Checkpoint& checkpoint);

}  // namespace evenkeel
