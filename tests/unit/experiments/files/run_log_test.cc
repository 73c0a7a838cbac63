#include "experiments/files/run_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>

#include "models/world/footprint.h"
#include "tests/unit/models/file_test_util.h"

// Counts what is allocated, by Eigen too, which does not use operator new. Sanitizers bring an allocator of their own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define EVENKEEL_COUNTS_ALLOCATIONS 1
namespace {
std::atomic<long> allocations{0};
}  // namespace
extern "C" {
void* __libc_malloc(std::size_t size);
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
}
#endif

namespace evenkeel {
namespace {

constexpr RunLogOptions kEverything = {true};

class RunLogTest : public testing::Test {
 protected:
  RunLogTest() {
    objective_.groups.push_back({"performance", Footprint::kQualityLoss, 10.0, 2.0, {}});
    objective_.shed_cost = 1000.0;
    Use(50);
  }

  void Use(int slots) {
    trace_ = MakeSmallTrace(slots);
    problem_ = MakeProblem(trace_.header.network, objective_, slots, TotalDemand(trace_));
  }

  /// A decision that differs from slot to slot and from arc to arc.
  Allocation Decide(int t) const {
    Allocation allocation = MakeAllocation(problem_);
    for (int a = 0; a < problem_.num_arcs(); ++a) allocation.flow[a] = 0.01 * (a + 1) + 0.001 * (t % 7);
    allocation.shed[1] = 0.125 * (t % 3);
    return allocation;
  }

  /// Runs all slots, calls `log` with each, returns the ledger.
  Ledger Run(RunLogWriter* log) {
    const auto source = MakeSlotSource(trace_);
    Ledger ledger = MakeLedger(problem_);
    Coefficients coefficients;
    Slot slot;
    for (int t = 0; t < source->num_slots(); ++t) {
      source->Read(t, &slot);
      EstimateCoefficients(problem_, slot, &coefficients);
      const Allocation allocation = Decide(t);
      AddSlot(problem_, coefficients, allocation, FirmDemand(problem_, slot), &ledger);
      ledgers_.push_back(ledger);
      log->Append(slot, allocation, ledger);
    }
    return ledger;
  }

  std::string Path() const { return directory_ / "run.h5"; }

