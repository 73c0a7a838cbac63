// Writing checkpoints. learning/checkpoint_reader.cc reads them.
#include "predictors/learning/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "models/base/atomic_file.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/files/hdf5_writer.h"
#include "predictors/learning/checkpoint_fields.h"
#include "predictors/learning/checkpoint_schema.h"

namespace evenkeel {
namespace {

Hdf5Field::Type FieldType(TensorType type) {
  switch (type) {
    case TensorType::kFloat32:
      return Hdf5Field::Type::kFloat32;
    case TensorType::kInt64:
      return Hdf5Field::Type::kInt64;
    case TensorType::kFloat64:
      break;
  }
  return Hdf5Field::Type::kFloat64;
}

class CheckpointWriter {
 public:
  CheckpointWriter(const Checkpoint& checkpoint, const std::string& file, const std::string& name)
      : c_(checkpoint), path_(name), file_(file, name) {}

  void Write() {
    WriteHeader();
    WriteCourse();
    file_.AddLabels("gateway", "gateways, in order", c_.gateways);
    file_.AddLabels("region", "regions, in order", c_.regions);
    if (c_.scales.size() > 0)
      WriteNumbers({"scales", TensorType::kFloat64, {c_.scales.size()}}, c_.scales.data(), "scale of a column");
    WriteLosses();
    WriteTensors(kWeightsPrefix, c_.weights, "weights of the best epoch");
    if (c_.training.epoch > 0) {
      WriteTensors(kTrainingWeightsPrefix, c_.training.weights, "weights after the last epoch");
      WriteTensors(kOptimiserPrefix, c_.training.optimiser, "state of the optimiser");
    }
    file_.Close();
  }

 private:
  void WriteHeader() {
    const auto text = [this](const char* name, const std::string& value) { file_.SetAttribute("", name, value); };
    text("schema", kCheckpointSchemaName);
    file_.SetAttribute("", "schema_version", std::int64_t{kCheckpointSchemaVersion});
    text(kCheckpointSum, CheckpointSum(c_));
    text("network", c_.network);
    text("options", c_.options);
    text("units", fmt::format("{}", fmt::join(c_.units, "\n")));
    text("objective", fmt::format("{}", fmt::join(c_.objective, "\n")));
    text("trained_on", c_.trained_on);
    text("command", c_.command);
    text("generator", c_.generator);
    file_.SetAttribute("", "slot_hours", c_.slot_hours);
    file_.SetAttribute("", "first_time", c_.first_time);
    file_.SetAttribute("", "last_time", c_.last_time);
    file_.SetAttribute("", "num_scales", std::int64_t{c_.scales.size()});
  }

  void WriteCourse() {
    file_.SetAttribute("", "best_loss", c_.best_loss);
    file_.SetAttribute("", "best_epoch", std::int64_t{c_.best_epoch});
    file_.SetAttribute("", "num_losses", static_cast<std::int64_t>(c_.training.losses.size()));
    file_.SetAttribute("", "training_epoch", std::int64_t{c_.training.epoch});
    file_.SetAttribute("", "training_waited", std::int64_t{c_.training.waited});
    file_.SetAttribute("", "training_rate", c_.training.rate);
  }

  void WriteLosses() {
    std::vector<double> rows;
    for (const EpochLoss& loss : c_.training.losses)
      rows.insert(rows.end(), {static_cast<double>(loss.epoch), loss.rate, loss.train, loss.valid});
    if (rows.empty()) return;
    WriteNumbers({"losses", TensorType::kFloat64, {static_cast<std::int64_t>(c_.training.losses.size()), kLossColumns}},
                 rows.data(), "epoch, rate, loss in training, loss in validation");
  }

  void WriteTensors(const std::string& prefix, const NamedTensors& tensors, const std::string& long_name) {
    for (const NamedTensor& tensor : tensors) {
      const std::string name = prefix + tensor.outline.name;
      CheckTensorValues(tensor, fmt::format("cannot write {}: '{}'", path_, name));
      WriteNumbers({name, tensor.outline.type, tensor.outline.shape}, tensor.values.data(), long_name);
    }
  }

  void WriteNumbers(const TensorOutline& outline, const double* values, const std::string& long_name) {
    Hdf5Field field{outline.name, {}, "1", long_name, FieldType(outline.type)};
    for (const std::int64_t length : outline.shape) {
      field.axes.push_back(fmt::format("axis_{}", length));
      if (axes_.insert(length).second) file_.AddAxis(field.axes.back(), length);
    }
    file_.AddField(field);
    file_.WriteAll(field.name, values);
    file_.SetAttribute(field.name, kCheckpointSum, ChecksumText(Crc32(values, NumValues(outline))));
  }

  const Checkpoint& c_;
  std::string path_;
  Hdf5Writer file_;
  std::set<std::int64_t> axes_;
};

}  // namespace

std::vector<std::string> SignalUnits() { return {"units of workload per slot", "USD/MWh", "kg/kWh", "L/kWh"}; }

std::string CheckpointSum(const Checkpoint& c) {
  std::string text = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", c.network, c.options,
                                 fmt::join(c.gateways, "\n"), fmt::join(c.regions, "\n"), fmt::join(c.units, "\n"),
                                 fmt::join(c.objective, "\n"), c.trained_on, c.command, c.generator);
  text += fmt::format("{} {} {} {} {} {} {} {}\n", c.slot_hours, c.first_time, c.last_time, c.best_loss, c.best_epoch,
                      c.training.epoch, c.training.waited, c.training.rate);
  for (const double scale : c.scales) text += fmt::format("{}\n", scale);
  for (const EpochLoss& loss : c.training.losses)
    text += fmt::format("{} {} {} {}\n", loss.epoch, loss.rate, loss.train, loss.valid);
  return ChecksumText(Crc32(text));
}

void WriteCheckpoint(const Checkpoint& checkpoint, const std::string& path) {
  AtomicFile file(path);
  CheckpointWriter(checkpoint, file.temporary_path(), path).Write();
  file.Commit();
}

}  // namespace evenkeel
