#include "models/files/trace_file.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/cf_time.h"
#include "models/files/hdf5_file.h"
#include "models/files/hdf5_reader.h"
#include "models/files/memory_estimate.h"
#include "models/world/footprint.h"
#include "models/world/limits.h"
#include "models/world/time_base.h"
#include "models/world/trace_schema.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kMostSlots = 100'000'000;
// Of one signal: as much as a chunk, so that no chunk is read twice and a slot anywhere costs one chunk per signal.
constexpr std::int64_t kBlockBytes = kChunkTarget;

void CheckUnits(const Hdf5Reader& file, const std::string& dataset, const std::string& units) {
  const std::optional<std::string> found = file.Text(dataset, "units");
  if (found == units) return;
  throw InputError("{}: dataset '{}' has {}, allowed is \"{}\"", file.path(), dataset,
                   found ? fmt::format("the units \"{}\"", *found) : "no attribute 'units' that is a string", units);
}

/// Lengths of the axes, to check datasets against.
struct AxisLengths {
  std::int64_t time = 0;
  std::int64_t region = 0;
  std::int64_t gateway = 0;
  std::int64_t variant = 0;
  std::int64_t work_class = 0;

  std::int64_t Of(const std::string& axis) const {
    if (axis == kWorkClassAxis) return work_class;
    return axis == "time" ? time : axis == "region" ? region : axis == "gateway" ? gateway : variant;
  }
};

void CheckField(const Hdf5Reader& file, const TraceField& field, const AxisLengths& extents) {
  std::vector<std::int64_t> shape;
  for (const std::string& axis : field.Axes()) shape.push_back(extents.Of(axis));
  file.ExpectShape(field.name, shape, fmt::format("{}", fmt::join(field.Axes(), ", ")));
  CheckUnits(file, field.name, field.units);
}

RowMatrix ReadMatrix(const Hdf5Reader& file, const TraceField& field, const AxisLengths& extents) {
  CheckField(file, field, extents);
  const std::int64_t columns = field.axes[1] == nullptr ? 1 : extents.Of(field.axes[1]);
  RowMatrix values(extents.Of(field.axes[0]), columns);
  file.ReadRows(field.name, 0, values.rows(), values.data());
  return values;
}

FlagMatrix ReadReachable(const Hdf5Reader& file, const TraceField& field, const AxisLengths& extents,
                         const Network& network) {
  CheckField(file, field, extents);
  FlagMatrix flags(extents.Of(field.axes[0]), extents.region);
  std::vector<std::int64_t> row(extents.region);
  for (std::int64_t j = 0; j < flags.rows(); ++j) {
    file.ReadRows(field.name, j, 1, row.data());
    for (std::int64_t i = 0; i < extents.region; ++i) {
      const std::int64_t flag = row[i];
      if (flag != 0 && flag != 1) {
        throw InputError("{}: dataset '{}', {} '{}', region '{}': the value is {}, allowed are 0 and 1", file.path(),
                         field.name, field.axes[0], ColumnName(network, field.axes[0], j), network.regions[i].name,
                         flag);
      }
      flags(j, i) = static_cast<std::uint8_t>(flag);
    }
  }
  return flags;
}

std::vector<std::string> ReadNames(const Hdf5Reader& file, const std::string& axis) {
  std::vector<std::string> names = file.Labels(axis);
  const auto count = static_cast<std::int64_t>(names.size());
  if (count >= 1 && count <= kMostNodes) return names;
  throw InputError("{}: dataset '{}' has {} names, allowed are 1 to {}", file.path(), axis, count, kMostNodes);
}

/// `below` under `matrix`.
template <typename Matrix>
void Append(const Matrix& below, Matrix* matrix) {
  matrix->conservativeResize(matrix->rows() + below.rows(), Eigen::NoChange);
  matrix->bottomRows(below.rows()) = below;
}

/// Classes of work, as gateways behind those that there are.
void ReadWork(const Hdf5Reader& file, double slot_hours, const AxisLengths& extents, Network* network) {
  const RowMatrix deadlines = ReadMatrix(file, kWorkDeadline, extents);
  const RowMatrix resources = ReadMatrix(file, kWorkResourcePerUnit, extents);
  RowMatrix floors = RowMatrix::Zero(extents.work_class, 1);
  if (file.Has(kWorkCostFloor.name)) floors = ReadMatrix(file, kWorkCostFloor, extents);
  for (std::int64_t k = 0; k < extents.work_class; ++k) {
    const std::optional<int> deadline = WholeSlots(deadlines(k, 0), slot_hours);
    if (!deadline) {
      throw InputError("{}: dataset '{}', {} '{}': the value is {}, allowed are whole slots of {} h, 0 to {} of them",
                       file.path(), kWorkDeadline.name, kWorkClassAxis, network->gateways[extents.gateway + k].name,
                       deadlines(k, 0), slot_hours, kMostDeadlineSlots);
    }
    network->classes.push_back({*deadline, resources(k, 0), floors(k, 0)});
  }
  network->work_energy = ReadMatrix(file, kWorkEnergyPerUnit, extents);
  Append(ReadReachable(file, kWorkReachable, extents, *network), &network->reachable);
  Append(ReadMatrix(file, kWorkTransferCost, extents), &network->network_cost);
  Append<RowMatrix>(RowMatrix::Zero(extents.work_class, extents.region), &network->distance);
}

