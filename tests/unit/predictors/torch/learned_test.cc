// The laws of predictors/forecast/forecaster.h for trained networks, and what training may know.
#include "predictors/learning/learned.h"

#include <gmock/gmock.h>

#include <cstring>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/generate/trace.h"
#include "models/world/trace.h"
#include "predictors/forecast/average.h"
#include "predictors/forecast/naive.h"
#include "predictors/learning/retrained.h"
#include "predictors/learning/training.h"
#include "tests/reference/play.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

constexpr int kSlots = 24 * 100, kTrain = 24 * 64;

/// Slots [0, count), each value from slot `changed` on another one.
History HistoryOf(const Trace& trace, int count, int changed = kSlots) {
  const auto source = MakeSlotSource(trace);
  History history;
  Slot slot;
  for (int t = 0; t < count; ++t) {
    source->Read(t, &slot);
    if (t >= changed) {
      for (Vector* signal : {&slot.demand, &slot.price, &slot.carbon_intensity, &slot.water_intensity})
        *signal = signal->reverse().eval() * 3.0 + Vector::Constant(signal->size(), 1.0);
    }
    history.Append(slot);
  }
  return history;
}

Checkpoint TrainOn(const History& train, const History& valid, const std::string& network) {
  const Trace trace = SmallTrace(kSlots);
  const NeuralSpec spec = ParseNetwork(ParseSpec(network));
  const TraceIdentity identity = IdentityOf(trace.header.network, 1.0);
  Checkpoint checkpoint;
  checkpoint.network = NetworkText(spec);
  checkpoint.gateways = identity.gateways;
  checkpoint.regions = identity.regions;
  checkpoint.units = SignalUnits();
  checkpoint.scales = TrainingScales(HistoryView(train));
  TrainingOptions options;
  options.epochs = 2;
  options.samples = 64;
  options.batch = 16;
  const auto neural = MakeNeural(spec, ShapeOf(train.columns(), 24), {1, 1, "cpu"});
  Train({HistoryView(train), HistoryView(valid), train.num_slots()}, options, neural.get(), &checkpoint,
        [](const Checkpoint&) {}, {});
  return checkpoint;
}

const Checkpoint& Trained(const std::string& network) {
  static std::map<std::string, Checkpoint> checkpoints;
  const auto found = checkpoints.find(network);
  if (found != checkpoints.end()) return found->second;
  const Trace trace = SmallTrace(kSlots);
  return checkpoints[network] = TrainOn(HistoryOf(trace, kTrain), HistoryOf(trace, kSlots), network);
}

std::unique_ptr<Forecaster> Make(const std::string& network) {
  const Checkpoint& checkpoint = Trained(network);
  return MakeLearned(checkpoint, ParseNetwork(ParseSpec(checkpoint.network)), "m.h5");
}

const std::vector<std::string> kNetworks = {"dlinear", "mlp(hidden=8)", "tcn(hidden=8)", "gru(hidden=8)",
                                            "patch(hidden=8)"};

