// Policies that break one law each: it is found, and named.
#include "engine/laws.h"

#include <gmock/gmock.h>

#include "engine/dispatch/dispatch.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Dispatch at the slot's cost: lawful. The others begin with it.
class Cheapest : public Policy {
 public:
  explicit Cheapest(const Problem& problem) : problem_(problem), dispatcher_(problem) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    DispatchOrThrow(problem_, input.coefficients.cost, input.slot, &dispatcher_, allocation);
  }

 protected:
  const Problem& problem_;
  Dispatcher dispatcher_;
};

/// Serves a little too much from slot 5 on.
class Generous : public Cheapest {
 public:
  using Cheapest::Cheapest;
  void Decide(const SlotInput& input, Allocation* allocation) override {
    Cheapest::Decide(input, allocation);
    if (input.slot.index >= 5) allocation->flow[0] += 1e-6 * input.slot.demand.sum();
  }
};

/// Forgets to write what is not served.
class Forgetful : public Cheapest {
 public:
  using Cheapest::Cheapest;
  void Decide(const SlotInput& input, Allocation* allocation) override {
    const Vector unwritten = allocation->shed;
    Cheapest::Decide(input, allocation);
    allocation->shed = unwritten;
  }
};

/// Dispatches at the costs of two slots later.
class Clairvoyant : public Cheapest {
 public:
  Clairvoyant(const Problem& problem, std::unique_ptr<SlotSource> slots)
      : Cheapest(problem), slots_(std::move(slots)) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    Slot later;
    slots_->Read(std::min(input.slot.index + 2, slots_->num_slots() - 1), &later);
    Coefficients coefficients;
    EstimateCoefficients(problem_, later, &coefficients);
    DispatchOrThrow(problem_, coefficients.cost, input.slot, &dispatcher_, allocation);
  }

 private:
  std::unique_ptr<SlotSource> slots_;
};

/// Another policy every second time that it is made.
class Moody : public Cheapest {
 public:
  Moody(const Problem& problem, bool dearest) : Cheapest(problem), dearest_(dearest) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    const Vector cost = dearest_ ? Vector(-input.coefficients.cost) : input.coefficients.cost;
    DispatchOrThrow(problem_, cost, input.slot, &dispatcher_, allocation);
  }

 private:
  bool dearest_;
};

/// Serves what is cheapest on the mean of all the slots that it has decided, and remembers none that it witnesses.
class Absent : public Cheapest {
 public:
  explicit Absent(const Problem& problem) : Cheapest(problem), sum_(Vector::Zero(problem.num_arcs())) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    sum_ += input.coefficients.cost;
    DispatchOrThrow(problem_, sum_, input.slot, &dispatcher_, allocation);
  }
  void Witness(const SlotInput&) override {}

 private:
  Vector sum_;
};

class PolicyLawsTest : public ::testing::Test {
 protected:
  const Trace trace_ = SmallTrace(24);
  const Problem problem_ = ProblemOf(trace_, CarbonObjective(1500.0, kInfinity));
};

TEST_F(PolicyLawsTest, ALawfulPolicyBreaksNone) {
  const PolicyLawReport report =
      CheckPolicyLaws(problem_, trace_, [&] { return std::make_unique<Cheapest>(problem_); });
  EXPECT_THAT(report.broken, IsEmpty());
  EXPECT_LE(report.worst_violation, 1e-12);
  EXPECT_EQ(report.played.decisions.size(), 24u);
}

TEST_F(PolicyLawsTest, TooMuchIsP1) {
  const PolicyLawReport report =
      CheckPolicyLaws(problem_, trace_, [&] { return std::make_unique<Generous>(problem_); });
  EXPECT_THAT(report.broken, ElementsAre(HasSubstr("P1: the decision of slot 5")));
  EXPECT_NEAR(report.worst_violation, 1e-6, 1e-7);
}

TEST_F(PolicyLawsTest, WhatIsNotWrittenIsP1) {
  const PolicyLawReport report =
      CheckPolicyLaws(problem_, trace_, [&] { return std::make_unique<Forgetful>(problem_); });
  EXPECT_THAT(report.broken, ElementsAre(HasSubstr("P1: the decision of slot 0")));
}

// The policy has the trace as it is at hand, and in the second play another one.
TEST_F(PolicyLawsTest, LookingAheadIsP2) {
  int made = 0;
  PolicyLawOptions options;
  options.change_after = 10;
  const Trace changed = ChangedAfter(trace_, options.change_after, options.seed);
  const auto make = [&] {
    return std::make_unique<Clairvoyant>(problem_, MakeSlotSource(++made == 2 ? changed : trace_));
  };
  const PolicyLawReport report = CheckPolicyLaws(problem_, trace_, make, options);
  ASSERT_THAT(report.broken, ElementsAre(HasSubstr("P2: other flows in slot")));
  made = 0;
  options.looks_ahead = true;
  EXPECT_THAT(
      CheckPolicyLaws(
          problem_, trace_, [&] { return std::make_unique<Clairvoyant>(problem_, MakeSlotSource(trace_)); }, options)
          .broken,
      IsEmpty());
}

TEST_F(PolicyLawsTest, AnotherResultInASecondRunIsP3) {
  int made = 0;
  const auto make = [&] { return std::make_unique<Moody>(problem_, ++made == 3); };
  EXPECT_THAT(CheckPolicyLaws(problem_, trace_, make).broken, ElementsAre(HasSubstr("P3: other flows in slot 0")));
}

TEST_F(PolicyLawsTest, ForgettingWhatWasWitnessedIsP4) {
  const auto make = [&] { return std::make_unique<Absent>(problem_); };
  EXPECT_THAT(CheckPolicyLaws(problem_, trace_, make).broken, ElementsAre(HasSubstr("P4: other flows in slot")));
  PolicyLawOptions options;
  options.is_robust = true;
  EXPECT_THAT(CheckPolicyLaws(problem_, trace_, make, options).broken, IsEmpty());
}

}  // namespace
}  // namespace evenkeel
