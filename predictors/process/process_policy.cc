#include "predictors/process/process_policy.h"

#include <utility>

#include "engine/dispatch/dispatch.h"
#include "models/base/error.h"
#include "predictors/process/answers.h"

namespace evenkeel {
namespace {

class ProcessPolicy : public Policy {
 public:
  ProcessPolicy(const Problem& problem, const ProcessPolicyOptions& options, std::unique_ptr<Forecaster> forecaster,
                History past)
      : problem_(problem),
        options_(options),
        program_(options.program),
        forecaster_(std::move(forecaster)),
        seen_(std::move(past)),
        dispatcher_(problem) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    const Slot& slot = input.slot;
    answer_.kind = AnswerKind::kError;
    Remember(slot);
    program_.Run([&] { return StartLine(slot.index); });
    Ask(input);
    if (answer_.kind == AnswerKind::kError) throw InputError("{}: {}", options_.program.name, answer_.error);
    if (answer_.kind == AnswerKind::kFlow) {
      CheckFeasible(slot, input.ledger.work_done, answer_.allocation);
      *allocation = answer_.allocation;
    } else {
      PricedCost(problem_, input.coefficients, 1.0, answer_.prices, &cost_);
      DispatchOrThrow(problem_, cost_, slot, &dispatcher_, allocation);
    }
  }

  /// A program is told of the past when it starts, not slot by slot.
  void Witness(const SlotInput& input) override { Remember(input.slot); }

  void Settle(const Settlement& settlement) override {
    if (program_.IsRunning()) program_.Tell(SettleLine(settlement));
  }

  PolicyReport Report() const override {
    PolicyReport report;
    report.program_failures = program_.failures();
    return report;
  }

  const Prices* StatedPrices() const override {
    return answer_.kind == AnswerKind::kPrices ? &answer_.prices : nullptr;
  }

 private:
  void Remember(const Slot& slot) {
    if (options_.history > 0 || options_.horizon > 0) seen_.Append(slot);
  }

  std::string StartLine(int slot) const {
    PolicyStart start;
    start.seed = options_.seed;
    start.first_slot = slot;
    start.slot_hours = options_.slot_hours;
    start.seen = &seen_;
    start.end = seen_.num_slots() - 1;
    start.history = options_.history;
    return PolicyStartLine(problem_, start);
  }

  /// The program's fault, which is not one of its protocol: it goes on.
  void CheckFeasible(const Slot& slot, const Vector& work_done, const Allocation& allocation) {
    const double violation = Infeasibility(problem_, slot, work_done, allocation, &region_use_);
    const double allowed = AllowedViolation(slot);
    if (!(violation <= allowed)) {
      throw InputError("{}: its flow in slot {} violates the constraints by {:.3g}, allowed {:.3g}",
                       options_.program.name, slot.index, violation, allowed);
    }
  }

  void Ask(const SlotInput& input) {
    RowMatrix forecast;
    if (options_.horizon > 0) forecast = Forecast(*forecaster_, HistoryView(seen_), options_.horizon);
    const std::string line = DecideLine(input, options_.horizon > 0 ? &forecast : nullptr);
    program_.Ask(line, LargestPolicyAnswer(problem_),
                 [&](const std::string& answer) { ReadPolicyAnswer(problem_, input.slot.index, answer, &answer_); });
  }

  const Problem& problem_;
  ProcessPolicyOptions options_;
  Program program_;
  std::unique_ptr<Forecaster> forecaster_;
  History seen_;  // before the period, and in it; empty where nobody looks back
  Dispatcher dispatcher_;
  PolicyAnswer answer_;
  Vector cost_;
  Vector region_use_;
};

}  // namespace

std::unique_ptr<Policy> MakeProcessPolicy(const Problem& problem, const ProcessPolicyOptions& options,
                                          std::unique_ptr<Forecaster> forecaster, History past) {
  EVENKEEL_CHECK(options.horizon == 0 || forecaster != nullptr);
  return std::make_unique<ProcessPolicy>(problem, options, std::move(forecaster), std::move(past));
}

}  // namespace evenkeel