bool SameBits(const RowMatrix& a, const RowMatrix& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

TEST(Learned, F1NothingAfterTheViewIsSeen) {
  const Trace trace = SmallTrace(kSlots);
  const History history = HistoryOf(trace, kSlots);
  for (const std::string& network : kNetworks) {
    for (int n : {300, 700, 1500}) {
      const auto used = Make(network), fresh = Make(network);
      Forecast(*used, HistoryView(history, 2000), 30);
      const History changed = HistoryOf(trace, kSlots, n), before = HistoryOf(trace, kSlots, n - 1);
      const RowMatrix forecast = Forecast(*used, HistoryView(history, n), 800);
      EXPECT_TRUE(SameBits(forecast, Forecast(*fresh, HistoryView(changed, n), 800))) << network << " " << n;
      EXPECT_FALSE(SameBits(forecast, Forecast(*fresh, HistoryView(before, n), 800))) << "the last slot counts";
    }
  }
}

// From several slots at once: what they give one by one, and nothing after a slot is seen from there.
TEST(Learned, F1HoldsForForecastsThatAreMadeAtOnce) {
  const Trace trace = SmallTrace(kSlots);
  const History history = HistoryOf(trace, kSlots), changed = HistoryOf(trace, kSlots, 1100);
  const std::vector<int> origins = {1500, 1100, 700, 25, 1100};
  for (const std::string& network : kNetworks) {
    const auto forecaster = Make(network);
    const auto made = ForecastEach(*forecaster, HistoryView(history), origins, 800);
    const auto other = ForecastEach(*forecaster, HistoryView(changed), origins, 800);
    ASSERT_EQ(made.size(), origins.size());
    for (std::size_t i = 0; i < origins.size(); ++i) {
      const RowMatrix alone = Forecast(*forecaster, HistoryView(history, origins[i]), 800);
      EXPECT_TRUE(made[i].isApprox(alone, 1e-5)) << network << " " << origins[i];
      EXPECT_EQ(SameBits(made[i], other[i]), origins[i] <= 1100) << network << " " << origins[i];
    }
    EXPECT_TRUE(SameBits(made[1], made[4])) << network;
  }
}

TEST(Learned, F2EveryHorizonIsServedFromOneSlotOn) {
  const History history = HistoryOf(SmallTrace(kSlots), kSlots);
  for (const std::string& network : kNetworks) {
    const auto forecaster = Make(network);
    for (int n : {1, 2, 25, 671, 672, kSlots}) {
      for (int horizon : {0, 1, 24, 25, 744})
        EXPECT_TRUE(Forecast(*forecaster, HistoryView(history, n), horizon).allFinite()) << network << " " << n;
    }
  }
}

// As the laws say of forecasts: nothing after the training part changes the statistics or the gradients. The validation
// part decides when to stop; both runs here stop at the same epoch.
TEST(Learned, TrainingKnowsItsPartOnly) {
  const Trace trace = SmallTrace(kSlots);
  const History train = HistoryOf(trace, kTrain), valid = HistoryOf(trace, kSlots);
  const History other = HistoryOf(trace, kSlots, kTrain), past = HistoryOf(trace, kTrain, kTrain - 1);
  EXPECT_EQ(TrainingScales(HistoryView(train)), TrainingScales(HistoryView(other, kTrain)));
  EXPECT_NE(TrainingScales(HistoryView(train)), TrainingScales(HistoryView(past)));
  std::vector<NamedTensors> last;
  for (const auto& [train_part, valid_part] :
       {std::pair(train, valid), std::pair(train, other), std::pair(past, valid)}) {
    Checkpoint checkpoint;
    checkpoint.scales = TrainingScales(HistoryView(train_part));
    TrainingOptions options;
    options.epochs = 2;
    options.samples = 64;
    const auto neural = MakeNeural(ParseNetwork(ParseSpec("mlp(hidden=8)")), ShapeOf(train.columns(), 24), {});
    Train({HistoryView(train_part), HistoryView(valid_part), kTrain}, options, neural.get(), &checkpoint,
          [](const Checkpoint&) {}, {});
    last.push_back(neural->SaveWeights());
  }
  EXPECT_EQ(last[0], last[1]);
  EXPECT_NE(last[0], last[2]);
}

/// 120 days of a trace are the fewest that are trained on; the views of this test see up to 131.
constexpr int kDay = 24, kFirst = 110 * kDay, kEvery = 10 * kDay;

std::unique_ptr<Forecaster> MakeRetrainedMlp(int first = kFirst, int every = kEvery) {
  const Checkpoint& checkpoint = Trained("mlp(hidden=8)");
  RetrainOptions options{{first, every}, {}, {}};
  options.training.epochs = 1;
  options.training.samples = 64;
  return MakeRetrained(checkpoint, ParseNetwork(ParseSpec(checkpoint.network)), "m.h5", options);
}

Trace MakeLongTrace() {
  GeneratorOptions options;
  options.regions = 3;
  options.gateways = 2;
  options.slots = 131 * kDay;
  return GenerateTrace(options);
}

TEST(Retrained, IsTrainedOnWhatTheLastTrainingSaw) {
  const Trace trace = MakeLongTrace();
  const History history = HistoryOf(trace, 131 * kDay, 131 * kDay);
  const auto checkpoint = Make("mlp(hidden=8)");
  Checkpoint by_hand = Trained("mlp(hidden=8)");
  const NeuralSpec network = ParseNetwork(ParseSpec(by_hand.network));
  by_hand.scales = TrainingScales(HistoryView(history, 59 * kDay));
  by_hand.best_epoch = 0;
  TrainingOptions options;
  options.epochs = 1;
  options.samples = 64;
  const auto neural = MakeNeural(network, ShapeOf(history.columns(), kDay), {});
  Train({HistoryView(history, 59 * kDay), HistoryView(history, 120 * kDay), 59 * kDay}, options, neural.get(), &by_hand,
        [](const Checkpoint&) {}, {});
  const auto trained = MakeLearned(by_hand, network, "by hand");
  const auto retrained = MakeRetrainedMlp();
  // Later views come first: what was trained since does not count for the earlier ones.
  for (int n : {130 * kDay - 1, 120 * kDay, 120 * kDay - 1, kFirst, kFirst - 1, 5}) {
    Forecaster& expected = n < 120 * kDay ? *checkpoint : *trained;
    EXPECT_TRUE(
        SameBits(Forecast(*retrained, HistoryView(history, n), 48), Forecast(expected, HistoryView(history, n), 48)))
        << n;
  }
  EXPECT_FALSE(SameBits(Forecast(*retrained, HistoryView(history, 130 * kDay), 48),
                        Forecast(*trained, HistoryView(history, 130 * kDay), 48)));
}

TEST(Retrained, F1NothingAfterTheViewIsSeen) {
  const Trace trace = MakeLongTrace();
  const History history = HistoryOf(trace, 131 * kDay, 131 * kDay);
  constexpr int kSeen = 120 * kDay + 7;
  const History changed = HistoryOf(trace, 131 * kDay, kSeen), before = HistoryOf(trace, 131 * kDay, 120 * kDay - 1);
  const auto used = MakeRetrainedMlp(), fresh = MakeRetrainedMlp(), other = MakeRetrainedMlp();
  Forecast(*used, HistoryView(history), 30);
  const RowMatrix forecast = Forecast(*used, HistoryView(history, kSeen), 800);
  EXPECT_TRUE(SameBits(forecast, Forecast(*fresh, HistoryView(changed, kSeen), 800)));
  EXPECT_FALSE(SameBits(forecast, Forecast(*other, HistoryView(before, kSeen), 800)));
}

std::string Message(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Retrained, TooFewSlotsToTrainOnAreNamed) {
  EXPECT_THAT(Message([] { MakeRetrainedMlp(kFirst, kEvery - 1); }), HasSubstr("m.h5: the first training anew"));
  EXPECT_EQ(Message([] { MakeRetrainedMlp(kFirst, kEvery); }), "no error");
}

TEST(Learned, NeedsTheLongestMeanThatItSees) {
  EXPECT_EQ(Make("dlinear")->SlotsNeeded(24), 28 * 24);
  EXPECT_EQ(MakeRetrainedMlp()->SlotsNeeded(24), 28 * 24);
  EXPECT_EQ(MakeAverage(MakePersistence(), Make("dlinear"))->SlotsNeeded(2), 56);
}

TEST(Learned, ForecastsAreFinite) {
  Checkpoint checkpoint = Trained("dlinear");
  for (NamedTensor& tensor : checkpoint.weights) {
    for (double& value : tensor.values) value = 3e38;
  }
  const auto forecaster = MakeLearned(checkpoint, ParseNetwork(ParseSpec("dlinear")), "m.h5");
  EXPECT_THAT(Message([&] { Forecast(*forecaster, HistoryView(HistoryOf(SmallTrace(kSlots), kSlots)), 30); }),
              HasSubstr("m.h5: a value that its network forecasts is not finite"));
}

// To a file and back: the same bits, for every network.
TEST(Learned, FilesKeepEveryBit) {
  const TemporaryDirectory folder;
  const History history = HistoryOf(SmallTrace(kSlots), kSlots);
  for (const std::string& network : kNetworks) {
    const NeuralSpec spec = ParseNetwork(ParseSpec(Trained(network).network));
    WriteCheckpoint(Trained(network), folder / "m.h5");
    const Checkpoint read = ReadCheckpoint(
        folder / "m.h5", [&](const Checkpoint& header) { return OutlineOf(*MakeNeural(spec, ShapeOf(header), {})); });
    EXPECT_EQ(read.weights, Trained(network).weights);
    const auto before = Make(network), after = MakeLearned(read, spec, "m.h5");
    EXPECT_TRUE(SameBits(Forecast(*before, HistoryView(history), 800), Forecast(*after, HistoryView(history), 800)))
        << network;
  }
}

TEST(Learned, RefusesATraceThatDoesNotFit) {
  const Checkpoint& checkpoint = Trained("dlinear");
  const TraceIdentity good{checkpoint.gateways, checkpoint.regions, 1.0};
  CheckFits(checkpoint, good, "m.h5");
  TraceIdentity other = good;
  other.slot_hours = 0.5;
  EXPECT_THAT(Message([&] { CheckFits(checkpoint, other, "m.h5"); }), HasSubstr("m.h5: trained on slots of 1 h"));
  other = good;
  other.regions.pop_back();
  EXPECT_THAT(Message([&] { CheckFits(checkpoint, other, "m.h5"); }), HasSubstr("3 regions, the trace has 2"));
  other = good;
  other.gateways[1] = "Mars";
  EXPECT_THAT(Message([&] { CheckFits(checkpoint, other, "m.h5"); }), HasSubstr("it is \"Mars\""));
  Checkpoint units = checkpoint;
  units.units[1] = "EUR/MWh";
  EXPECT_THAT(Message([&] { CheckFits(units, good, "m.h5"); }), HasSubstr("EUR/MWh"));
  Checkpoint wrong = checkpoint;
  wrong.weights = Trained("gru(hidden=8)").weights;
  EXPECT_THAT(Message([&] { MakeLearned(wrong, ParseNetwork(ParseSpec("dlinear")), "m.h5"); }), HasSubstr("m.h5: "));
}

}  // namespace
}  // namespace evenkeel
