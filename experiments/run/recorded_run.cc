#include "experiments/run/recorded_run.h"

#include <utility>

namespace evenkeel {
namespace {

class Recorded : public Policy {
 public:
  explicit Recorded(std::shared_ptr<const RecordedRun> run) : run_(std::move(run)) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    *allocation = run_->decisions.at(static_cast<std::size_t>(input.slot.index));
  }
  PolicyReport Report() const override { return run_->report; }

 private:
  std::shared_ptr<const RecordedRun> run_;
};

}  // namespace

std::unique_ptr<Policy> MakeRecorded(std::shared_ptr<const RecordedRun> run) {
  return std::make_unique<Recorded>(std::move(run));
}

}  // namespace evenkeel
