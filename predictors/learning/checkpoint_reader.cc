// Reading checkpoints, which may come from anyone.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "models/base/error.h"
#include "models/base/read_file.h"
#include "models/files/memory_estimate.h"
#include "models/world/limits.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/checkpoint_fields.h"
#include "predictors/learning/checkpoint_schema.h"

namespace evenkeel {
namespace {

constexpr std::string_view kOldMagic = "evenkeel-network\n";  // of schema version 1
constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n";
constexpr double kMostEpochs = 1e6;

constexpr const char* kFileAttributes[] = {
    "schema",     "schema_version", "checksum",   "network",        "options",         "units",        "objective",
    "trained_on", "command",        "generator",  "slot_hours",     "first_time",      "last_time",    "num_scales",
    "best_loss",  "best_epoch",     "num_losses", "training_epoch", "training_waited", "training_rate"};

std::string FirstBytes(const std::string& path) {
  CheckRegularFile(path);
  std::string head(kOldMagic.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

Vector VectorOf(const std::vector<double>& values) {
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// Anything that people take for a checkpoint.
void CheckIsHdf5(const std::string& path) {
  const std::string head = FirstBytes(path);
  if (StartsWith(head, kHdf5Magic)) return;
  if (StartsWith(head, kOldMagic))
    throw InputError(
        "{}: a network of schema version 1, whose weights were a program to LibTorch; expected version {}, which holds "
        "numbers only: train it again with `evenkeel train`",
        path, kCheckpointSchemaVersion);
  if (StartsWith(head, "PK"))
    throw InputError(
        "{}: a zip archive, as TorchScript modules are, which torchscript(file=..) takes; expected a network that "
        "`evenkeel train` wrote",
        path);
  throw InputError("{}: no network of evenkeel, expected a file that `evenkeel train` wrote", path);
}

class CheckpointReader {
 public:
  explicit CheckpointReader(const std::string& path) : file_(path) {
    CheckSchema();
    file_.ExpectAttributes("", {std::begin(kFileAttributes), std::end(kFileAttributes)});
    ReadHeader();
    ReadCourse();
    ReadLosses();
    if (file_.Text(kCheckpointSum) != CheckpointSum(c_))
      throw InputError("{}: damaged: what it says of its network has the checksum {}, the attribute 'checksum' is {}",
                       path, CheckpointSum(c_), file_.Text(kCheckpointSum));
  }

  const Checkpoint& header() const { return c_; }

  Checkpoint ReadAll(const NetworkOutline& outline) {
    std::set<std::string> left = NamesOfTensors();
    CheckGroup(kWeightsPrefix, outline.weights, &left);
    if (c_.training.epoch > 0) {
      CheckGroup(kTrainingWeightsPrefix, outline.weights, &left);
      CheckGroup(kOptimiserPrefix, outline.optimiser, &left);
    }
    if (!left.empty()) throw InputError("{}: dataset '{}' should not be there", path(), *left.begin());
    CheckMemory(outline);
    Checkpoint all = c_;
    all.weights = ReadGroup(kWeightsPrefix, outline.weights);
    if (c_.training.epoch == 0) return all;
    all.training.weights = ReadGroup(kTrainingWeightsPrefix, outline.weights);
    all.training.optimiser = ReadGroup(kOptimiserPrefix, outline.optimiser);
    return all;
  }

 private:
  void CheckSchema() const {
    const std::string schema = file_.Text("schema");
    if (schema != kCheckpointSchemaName)
      throw InputError("{}: the attribute 'schema' is \"{}\", expected \"{}\", as `evenkeel train` writes it", path(),
                       schema, kCheckpointSchemaName);
    const double version = file_.Number("schema_version", -kLargestInteger, kLargestInteger);
    if (version != kCheckpointSchemaVersion)
      throw InputError("{}: schema version {}, expected {}", path(), version, kCheckpointSchemaVersion);
  }

  void ReadHeader() {
    c_.network = file_.Text("network");
    c_.options = file_.Text("options");
    c_.units = file_.Lines("units");
    c_.objective = file_.Lines("objective");
    c_.trained_on = file_.Text("trained_on");
    c_.command = file_.Text("command");
    c_.generator = file_.Text("generator");
    c_.slot_hours = file_.Number("slot_hours", 1.0 / 3600.0, kLongestSlotHours);
    c_.first_time = file_.Integer("first_time", -kLargestInteger, kLargestInteger);
    c_.last_time = file_.Integer("last_time", static_cast<double>(c_.first_time), kLargestInteger);
    c_.gateways = file_.Names("gateway");
    c_.regions = file_.Names("region");
    const auto columns = static_cast<double>(c_.gateways.size() + 3 * c_.regions.size());
    const std::int64_t scales = file_.Integer("num_scales", 0.0, columns);
    if (scales > 0) c_.scales = VectorOf(file_.Numbers({"scales", TensorType::kFloat64, {scales}}));
    for (Eigen::Index k = 0; k < c_.scales.size(); ++k) {
      if (!(std::isfinite(c_.scales[k]) && c_.scales[k] > 0.0))
        throw InputError("{}: dataset 'scales', value {}, is {}, expected a finite number above 0", path(), k,
                         c_.scales[k]);
    }
  }

  void ReadCourse() {
    constexpr double kLargest = std::numeric_limits<double>::max();
    c_.best_loss = file_.Number("best_loss", -kLargest, kLargest);
    c_.best_epoch = static_cast<int>(file_.Integer("best_epoch", 0.0, kMostEpochs));
    c_.training.epoch = static_cast<int>(file_.Integer("training_epoch", 0.0, kMostEpochs));
    c_.training.waited = static_cast<int>(file_.Integer("training_waited", 0.0, kMostEpochs));
    c_.training.rate = file_.Number("training_rate", 0.0, kLargest);
  }

  void ReadLosses() {
    const std::int64_t count = file_.Integer("num_losses", 0.0, kMostEpochs);
    std::vector<double> rows;
    if (count > 0) rows = file_.Numbers({"losses", TensorType::kFloat64, {count, kLossColumns}});
    for (std::size_t i = 0; i < rows.size(); i += kLossColumns) {
      const auto epoch = static_cast<int>(i / kLossColumns) + 1;
      const bool is_finite = std::all_of(&rows[i], &rows[i] + kLossColumns, [](double x) { return std::isfinite(x); });
      if (!is_finite || rows[i] != epoch)
        throw InputError("{}: dataset 'losses', row {}: [{}, {}, {}, {}], expected epoch {} and finite numbers", path(),
                         epoch - 1, rows[i], rows[i + 1], rows[i + 2], rows[i + 3], epoch);
      c_.training.losses.push_back({epoch, rows[i + 1], rows[i + 2], rows[i + 3]});
    }
  }

  std::set<std::string> NamesOfTensors() const {
    const std::vector<std::string> all = file_.file().Datasets();
    std::set<std::string> names(all.begin(), all.end());
    for (const char* name : {"gateway", "region"}) names.erase(name);
    if (c_.scales.size() > 0) names.erase("scales");
    if (!c_.training.losses.empty()) names.erase("losses");
    return names;
  }

  /// Nothing of the values is read yet.
  void CheckGroup(const std::string& prefix, const TensorOutlines& expected, std::set<std::string>* left) const {
    TensorOutlines found;
    for (auto name = left->lower_bound(prefix); name != left->end() && StartsWith(*name, prefix);) {
      found.push_back(file_.OutlineOf(prefix, name->substr(prefix.size())));
      name = left->erase(name);
    }
    try {
      CheckOutlines(expected, found, prefix);
    } catch (const InputError& error) {
      throw InputError("{}: dataset {}", path(), error.what());
    }
  }

  void CheckMemory(const NetworkOutline& outline) const {
    std::vector<const TensorOutlines*> groups = {&outline.weights};
    if (c_.training.epoch > 0) groups = {&outline.weights, &outline.weights, &outline.optimiser};
    double bytes = 0.0;
    for (const TensorOutlines* group : groups) {
      for (const TensorOutline& one : *group) bytes += sizeof(double) * static_cast<double>(NumValues(one));
    }
    ExpectMemory(path(), "the network", bytes);
  }

  NamedTensors ReadGroup(const std::string& prefix, const TensorOutlines& outlines) const {
    NamedTensors tensors;
    for (const TensorOutline& outline : outlines) {
      const std::string dataset = prefix + outline.name;
      NamedTensor tensor{outline, file_.Numbers({dataset, outline.type, outline.shape})};
      CheckTensorValues(tensor, fmt::format("{}: dataset '{}'", path(), dataset));
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

  const std::string& path() const { return file_.file().path(); }

  CheckpointFields file_;
  Checkpoint c_;
};

}  // namespace

Checkpoint ReadCheckpointHeader(const std::string& path) {
  CheckIsHdf5(path);
  return CheckpointReader(path).header();
}

Checkpoint ReadCheckpoint(const std::string& path, const OutlineOfNetwork& outline) {
  CheckIsHdf5(path);
  CheckpointReader reader(path);
  NetworkOutline expected;
  try {
    expected = outline(reader.header());
  } catch (const InputError& error) {  // of a spec, which does not know where it stands
    if (StartsWith(error.what(), path)) throw;
    throw InputError("{}: {}", path, error.what());
  }
  return reader.ReadAll(expected);
}

void CheckNoCheckpoint(const std::string& path) {
  if (StartsWith(FirstBytes(path), kHdf5Magic))
    throw InputError(
        "{}: an HDF5 file, expected a TorchScript module; a network that `evenkeel train` wrote is for "
        "learned(file=..) or learned-price(file=..)",
        path);
}

}  // namespace evenkeel