  TemporaryDirectory directory_;
  Objective objective_ = PublishedObjective();
  Trace trace_;
  Problem problem_;
  std::vector<Ledger> ledgers_;
  RunLogInfo info_ = {"norm-greedy(q=8)", "trace.h5", "evenkeel run trace.h5", "evenkeel 0.1.0"};
};

TEST_F(RunLogTest, HoldsEverySlotAndTheSummary) {
  RunLogWriter writer(Path(), problem_, info_, kEverything);
  const Ledger ledger = Run(&writer);
  EXPECT_FALSE(std::filesystem::exists(Path()));
  writer.Finish();
  const RunLog log = ReadRunLog(Path());
  EXPECT_EQ(log.info.policy, info_.policy);
  EXPECT_EQ(log.info.trace, info_.trace);
  EXPECT_EQ(log.info.command, info_.command);
  EXPECT_EQ(log.info.generator, info_.generator);
  EXPECT_EQ(log.time, trace_.signals.time);
  EXPECT_EQ(log.regions, (std::vector<std::string>{"north", "süd", "west"}));
  EXPECT_EQ(log.total_objective, ObjectiveValue(problem_, ledger));
  EXPECT_EQ(log.total_shift, ledger.shift);
  EXPECT_EQ(log.objective[49], ObjectiveValue(problem_, ledger));
  EXPECT_EQ(log.objective[20], ObjectiveValue(problem_, ledgers_[20]));
  EXPECT_EQ(log.shift[20], ledgers_[20].shift);
  EXPECT_EQ(log.energy_cost[20], ledgers_[20].energy_cost - ledgers_[19].energy_cost);
  EXPECT_EQ(log.shed_cost[20], ledgers_[20].shed_cost - ledgers_[19].shed_cost);
  EXPECT_EQ(Vector(log.region_cost.row(20)), ledgers_[20].region_cost);
  EXPECT_EQ(Vector(log.region_workload.row(20)), ledgers_[20].region_workload);
}

TEST_F(RunLogTest, GroupsHaveTheirOwnBuckets) {
  RunLogWriter writer(Path(), problem_, info_, {});
  Run(&writer);
  writer.Finish();
  const RunLog log = ReadRunLog(Path());
  ASSERT_EQ(log.groups.size(), 3u);
  const char* units[] = {"t", "m3", "1"};
  for (std::size_t k = 0; k < 3; ++k) {
    const RunLogGroup& group = log.groups[k];
    EXPECT_EQ(group.name, problem_.groups[k].name);
    EXPECT_EQ(group.units, units[k]);
    EXPECT_EQ(group.weight, problem_.groups[k].weight);
    EXPECT_EQ(group.norm, problem_.groups[k].norm);
    EXPECT_EQ(group.load.cols(), k == 2 ? 2 : 3);  // performance is by gateway
    for (int t = 0; t < 50; ++t) EXPECT_EQ(Vector(group.load.row(t)), ledgers_[t].load[k]);
  }
  EXPECT_EQ(log.allocation.size(), 0);
  EXPECT_EQ(log.shed.size(), 0);
}

TEST_F(RunLogTest, AllocationsAreDenseAndZeroWhereThereIsNoArc) {
  RunLogWriter writer(Path(), problem_, info_, kEverything);
  Run(&writer);
  writer.Finish();
  const RunLog log = ReadRunLog(Path());
  ASSERT_EQ(log.allocation.cols(), 2 * 3 * 2);
  RowMatrix expected = RowMatrix::Zero(50, 12);
  for (int t = 0; t < 50; ++t) {
    const Allocation allocation = Decide(t);
    for (int a = 0; a < problem_.num_arcs(); ++a) {
      const Arc& arc = problem_.arcs.arcs[a];
      expected(t, (arc.gateway * 3 + arc.region) * 2 + arc.variant) = allocation.flow[a];
    }
    EXPECT_EQ(log.shed(t, 1), allocation.shed[1]);
  }
  EXPECT_EQ(log.allocation, expected);
  EXPECT_EQ(log.allocation(3, 6), 0.0);  // the second gateway cannot use the first region
}

TEST_F(RunLogTest, WritesMoreThanABlock) {
  Use(70'000);
  RunLogWriter writer(Path(), problem_, info_, {});
  Run(&writer);
  writer.Finish();
  const RunLog log = ReadRunLog(Path());
  EXPECT_EQ(log.time, trace_.signals.time);
  for (int t : {0, 10'922, 10'923, 32'767, 32'768, 69'999}) {
    const Ledger& ledger = ledgers_[t];
    EXPECT_EQ(log.objective[t], ObjectiveValue(problem_, ledger));
    EXPECT_EQ(Vector(log.groups[1].load.row(t)), ledger.load[1]);
  }
}

TEST_F(RunLogTest, KeepsHowDecisionsCameAbout) {
  for (const bool allocations : {false, true}) {
    RunLogOptions options;
    options.allocations = allocations;
    options.decisions = true;
    RunLogWriter writer(Path(), problem_, info_, options);
    const Ledger ledger = MakeLedger(problem_);
    for (int t = 0; t < 8; ++t) {
      const Allocation advice = Decide(t), expert = Decide(t + 1);
      const bool rejected = t % kNumVerdicts == 3;
      const RobustDecision decision{static_cast<Verdict>(t % kNumVerdicts), 0.125 * t, 10.0 - t,
                                    rejected ? nullptr : &advice, &expert};
      Slot slot;
      slot.time = t;
      writer.Append(slot, advice, ledger, &decision);
    }
    writer.Finish();
    const RunLog log = ReadRunLog(Path());
    const std::vector<Verdict> each = {Verdict::kTaken, Verdict::kPulled, Verdict::kExpert, Verdict::kRejected};
    EXPECT_EQ(std::vector<Verdict>(log.verdict.begin(), log.verdict.begin() + 4), each);
    EXPECT_EQ(std::vector<Verdict>(log.verdict.begin() + 4, log.verdict.end()), each);
    EXPECT_EQ(log.verdict_count, (std::vector<std::int64_t>{2, 2, 2, 2}));
    EXPECT_EQ(log.alpha[5], 0.625);
    EXPECT_EQ(log.slack[5], 5.0);
    ASSERT_EQ(log.advice.rows(), allocations ? 8 : 0);
    if (!allocations) continue;
    EXPECT_EQ(log.advice.row(4), log.allocation.row(4));
    EXPECT_EQ(log.expert.row(4), log.allocation.row(5));
    EXPECT_EQ(log.expert_shed(1, 1), Decide(2).shed[1]);
    EXPECT_TRUE((log.advice.row(3).array() == kNoAllocation).all());
    EXPECT_TRUE((log.advice_shed.row(3).array() == kNoAllocation).all());
  }
}

TEST_F(RunLogTest, KeepsCertificates) {
  info_.observed = "seen.h5";
  objective_.groups[1].bucket_weight = Vector::LinSpaced(3, 1.0, 2.0);
  Use(50);
  const Prices prices = {Vector::LinSpaced(3, 1.0, 3.0), Vector::LinSpaced(3, 4.0, 6.0),
                         Vector::LinSpaced(2, 7.0, 8.0)};
  RunLogWriter writer(Path(), problem_, info_, {});
  Run(&writer);
  writer.AddCertificates(
      {{19, 100.0, 80.0, 0.0, 1.25, prices}, {49, 300.0, -1.0, 0.0, kInfinity, ZeroPrices(problem_)}});
  writer.Finish();
  const RunLog log = ReadRunLog(Path());
  EXPECT_EQ(log.info.observed, "seen.h5");
  EXPECT_EQ(log.shed_price, 1000.0);
  EXPECT_EQ(log.groups[0].bucket_weight, Vector::Ones(3));
  EXPECT_EQ(log.groups[1].bucket_weight, Vector::LinSpaced(3, 1.0, 2.0));
  EXPECT_TRUE(log.verdict.empty());
  ASSERT_EQ(log.certificates.size(), 2u);
  EXPECT_EQ(log.certificates[0].slot, 19);
  EXPECT_EQ(log.certificates[0].objective, 100.0);
  EXPECT_EQ(log.certificates[0].lower_bound, 80.0);
  EXPECT_EQ(log.certificates[0].shift, log.shift[19]);
  EXPECT_EQ(log.certificates[0].ratio, 1.25);
  EXPECT_EQ(log.certificates[0].prices, prices);
  EXPECT_EQ(log.certificates[1].ratio, kInfinity);
  EXPECT_EQ(log.certified_ratio, kInfinity);
}

#ifdef EVENKEEL_COUNTS_ALLOCATIONS
TEST_F(RunLogTest, AllocatesNoMemoryPerSlot) {
  RunLogWriter writer(Path(), problem_, info_, kEverything);
  const Ledger ledger = MakeLedger(problem_);
  const Allocation allocation = Decide(0);
  Slot slot;
  writer.Append(slot, allocation, ledger);
  const long before = allocations;
  for (slot.time = 1; slot.time < 50; ++slot.time) writer.Append(slot, allocation, ledger);
  EXPECT_EQ(allocations - before, 0);
  EXPECT_GT(before, 0);
}
#endif

TEST_F(RunLogTest, WithoutFinishThereIsNoFile) {
  {
    RunLogWriter writer(Path(), problem_, info_, kEverything);
    Run(&writer);
    EXPECT_EQ(directory_.NumFiles(), 1);
  }
  EXPECT_EQ(directory_.NumFiles(), 0);
  const int status = RunInChild([this] {
    RunLogWriter writer(Path(), problem_, info_, kEverything);
    Run(&writer);
    ::raise(SIGKILL);
    return 0;
  });
  EXPECT_EQ(status, 1000 + SIGKILL);
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(RunLogTest, FullDiskIsAnErrorAndEndsQuietly) {
  Use(70'000);
  const std::string noise = directory_ / "noise.txt";
  for (rlim_t limit : {10'000u, 1'000'000u}) {
    const int status = RunInChild([&] {
      const rlimit both = {limit, limit};
      if (std::freopen(noise.c_str(), "w", stderr) == nullptr) return 4;
      if (::setrlimit(RLIMIT_FSIZE, &both) != 0 || std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) return 3;
      try {
        RunLogWriter writer(Path(), problem_, info_, kEverything);
        Run(&writer);
        writer.Finish();
      } catch (const InputError& error) {
        const std::string message = error.what();
        return message.find("run.h5") == std::string::npos || message.find("File too large") == std::string::npos ? 2
                                                                                                                  : 0;
      }
      return 1;
    });
    EXPECT_EQ(status, 0) << "limit " << limit;
    EXPECT_EQ(ReadBytes(noise), "");
    std::filesystem::remove(noise);
    EXPECT_EQ(directory_.NumFiles(), 0);
  }
}

TEST_F(RunLogTest, RefusesPathsThatCannotBeWrittenAndFilesThatAreNoRun) {
  ExpectInputError([&] { RunLogWriter(directory_.path(), problem_, info_, {}); },
                   {directory_.path(), "is a directory"});
  ExpectInputError([&] { RunLogWriter(directory_ / "no/run.h5", problem_, info_, {}); }, {"no/run.h5", "No such file"});
  EXPECT_EQ(directory_.NumFiles(), 0);
  ExpectInputError([&] { ReadRunLog(Path()); }, {"run.h5", "No such file"});
  WriteBytes(Path(), "text");
  ExpectInputError([&] { ReadRunLog(Path()); }, {"run.h5", "not an HDF5 file"});
}

}  // namespace
}  // namespace evenkeel
