// The weights in a file that `evenkeel train` wrote.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/files/hdf5_reader.h"

namespace evenkeel {

inline std::map<std::string, std::vector<double>> WeightsIn(const std::string& path) {
  const Hdf5Reader file(path);
  std::map<std::string, std::vector<double>> weights;
  for (const std::string& dataset : file.Datasets()) {
    if (dataset.rfind("weights.", 0) != 0) continue;
    const std::vector<std::int64_t> shape = file.Shape(dataset);
    std::int64_t count = 1;
    for (const std::int64_t length : shape) count *= length;
    weights[dataset].resize(static_cast<std::size_t>(count));
    file.ReadRows(dataset, 0, shape[0], weights[dataset].data());
  }
  EXPECT_GT(weights.size(), 1u);
  return weights;
}

}  // namespace evenkeel
