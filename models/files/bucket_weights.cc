#include "models/files/bucket_weights.h"

#include <algorithm>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/suggest.h"

namespace evenkeel {

Vector ReadBucketWeights(const std::string& path, const std::vector<std::string>& buckets) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  const int bucket_column = table.Column("bucket");
  const int weight_column = table.Column("weight");
  Vector weights = Vector::Ones(buckets.size());
  std::vector<bool> seen(buckets.size());
  for (int row = 0; row < table.num_rows(); ++row) {
    const std::string& name = table.rows[row][bucket_column];
    const auto found = std::find(buckets.begin(), buckets.end(), name);
    if (found == buckets.end()) {
      throw InputError("{}: unknown bucket \"{}\"{}", table.Where(row), name, DidYouMean(name, buckets));
    }
    const auto bucket = found - buckets.begin();
    if (seen[bucket]) throw InputError("{}: bucket \"{}\" is given twice", table.Where(row), name);
    seen[bucket] = true;
    weights[bucket] = table.Number(row, weight_column);
    if (!(weights[bucket] > 0.0)) {
      throw InputError("{}: the weight of \"{}\" is {}, allowed is > 0", table.Where(row), name, weights[bucket]);
    }
  }
  const auto missing = std::find(seen.begin(), seen.end(), false);
  if (missing != seen.end()) {
    throw InputError("{}: there is no weight for bucket \"{}\"; every bucket needs one", path,
                     buckets[missing - seen.begin()]);
  }
  return weights;
}

}  // namespace evenkeel
