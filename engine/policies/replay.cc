#include "engine/policies/replay.h"

#include <utility>

namespace evenkeel {
namespace {

class Replay : public Policy {
 public:
  explicit Replay(std::shared_ptr<const RecordedRun> run) : run_(std::move(run)) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    *allocation = run_->decisions.at(input.slot.index);
  }
  PolicyReport Report() const override { return run_->report; }

 private:
  std::shared_ptr<const RecordedRun> run_;
};

}  // namespace

std::unique_ptr<Policy> MakeReplay(std::shared_ptr<const RecordedRun> run) {
  return std::make_unique<Replay>(std::move(run));
}

std::unique_ptr<Policy> MakeReplay(std::vector<Allocation> decisions) {
  return MakeReplay(std::make_shared<const RecordedRun>(RecordedRun{std::move(decisions), {}}));
}

}  // namespace evenkeel