void ReadNodes(const Hdf5Reader& file, bool has_work, AxisLengths* extents, Network* network) {
  for (std::string& name : ReadNames(file, "region")) network->regions.push_back({std::move(name)});
  for (std::string& name : ReadNames(file, "gateway")) network->gateways.push_back({std::move(name)});
  network->variants.clear();
  for (std::string& name : ReadNames(file, "variant")) network->variants.push_back({std::move(name)});
  extents->region = network->num_regions();
  extents->gateway = network->num_gateways();
  extents->variant = network->num_variants();
  if (!has_work) return;
  for (std::string& name : ReadNames(file, kWorkClassAxis)) network->gateways.push_back({std::move(name)});
  extents->work_class = network->num_gateways() - extents->gateway;
}

Network ReadNetwork(const Hdf5Reader& file, bool has_work, double slot_hours, AxisLengths* extents) {
  Network network;
  ReadNodes(file, has_work, extents, &network);
  // Costs, distances and flags of every pair, and once more while the network is checked and handed on.
  constexpr double kBytesPerPair = 2.0 * 17.0;
  ExpectMemory(file.path(),
               fmt::format("its network of {} regions and {} gateways", extents->region, network.num_gateways()),
               kBytesPerPair * static_cast<double>(extents->region) * network.num_gateways());
  const auto each = [&](const TraceField& field, auto* nodes, auto member) {
    const RowMatrix values = ReadMatrix(file, field, *extents);
    for (Eigen::Index k = 0; k < values.rows(); ++k) (*nodes)[k].*member = values(k, 0);
  };
  each(kPue, &network.regions, &Region::pue);
  each(kRegionLatitude, &network.regions, &Region::latitude);
  each(kRegionLongitude, &network.regions, &Region::longitude);
  each(kGatewayLatitude, &network.gateways, &Gateway::latitude);
  each(kGatewayLongitude, &network.gateways, &Gateway::longitude);
  each(kResourcePerUnit, &network.variants, &Variant::resource_per_unit);
  each(kQualityLoss, &network.variants, &Variant::quality_loss);
  network.energy_per_unit = ReadMatrix(file, kEnergyPerUnit, *extents);
  network.reachable = ReadReachable(file, kReachable, *extents, network);
  network.network_cost = ReadMatrix(file, kNetworkCost, *extents);
  network.distance = ReadMatrix(file, kDistance, *extents);
  if (has_work) ReadWork(file, slot_hours, *extents, &network);
  ValidateNetwork(network, file.path());
  return network;
}

/// Returns whether the trace has work that can wait.
bool CheckSchema(const Hdf5Reader& file) {
  const std::optional<std::string> schema = file.Text("", "schema");
  if (schema != kTraceSchemaName) {
    throw InputError("{}: it is no trace: the attribute 'schema' is {}, expected \"{}\"", file.path(),
                     schema ? fmt::format("\"{}\"", *schema) : "missing", kTraceSchemaName);
  }
  const std::optional<double> version = file.Number("", "schema_version");
  const bool has_work = version == static_cast<double>(kTraceWorkVersion);
  if (!has_work && version != static_cast<double>(kTraceSchemaVersion)) {
    throw InputError("{}: the attribute 'schema_version' is {}, this program reads versions {} and {}", file.path(),
                     version ? fmt::format("{}", *version) : "missing", kTraceSchemaVersion, kTraceWorkVersion);
  }
  if (has_work && !file.Has(kWorkClassAxis)) {
    throw InputError(
        "{}: dataset '{}' is missing: schema_version {} is for traces with work that can wait, {} for others",
        file.path(), kWorkClassAxis, kTraceWorkVersion, kTraceSchemaVersion);
  }
  std::vector<const char*> names = {kWorkClassAxis};
  for (const TraceField& field : kWorkFields) names.push_back(field.name);
  for (const char* name : names) {
    if (has_work || !file.Has(name)) continue;
    throw InputError("{}: it has a dataset '{}', for which the attribute 'schema_version' has to be {}, but it is {}",
                     file.path(), name, kTraceWorkVersion, kTraceSchemaVersion);
  }
  return has_work;
}

