#include "predictors/learning/checkpoint.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "models/files/trace_file.h"
#include "predictors/learning/checkpoint_schema.h"
#include "tests/reference/hdf5_hostile.h"
#include "tests/reference/hdf5_places.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

NamedTensor Floats(const std::string& name, std::vector<std::int64_t> shape, double first) {
  NamedTensor tensor{{name, TensorType::kFloat32, std::move(shape)}, {}};
  for (std::size_t i = 0; i < NumValues(tensor.outline); ++i)
    tensor.values.push_back(static_cast<float>(first + static_cast<double>(i) / 3.0));
  return tensor;
}

NamedTensors MakeWeights(double first) {
  return {Floats("map.weight", {2, 3}, first),
          Floats("map.bias", {3}, -first),
          {{"gain", TensorType::kFloat64, {2}}, {0.1, 1.0 / 3.0}}};
}

NamedTensors MakeState() {
  return {Floats("mean.map.weight", {2, 3}, 0.0), {{"steps", TensorType::kInt64, {3}}, {7.0, 7.0, 0.0}}};
}

NetworkOutline Outline() { return {OutlinesOf(MakeWeights(0.0)), OutlinesOf(MakeState())}; }

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
  c.weights = MakeWeights(1.0);
  c.training = {
      3,          1, 5e-4, {{1, 1e-3, 0.5, 0.6}, {2, 1e-3, 0.1 + 0.2, 0.25}, {3, 5e-4, 0.2, 0.3}}, MakeWeights(2.0),
      MakeState()};
  return c;
}

Checkpoint Read(const std::string& path) {
  return ReadCheckpoint(path, [](const Checkpoint&) { return Outline(); });
}

