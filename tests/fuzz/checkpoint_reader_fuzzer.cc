// Files that are well-formed checkpoints but of other networks, with values that cannot be, or with bytes changed: the
// input says what is done to a good one. Whatever it is, only InputError is thrown, and what is accepted is what was
// written, with the network's tensors and no others.
//
// Arbitrary bytes would be a test of HDF5, not of evenkeel (docs/security.md, "What is not defended").

#include <fuzzer/FuzzedDataProvider.h>
#include <sanitizer/lsan_interface.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/base/read_file.h"
#include "predictors/learning/checkpoint.h"
#include "tests/fuzz/temporary_path.h"

namespace evenkeel {
namespace {

constexpr int kMostMutations = 8;
constexpr int kMostAxes = 3;
constexpr std::int64_t kLongestAxis = 40;

NamedTensors MakeTensors() {
  return {{{"map.weight", TensorType::kFloat32, {2, 3}}, {0.5, 1.0, -2.0, 0.25, 8.0, -0.125}},
          {{"gain", TensorType::kFloat64, {2}}, {0.1, 1.0 / 3.0}}};
}

NamedTensors MakeState() { return {{{"steps", TensorType::kInt64, {2}}, {7.0, 7.0}}}; }

Checkpoint MakeCheckpoint() {
  Checkpoint c;
  c.network = "dlinear";
  c.options = "epochs=3";
  c.gateways = {"a"};
  c.regions = {"x", "y"};
  c.units = SignalUnits();
  c.scales = Vector::Constant(7, 0.5);
  c.best_epoch = 1;
  c.weights = c.training.weights = MakeTensors();
  c.training.epoch = 1;
  c.training.losses = {{1, 1e-3, 0.5, 0.5}};
  c.training.optimiser = MakeState();
  return c;
}

double DrawNumber(FuzzedDataProvider* input) {
  constexpr double kNumbers[] = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 1e-300,
                                 1e300,
                                 0x1p53,
                                 0x1p63,
                                 1e-9,
                                 8784,
                                 1e6,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()};
  return input->ConsumeBool() ? input->PickValueInArray(kNumbers) : input->ConsumeFloatingPoint<double>();
}

std::string DrawText(FuzzedDataProvider* input) {
  if (input->ConsumeBool()) return input->ConsumeRandomLengthString(40);
  return std::string(input->ConsumeIntegralInRange<std::size_t>(0, 70'000), 'x');
}

/// Values that fit the outline.
void Fill(FuzzedDataProvider* input, NamedTensor* tensor) {
  const double value = DrawNumber(input);
  tensor->values.assign(NumValues(tensor->outline),
                        tensor->outline.type == TensorType::kFloat32 ? float(value) : value);
  if (tensor->outline.type == TensorType::kInt64)
    tensor->values.assign(tensor->values.size(), std::abs(value) < 0x1p53 ? std::floor(value) : 1.0);
}

void ChangeTensors(FuzzedDataProvider* input, NamedTensors* tensors) {
  if (tensors->empty()) return;
  NamedTensor& tensor = (*tensors)[input->ConsumeIntegralInRange<std::size_t>(0, tensors->size() - 1)];
  switch (input->ConsumeIntegralInRange(0, 4)) {
    case 0:
      tensor.outline.name = DrawText(input);
      break;
    case 1:
      tensor.outline.type = static_cast<TensorType>(input->ConsumeIntegralInRange(0, 2));
      break;
    case 2:
      tensor.outline.shape.clear();
      for (int axes = input->ConsumeIntegralInRange(1, kMostAxes); axes > 0; --axes)
        tensor.outline.shape.push_back(input->ConsumeIntegralInRange<std::int64_t>(1, kLongestAxis));
      break;
    case 3:
      tensors->pop_back();
      return;
    default: {
      NamedTensor another = tensor;
      another.outline.name += "_";
      tensors->push_back(std::move(another));
      return;
    }
  }
  Fill(input, &tensor);
}

void ChangeHeader(FuzzedDataProvider* input, Checkpoint* c) {
  std::string* const texts[] = {&c->network, &c->options, &c->trained_on, &c->command, &c->generator};
  std::vector<std::string>* const lists[] = {&c->gateways, &c->regions, &c->units, &c->objective};
  double* const numbers[] = {&c->slot_hours, &c->best_loss, &c->training.rate};
  int* const integers[] = {&c->best_epoch, &c->training.epoch, &c->training.waited};
  switch (input->ConsumeIntegralInRange(0, 6)) {
    case 0:
      *input->PickValueInArray(texts) = DrawText(input);
      break;
    case 1:
      input->PickValueInArray(lists)->push_back(DrawText(input));
      break;
    case 2:
      *input->PickValueInArray(numbers) = DrawNumber(input);
      break;
    case 3:
      *input->PickValueInArray(integers) = input->ConsumeIntegral<int>();
      break;
    case 4:
      c->scales = Vector::Constant(input->ConsumeIntegralInRange(0, 9), DrawNumber(input));
      break;
    case 5:
      c->training.losses.push_back({input->ConsumeIntegralInRange(0, 3), DrawNumber(input), 0.0, 0.0});
      break;
    default:
      (input->ConsumeBool() ? c->first_time : c->last_time) = input->ConsumeIntegral<std::int64_t>();
  }
}

void Mutate(FuzzedDataProvider* input, Checkpoint* c) {
  switch (input->ConsumeIntegralInRange(0, 3)) {
    case 0:
      return ChangeTensors(input, &c->weights);
    case 1:
      return ChangeTensors(input, &c->training.weights);
    case 2:
      return ChangeTensors(input, &c->training.optimiser);
    default:
      return ChangeHeader(input, c);
  }
}

void ChangeBytes(FuzzedDataProvider* input, const std::string& path) {
  std::string bytes = ReadBytes(path);
  for (int count = input->ConsumeIntegralInRange(0, 3); count > 0; --count)
    bytes[input->ConsumeIntegralInRange<std::size_t>(0, bytes.size() - 1)] ^= input->ConsumeIntegral<char>();
  if (input->ConsumeBool()) bytes.resize(input->ConsumeIntegralInRange<std::size_t>(0, bytes.size()));
  std::ofstream(path, std::ios::binary) << bytes;
}

void CheckAccepted(const Checkpoint& read, const Checkpoint& written) {
  EVENKEEL_CHECK(read.network == written.network && read.options == written.options);
  EVENKEEL_CHECK(read.gateways == written.gateways && read.regions == written.regions);
  EVENKEEL_CHECK(read.slot_hours == written.slot_hours && read.scales == written.scales);
  EVENKEEL_CHECK(read.first_time == written.first_time && read.last_time == written.last_time);
  EVENKEEL_CHECK(OutlinesOf(read.weights) == OutlinesOf(MakeTensors()));
  for (const NamedTensor& tensor : read.weights)
    EVENKEEL_CHECK(tensor == FindTensor(written.weights, tensor.outline.name));
  if (read.training.epoch == 0) return;
  EVENKEEL_CHECK(OutlinesOf(read.training.optimiser) == OutlinesOf(MakeState()));
  for (const NamedTensor& tensor : read.training.weights)
    EVENKEEL_CHECK(tensor == FindTensor(written.training.weights, tensor.outline.name));
}

void TestOne(FuzzedDataProvider* input) {
  const __lsan::ScopedDisabler hdf5_leaks;  // 1.10 loses memory of its own over damaged files and names that it refuses
  Checkpoint checkpoint = MakeCheckpoint();
  const bool damaged = input->ConsumeBool();
  int mutations = 0;
  for (; mutations < kMostMutations && input->remaining_bytes() > 0 && !(damaged && mutations > 0); ++mutations)
    Mutate(input, &checkpoint);
  const TemporaryPath path;
  try {
    WriteCheckpoint(checkpoint, *path);
  } catch (const InputError&) {
    return;  // not finite, or a name that HDF5 refuses
  }
  if (damaged) ChangeBytes(input, *path);
  try {
    CheckAccepted(ReadCheckpoint(*path,
                                 [](const Checkpoint&) {
                                   return NetworkOutline{OutlinesOf(MakeTensors()), OutlinesOf(MakeState())};
                                 }),
                  checkpoint);
  } catch (const InputError&) {
    EVENKEEL_CHECK(mutations > 0 || damaged);
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  evenkeel::TestOne(&input);
  return 0;
}