Provenance ReadProvenance(const Hdf5Reader& file) {
  const auto text = [&file](const char* attribute) { return file.Text("", attribute).value_or(""); };
  Provenance origin;
  origin.title = text("title");
  origin.source = text("source");
  origin.licence = text("licence");
  origin.processing = text("processing");
  origin.command = text("command");
  origin.generator = text("generator");
  origin.seed = text("seed");
  origin.carbon_signal_type = file.Text(kCarbonIntensity.name, "signal_type").value_or("unspecified");
  origin.carbon_scope = file.Text(kCarbonIntensity.name, "scope").value_or("unspecified");
  return origin;
}

}  // namespace

struct TraceFile::Impl {
  Hdf5Reader file;
  TraceHeader header;
  AxisLengths extents;
  std::int64_t start = 0;  // of slot 0
  bool water_in_parts = false;
  int block_slots = 1;
  int block_first = 0;
  Signals block;  // the slots read last

  explicit Impl(const std::string& path) : file(path) {}

  void ReadHeader();
  void CheckTimes();
  void CheckSignals();
  void ReadSignal(const TraceField& field, int first, RowMatrix* values) const;
  void ReadDemand(int first, RowMatrix* demand) const;
  void ReadWaterParts(int first, Signals* signals) const;
  void ReadBlock(int first, int count, Signals* signals) const;
  std::int64_t Step() const { return SlotSeconds(header.slot_hours); }
};

void TraceFile::Impl::ReadHeader() {
  const bool has_work = CheckSchema(file);
  const std::optional<double> slot_hours = file.Number("", "slot_hours");
  if (!slot_hours) throw InputError("{}: the attribute 'slot_hours' is missing or no number", file.path());
  header.slot_hours = *slot_hours;
  CheckTimes();
  header.network = ReadNetwork(file, has_work, header.slot_hours, &extents);
  CheckSignals();
  header.provenance = ReadProvenance(file);
  const std::int64_t columns = std::max({extents.region, extents.gateway, extents.work_class});
  const std::int64_t slots = kBlockBytes / (8 * columns);
  block_slots = static_cast<int>(std::clamp<std::int64_t>(slots, 1, extents.time));
}

/// All times once, in blocks; afterwards start and step say it all.
void TraceFile::Impl::CheckTimes() {
  const CfTime format = SlotTimeFormat(file);
  const std::vector<std::int64_t> shape = file.Shape("time");
  if (shape.size() != 1 || shape[0] < 1 || shape[0] > kMostSlots) {
    throw InputError("{}: dataset 'time' has the shape [{}], expected one axis of 1 to {} slots", file.path(),
                     fmt::join(shape, ", "), kMostSlots);
  }
  extents.time = shape[0];
  // Each block begins with the last slot of the one before, so that every step is seen.
  constexpr std::int64_t kSlots = kBlockBytes / 8;
  Signals times;
  for (std::int64_t first = 0; first == 0 || first + 1 < extents.time; first += kSlots - 1) {
    times.time.resize(std::min(kSlots, extents.time - first));
    ReadSlotTimes(file, format, first, &times.time);
    if (first == 0) start = times.time[0];
    ValidateTimes(header.slot_hours, times.time, static_cast<int>(first), file.path());
  }
}

void TraceFile::Impl::CheckSignals() {
  for (const TraceField& field : {kDemand, kCapacity, kPrice, kCarbonIntensity}) CheckField(file, field, extents);
  if (extents.work_class > 0) CheckField(file, kWorkArrival, extents);
  const bool whole = file.Has(kWaterIntensity.name);
  const bool onsite = file.Has(kOnsiteWater.name);
  const bool offsite = file.Has(kOffsiteWater.name);
  if (whole ? onsite || offsite : !onsite && !offsite) {
    throw InputError(
        "{}: {} of the datasets 'water_intensity' and 'onsite_water' with 'offsite_water', expected the first or the "
        "other two",
        file.path(), whole ? "it has both" : "it has neither");
  }
  water_in_parts = !whole;
  if (whole) return CheckField(file, kWaterIntensity, extents);
  CheckField(file, kOnsiteWater, extents);
  CheckField(file, kOffsiteWater, extents);
}

void TraceFile::Impl::ReadSignal(const TraceField& field, int first, RowMatrix* values) const {
  const auto missing = file.ReadValues(field.name, first, values->rows(), values->data(), 0.0);
  if (!missing) return;
  const auto index = static_cast<std::int64_t>(missing->index);
  const std::int64_t slot = first + index / values->cols();
  throw InputError("{}: '{}', slot {} ({}), {} '{}': the value is missing ({}), and a trace needs them all",
                   file.path(), field.name, slot, FormatUtc(start + slot * Step()), field.axes[1],
                   ColumnName(header.network, field.axes[1], index % values->cols()), missing->reason);
}