std::string Message(const std::string& path) {
  try {
    Read(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read without complaint";
}

class CheckpointFile : public testing::Test {
 protected:
  void SetUp() override { WriteCheckpoint(MakeCheckpoint(), path_); }

  const TemporaryDirectory folder_;
  const std::string path_ = folder_ / "m.h5";
};

void ExpectSame(const Checkpoint& r, const Checkpoint& c) {
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
  EXPECT_EQ(r.training.epoch, c.training.epoch);
  EXPECT_EQ(r.training.waited, c.training.waited);
  EXPECT_EQ(r.training.rate, c.training.rate);
  ASSERT_EQ(r.training.losses.size(), c.training.losses.size());
  for (std::size_t i = 0; i < c.training.losses.size(); ++i) {
    EXPECT_EQ(r.training.losses[i].epoch, c.training.losses[i].epoch);
    EXPECT_EQ(r.training.losses[i].rate, c.training.losses[i].rate);
    EXPECT_EQ(r.training.losses[i].train, c.training.losses[i].train);
    EXPECT_EQ(r.training.losses[i].valid, c.training.losses[i].valid);
  }
  EXPECT_EQ(r.training.weights, c.training.weights);
  EXPECT_EQ(r.training.optimiser, c.training.optimiser);
}

TEST_F(CheckpointFile, ReadsWhatItWrote) {
  ExpectSame(Read(path_), MakeCheckpoint());
  EXPECT_EQ(folder_.NumFiles(), 1);
  const std::string bytes = ReadBytes(path_);
  WriteCheckpoint(MakeCheckpoint(), path_);
  EXPECT_EQ(ReadBytes(path_), bytes) << "equal networks, equal bytes";
}

// A network of prices that is done: no scales, no training, units and objective of one line or none.
TEST_F(CheckpointFile, ReadsWhatHasLittleInIt) {
  Checkpoint c = MakeCheckpoint();
  c.scales = {};
  c.objective = {};
  c.training = {};
  c.units = {"one"};
  WriteCheckpoint(c, path_);
  ExpectSame(Read(path_), c);
}

TEST_F(CheckpointFile, HeadersDoNotNeedTheNetwork) {
  Checkpoint c = MakeCheckpoint();
  const Checkpoint header = ReadCheckpointHeader(path_);
  EXPECT_TRUE(header.weights.empty() && header.training.weights.empty() && header.training.optimiser.empty());
  c.weights = c.training.weights = c.training.optimiser = {};
  ExpectSame(header, c);
}

TEST_F(CheckpointFile, WhatIsNoNumberIsNotWrittenEither) {
  const std::string before = ReadBytes(path_);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    Checkpoint c = MakeCheckpoint();
    c.weights[1].values[2] = bad;
    ExpectInputError([&] { WriteCheckpoint(c, path_); }, {"m.h5", "'weights.map.bias', value 2", "finite"});
  }
  EXPECT_EQ(ReadBytes(path_), before);
  EXPECT_EQ(folder_.NumFiles(), 1);
}

TEST_F(CheckpointFile, TensorsAreThoseOfTheNetwork) {
  const auto message = [&](const std::function<void(NetworkOutline*)>& change) {
    try {
      ReadCheckpoint(path_, [&](const Checkpoint&) {
        NetworkOutline outline = Outline();
        change(&outline);
        return outline;
      });
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(message([](NetworkOutline* o) {
                o->weights[0].shape = {3, 2};
              }),
              HasSubstr("m.h5: dataset 'weights.map.weight' is float32 [2, 3], expected float32 [3, 2]"));
  EXPECT_THAT(message([](NetworkOutline* o) { o->weights[1].type = TensorType::kFloat64; }),
              HasSubstr("'weights.map.bias' is float32 [3], expected float64 [3]"));
  EXPECT_THAT(message([](NetworkOutline* o) { o->weights.pop_back(); }),
              HasSubstr("'weights.gain' is none of the network's 2 tensors"));
  EXPECT_THAT(message([](NetworkOutline* o) {
                o->weights.push_back({"more", TensorType::kFloat32, {1}});
              }),
              HasSubstr("'weights.more' is missing, expected float32 [1]"));
  EXPECT_THAT(message([](NetworkOutline* o) { o->optimiser.back().shape = {4}; }),
              HasSubstr("'training.optimiser.steps' is int64 [3], expected int64 [4]"));
  EXPECT_EQ(message([](NetworkOutline*) {}), "no error");
  EXPECT_EQ(message([](NetworkOutline*) { throw InputError("unknown network"); }), path_ + ": unknown network");
}

// One thing at a time: left out, or changed to something else.
TEST_F(CheckpointFile, RefusesEveryMissingAndEveryChangedPlace) {
  const std::string whole = ReadBytes(path_);
  int missing = 0, changed = 0;
  for (const Hdf5Place& place : Hdf5Places(path_)) {
    const bool for_people = place.attribute == "long_name" || place.attribute == "_Encoding";
    for (const bool leave_out : {true, false}) {
      if (leave_out != (place.index == -1) || (for_people && !leave_out)) continue;
      WriteBytes(path_, whole);
      ChangeHdf5(path_, place, 1.0);
      EXPECT_THAT(Message(path_), AllOf(HasSubstr("m.h5"), Not(HasSubstr("without complaint")))) << place.Text();
      ++(leave_out ? missing : changed);
    }
  }
  EXPECT_GT(missing, 30);
  EXPECT_GT(changed, 300);
}

TEST_F(CheckpointFile, NothingMayBeAdded) {
  Checkpoint c = MakeCheckpoint();
  c.weights.push_back(Floats("stowaway", {5}, 0.0));
  WriteCheckpoint(c, path_);
  EXPECT_THAT(Message(path_), HasSubstr("'weights.stowaway' is none of the network's 3 tensors"));
  c = MakeCheckpoint();
  c.training.epoch = 0;
  c.weights[0].outline.name = "../map.weight";
  EXPECT_THROW(WriteCheckpoint(c, path_), InputError);
}

// Every checksum right: a network that was made so.
TEST_F(CheckpointFile, RefusesValuesThatCannotBe) {
  const auto message = [&](const std::function<void(Checkpoint*)>& change) {
    Checkpoint c = MakeCheckpoint();
    change(&c);
    WriteCheckpoint(c, path_);
    return Message(path_);
  };
  EXPECT_THAT(message([](Checkpoint* c) { c->scales[3] = 0.0; }), HasSubstr("'scales', value 3, is 0"));
  EXPECT_THAT(message([](Checkpoint* c) { c->scales[1] = std::nan(""); }), HasSubstr("'scales', value 1, is nan"));
  EXPECT_THAT(message([](Checkpoint* c) { c->scales = Vector::Ones(6); }), HasSubstr("'num_scales' is 6"));
  EXPECT_THAT(message([](Checkpoint* c) { c->slot_hours = 1e-9; }), HasSubstr("'slot_hours' is 1e-09"));
  EXPECT_THAT(message([](Checkpoint* c) { c->slot_hours = std::nan(""); }), HasSubstr("'slot_hours' is nan"));
  EXPECT_THAT(message([](Checkpoint* c) { c->training.losses[1].epoch = 5; }), HasSubstr("'losses', row 1"));
  EXPECT_THAT(message([](Checkpoint* c) { c->training.losses[2].valid = std::nan(""); }), HasSubstr("'losses', row 2"));
  EXPECT_THAT(message([](Checkpoint* c) { c->best_epoch = -1; }), HasSubstr("'best_epoch' is -1"));
  EXPECT_THAT(message([](Checkpoint* c) { c->last_time = 0; }), HasSubstr("'last_time' is 0"));
  EXPECT_THAT(message([](Checkpoint* c) { c->options = std::string(70000, 'x'); }), HasSubstr("'options' has 70000"));
}

TEST_F(CheckpointFile, RefusesEveryCutAndMostFlippedBytes) {
  const std::string whole = ReadBytes(path_);
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    WriteBytes(path_, whole.substr(0, size));
    EXPECT_THAT(Message(path_), AllOf(HasSubstr(path_), Not(HasSubstr("without complaint")))) << size;
  }
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    WriteBytes(path_, flipped);
    try {
      ExpectSame(Read(path_), MakeCheckpoint());  // a byte that nobody reads
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path_)) << i;
    }
  }
}

