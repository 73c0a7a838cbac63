#include "predictors/learning/checkpoint.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "models/base/error.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Checkpoint MakeCheckpoint() {
  Checkpoint c;
  c.network = "gru(dropout=0.1,hidden=64,layers=1)";
  c.options = "epochs=3";
  c.gateways = {"a", "b"};
  c.regions = {"x"};
  c.units = SignalUnits();
  c.slot_hours = 0.5;
  c.objective = {"carbon: weight 1500, norm inf", "water: weight 60, norm 4"};
  c.scales = (Vector(5) << 0.1, 1.0 / 3.0, 3.0, 1e-17, 5.0).finished();
  c.trained_on = "t.h5";
  c.first_time = 7;
  c.last_time = 3600;
  c.command = "evenkeel train";
  c.generator = "evenkeel 1";
  c.best_loss = 0.25;
  c.best_epoch = 2;
  c.weights = std::string("\0\n\xFFweights", 10);
  c.training = {3, 1, 5e-4, {{1, 1e-3, 0.5, 0.6}, {2, 1e-3, 0.1 + 0.2, 0.25}}, "now", "adam"};
  return c;
}

TEST(CheckpointFile, ReadsWhatItWrote) {
  const TemporaryDirectory directory;
  const Checkpoint c = MakeCheckpoint();
  WriteCheckpoint(c, directory / "m.pt");
  const Checkpoint r = ReadCheckpoint(directory / "m.pt");
  EXPECT_EQ(r.network, c.network);
  EXPECT_EQ(r.options, c.options);
  EXPECT_EQ(r.gateways, c.gateways);
  EXPECT_EQ(r.regions, c.regions);
  EXPECT_EQ(r.units, c.units);
  EXPECT_EQ(r.slot_hours, c.slot_hours);
  EXPECT_EQ(r.objective, c.objective);
  EXPECT_EQ(r.scales, c.scales);
  EXPECT_EQ(r.trained_on, c.trained_on);
  EXPECT_EQ(r.first_time, c.first_time);
  EXPECT_EQ(r.last_time, c.last_time);
  EXPECT_EQ(r.command, c.command);
  EXPECT_EQ(r.generator, c.generator);
  EXPECT_EQ(r.best_loss, c.best_loss);
  EXPECT_EQ(r.best_epoch, c.best_epoch);
  EXPECT_EQ(r.weights, c.weights);
  EXPECT_EQ(r.training.epoch, 3);
  EXPECT_EQ(r.training.waited, 1);
  EXPECT_EQ(r.training.rate, 5e-4);
  ASSERT_EQ(r.training.losses.size(), 2u);
  EXPECT_EQ(r.training.losses[1].train, 0.1 + 0.2);
  EXPECT_EQ(r.training.weights, "now");
  EXPECT_EQ(r.training.optimiser, "adam");
  EXPECT_EQ(directory.NumFiles(), 1);
}

std::string Message(const std::string& path) {
  try {
    ReadCheckpoint(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read without complaint";
}

TEST(CheckpointFile, RefusesAnotherSchema) {
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  WriteCheckpoint(MakeCheckpoint(), path);
  std::string bytes = ReadBytes(path);
  const std::string known = "\"schema_version\":1";
  ASSERT_NE(bytes.find(known), std::string::npos);
  bytes.replace(bytes.find(known), known.size(), "\"schema_version\":7");
  bytes.resize(bytes.size() - 4);
  const auto sum = ::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(sum >> (8 * i) & 0xFF));
  WriteBytes(path, bytes);
  EXPECT_THAT(Message(path), AllOf(HasSubstr("m.pt"), HasSubstr("schema version 7, expected 1")));
}

TEST(CheckpointFile, RefusesEveryCutAndEveryFlippedByte) {
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  WriteCheckpoint(MakeCheckpoint(), path);
  const std::string whole = ReadBytes(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    WriteBytes(path, whole.substr(0, size));
    EXPECT_THAT(Message(path), HasSubstr(path)) << size;
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    WriteBytes(path, flipped);
    EXPECT_THAT(Message(path), HasSubstr(path)) << i;
  }
  WriteBytes(path, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(Message(path), HasSubstr("cut off or damaged"));
}

TEST(CheckpointFile, RefusesWhatIsNone) {
  const TemporaryDirectory directory;
  EXPECT_THAT(Message(directory / "none.pt"), AllOf(HasSubstr("none.pt"), HasSubstr("No such file")));
  WriteBytes(directory / "csv.pt", "epoch,rate\n");
  EXPECT_THAT(Message(directory / "csv.pt"), HasSubstr("expected a file that `evenkeel train` wrote"));
}

}  // namespace
}  // namespace evenkeel