/// Fills all columns of `demand`, those of the classes with what arrives.
void TraceFile::Impl::ReadDemand(int first, RowMatrix* demand) const {
  if (extents.work_class == 0) return ReadSignal(kDemand, first, demand);
  RowMatrix firm(demand->rows(), extents.gateway), arrivals(demand->rows(), extents.work_class);
  ReadSignal(kDemand, first, &firm);
  ReadSignal(kWorkArrival, first, &arrivals);
  *demand << firm, arrivals;
}

/// Reads both parts and leaves their sum in `signals->water_intensity`.
void TraceFile::Impl::ReadWaterParts(int first, Signals* signals) const {
  RowMatrix& onsite = signals->water_intensity;
  RowMatrix offsite(onsite.rows(), onsite.cols());
  ReadSignal(kOnsiteWater, first, &onsite);
  ReadSignal(kOffsiteWater, first, &offsite);
  ValidateSignal(header, kOnsiteWater, signals->time, onsite, first, file.path());
  ValidateSignal(header, kOffsiteWater, signals->time, offsite, first, file.path());
  for (Eigen::Index t = 0; t < onsite.rows(); ++t) {
    for (Eigen::Index i = 0; i < onsite.cols(); ++i) {
      onsite(t, i) = TotalWaterIntensity(onsite(t, i), header.network.regions[i].pue, offsite(t, i));
    }
  }
}

void TraceFile::Impl::ReadBlock(int first, int count, Signals* signals) const {
  EVENKEEL_CHECK(first >= 0 && count >= 0 && first <= extents.time - count);
  signals->time.resize(count);
  for (int k = 0; k < count; ++k) signals->time[k] = start + (first + std::int64_t{k}) * Step();
  signals->demand.resize(count, header.network.num_gateways());
  for (RowMatrix* values :
       {&signals->capacity, &signals->price, &signals->carbon_intensity, &signals->water_intensity}) {
    values->resize(count, extents.region);
  }
  ReadDemand(first, &signals->demand);
  ReadSignal(kCapacity, first, &signals->capacity);
  ReadSignal(kPrice, first, &signals->price);
  ReadSignal(kCarbonIntensity, first, &signals->carbon_intensity);
  if (water_in_parts) {
    ReadWaterParts(first, signals);
  } else {
    ReadSignal(kWaterIntensity, first, &signals->water_intensity);
  }
  ValidateSignals(header, *signals, first, file.path());
}

TraceFile::TraceFile(const std::string& path) : impl_(std::make_unique<Impl>(path)) { impl_->ReadHeader(); }

TraceFile::~TraceFile() = default;

const TraceHeader& TraceFile::header() const { return impl_->header; }

int TraceFile::num_slots() const { return static_cast<int>(impl_->extents.time); }

void TraceFile::Read(int t, Slot* slot) {
  EVENKEEL_CHECK(t >= 0 && t < num_slots());
  Signals& block = impl_->block;
  if (t < impl_->block_first || t >= impl_->block_first + block.num_slots()) {
    const int first = t - t % impl_->block_slots;
    // Forget the old block first: a failed read must not leave a mixed one behind.
    block.time.clear();
    impl_->ReadBlock(first, std::min(impl_->block_slots, num_slots() - first), &block);
    impl_->block_first = first;
  }
  FillSlot(block, impl_->header.slot_hours, t - impl_->block_first, t, slot);
}

Signals TraceFile::ReadSignals(int first, int count) const {
  Signals signals;
  impl_->ReadBlock(first, count, &signals);
  return signals;
}

Vector TraceFile::TotalDemand() const {
  const int columns = header().network.num_gateways();
  Vector total = Vector::Zero(columns);
  for (int first = 0; first < num_slots(); first += impl_->block_slots) {
    const int count = std::min(impl_->block_slots, num_slots() - first);
    RowMatrix demand(count, columns);
    impl_->ReadDemand(first, &demand);
    std::vector<std::int64_t> times(count);
    for (int k = 0; k < count; ++k) times[k] = impl_->start + (first + std::int64_t{k}) * impl_->Step();
    ValidateDemand(impl_->header, times, demand, first, impl_->file.path());
    for (int t = 0; t < count; ++t) total += demand.row(t).transpose();
  }
  return total;
}

Trace ReadTrace(const std::string& path) {
  const TraceFile file(path);
  return {file.header(), file.ReadSignals(0, file.num_slots())};
}

}  // namespace evenkeel