TEST_F(CheckpointFile, RefusesWhatIsNone) {
  EXPECT_THAT(Message(folder_ / "none.h5"), AllOf(HasSubstr("none.h5"), HasSubstr("No such file")));
  WriteBytes(path_, "epoch,rate\n");
  EXPECT_THAT(Message(path_), HasSubstr("expected a file that `evenkeel train` wrote"));
  WriteBytes(path_, "");
  EXPECT_THAT(Message(path_), HasSubstr("expected a file that `evenkeel train` wrote"));
  WriteBytes(path_, std::string("evenkeel-network\n700\n{\"schema_version\":1") + std::string(1000, 'x'));
  EXPECT_THAT(Message(path_), AllOf(HasSubstr("schema version 1"), HasSubstr("train it again with `evenkeel train`")));
  WriteBytes(path_, std::string("PK\3\4") + std::string(1000, 'x'));
  EXPECT_THAT(Message(path_), AllOf(HasSubstr("TorchScript"), HasSubstr("torchscript(file=..) takes")));
  WriteTrace(MakeSmallTrace(4), path_);
  EXPECT_THAT(Message(path_), HasSubstr("'schema' is \"evenkeel-trace\", expected \"evenkeel-network\""));
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(Message(folder_ / "pipe"), HasSubstr("pipe"));
}

TEST_F(CheckpointFile, OtherReadersSendThemBack) {
  ExpectInputError([&] { CheckNoCheckpoint(path_); }, {"m.h5", "learned(file=..)", "TorchScript"});
  WriteBytes(path_, "PK\3\4");
  EXPECT_NO_THROW(CheckNoCheckpoint(path_));
}

// Whoever opens the other file, a pipe without a writer, waits for ever: the alarm of RunInChild.
TEST_F(CheckpointFile, FollowsAndRunsNothing) {
  const std::string pipe = folder_ / "pipe", whole = ReadBytes(path_);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const auto& [kind, name] : AllHostile()) {
    for (const char* dataset : {"weights.map.bias", "training.optimiser.steps", "scales", "region", "losses"}) {
      WriteBytes(path_, whole);
      MakeHostile(path_, dataset, kind, pipe);
      const int status = RunInChild([&] {
        const std::string said = Message(path_);
        const bool is_refused = said.find("m.h5") != std::string::npos && said.find(dataset) != std::string::npos;
        if (!is_refused) std::fprintf(stderr, "%s\n", said.c_str());
        return is_refused ? 0 : 1;
      });
      EXPECT_EQ(status, 0) << name << " as " << dataset;
    }
  }
}

TEST_F(CheckpointFile, TextsHaveFixedLengths) {
  const std::string whole = ReadBytes(path_);
  for (const auto& [dataset, attribute] :
       {std::pair("", "network"), std::pair("", "checksum"), std::pair("weights.gain", "checksum")}) {
    WriteBytes(path_, whole);
    MakeVariableText(path_, dataset, attribute);
    EXPECT_THAT(Message(path_), HasSubstr("m.h5: not as evenkeel writes such files: it has texts of variable length"));
  }
  WriteBytes(path_, std::string(512, '\0') + whole);  // as HDF5 allows
  EXPECT_THAT(Message(path_), HasSubstr("no network of evenkeel"));
}

}  // namespace
}  // namespace evenkeel
