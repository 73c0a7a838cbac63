#include "predictors/learning/checkpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/atomic_file.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "evenkeel-network\n";
constexpr std::size_t kSumBytes = 4;

std::string SumBytes(std::string_view bytes) {
  const std::uint32_t sum = Crc32(bytes);
  std::string text;
  for (unsigned i = 0; i < kSumBytes; ++i) text.push_back(static_cast<char>(sum >> (8 * i) & 0xFF));
  return text;
}

Json HeaderOf(const Checkpoint& c) {
  Json losses = Json::array();
  for (const EpochLoss& loss : c.training.losses) losses.push_back({loss.epoch, loss.rate, loss.train, loss.valid});
  return {{"schema_version", kCheckpointSchemaVersion},
          {"network", c.network},
          {"options", c.options},
          {"gateways", c.gateways},
          {"regions", c.regions},
          {"units", c.units},
          {"slot_hours", c.slot_hours},
          {"objective", c.objective},
          {"scales", std::vector<double>(c.scales.begin(), c.scales.end())},
          {"trained_on", c.trained_on},
          {"first_time", c.first_time},
          {"last_time", c.last_time},
          {"command", c.command},
          {"generator", c.generator},
          {"best_loss", c.best_loss},
          {"best_epoch", c.best_epoch},
          {"weights", c.weights.size()},
          {"training",
           {{"epoch", c.training.epoch},
            {"waited", c.training.waited},
            {"rate", c.training.rate},
            {"losses", losses},
            {"weights", c.training.weights.size()},
            {"optimiser", c.training.optimiser.size()}}}};
}

TrainingState TrainingOf(const Json& json) {
  TrainingState state;
  json.at("epoch").get_to(state.epoch);
  json.at("waited").get_to(state.waited);
  json.at("rate").get_to(state.rate);
  for (const Json& loss : json.at("losses"))
    state.losses.push_back(
        {loss.at(0).get<int>(), loss.at(1).get<double>(), loss.at(2).get<double>(), loss.at(3).get<double>()});
  return state;
}

Checkpoint CheckpointOf(const Json& json) {
  Checkpoint c;
  json.at("network").get_to(c.network);
  json.at("options").get_to(c.options);
  json.at("gateways").get_to(c.gateways);
  json.at("regions").get_to(c.regions);
  json.at("units").get_to(c.units);
  json.at("slot_hours").get_to(c.slot_hours);
  c.objective = json.value("objective", std::vector<std::string>());  // older ones have none
  const std::vector<double> scales = json.at("scales");
  c.scales = Eigen::Map<const Vector>(scales.data(), scales.size());
  json.at("trained_on").get_to(c.trained_on);
  json.at("first_time").get_to(c.first_time);
  json.at("last_time").get_to(c.last_time);
  json.at("command").get_to(c.command);
  json.at("generator").get_to(c.generator);
  json.at("best_loss").get_to(c.best_loss);
  json.at("best_epoch").get_to(c.best_epoch);
  c.training = TrainingOf(json.at("training"));
  return c;
}

/// The header's text, cut off the front of `rest`.
std::string TakeHeader(std::string_view* rest, const std::string& path) {
  rest->remove_prefix(kMagic.size());
  const std::size_t end = rest->find('\n');
  const std::string length(rest->substr(0, std::min(end, rest->size())));
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, ParseInteger(length).value_or(0)));
  if (end == std::string_view::npos || size == 0 || size > rest->size() - end - 1) {
    throw InputError("{}: damaged header: its length is \"{}\", allowed are 1 to {} bytes", path, length.substr(0, 20),
                     rest->size());
  }
  std::string header(rest->substr(end + 1, size));
  rest->remove_prefix(end + 1 + size);
  return header;
}

}  // namespace

std::vector<std::string> SignalUnits() { return {"units of workload per slot", "USD/MWh", "kg/kWh", "L/kWh"}; }

void WriteCheckpoint(const Checkpoint& checkpoint, const std::string& path) {
  const std::string header = HeaderOf(checkpoint).dump();
  const std::string bytes = fmt::format("{}{}\n{}{}{}{}", kMagic, header.size(), header, checkpoint.weights,
                                        checkpoint.training.weights, checkpoint.training.optimiser);
  AtomicFile file(path);
  file.Write(bytes);
  file.Write(SumBytes(bytes));
  file.Commit();
}

Checkpoint ReadCheckpoint(const std::string& path) {
  const std::string bytes = ReadBytes(path);
  if (bytes.compare(0, kMagic.size(), kMagic) != 0)
    throw InputError("{}: no network of evenkeel, expected a file that `evenkeel train` wrote", path);
  std::string_view rest = std::string_view(bytes).substr(0, bytes.size() - kSumBytes);
  if (bytes.size() < kMagic.size() + kSumBytes || SumBytes(rest) != std::string_view(bytes).substr(rest.size()))
    throw InputError("{}: cut off or damaged, its checksum is wrong ({} bytes)", path, bytes.size());
  try {
    const Json json = Json::parse(TakeHeader(&rest, path));
    const int version = json.at("schema_version");
    if (version != kCheckpointSchemaVersion)
      throw InputError("{}: schema version {}, expected {}", path, version, kCheckpointSchemaVersion);
    Checkpoint checkpoint = CheckpointOf(json);
    const auto take = [&rest](std::size_t size) {
      std::string part(rest.substr(0, size));
      rest.remove_prefix(part.size());
      return part;
    };
    checkpoint.weights = take(json.at("weights"));
    checkpoint.training.weights = take(json.at("training").at("weights"));
    checkpoint.training.optimiser = take(json.at("training").at("optimiser"));
    return checkpoint;
  } catch (const Json::exception& error) {
    throw InputError("{}: damaged header: {}", path, error.what());
  }
}

}  // namespace evenkeel
