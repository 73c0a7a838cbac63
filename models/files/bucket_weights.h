// How much a bucket's load counts in its group's norm (how vulnerable a region is), from a file.
#pragma once

#include <string>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// Reads a CSV with the header `bucket,weight`: weights > 0, every bucket once. Returns them in the order of `buckets`,
/// [buckets]. Throws InputError naming file and line.
Vector ReadBucketWeights(const std::string& path, const std::vector<std::string>& buckets);

}  // namespace evenkeel
