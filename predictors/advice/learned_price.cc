#include "predictors/advice/learned_price.h"

#include <cmath>
#include <cstddef>

#include "engine/dispatch/dispatch.h"
#include "engine/policies/leaning_prices.h"
#include "models/base/error.h"
#include "models/world/footprint.h"
#include "predictors/prices/inputs.h"

namespace evenkeel {
namespace {

class LearnedPrice : public Policy {
 public:
  LearnedPrice(const Problem& problem, std::shared_ptr<PriceNetwork> network, std::unique_ptr<Forecaster> forecaster,
               History past, std::string where)
      : problem_(problem),
        where_(std::move(where)),
        network_(std::move(network)),
        forecaster_(std::move(forecaster)),
        history_(std::move(past)),
        maker_(problem, *forecaster_),
        dispatcher_(problem) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    history_.Append(input.slot);
    maker_.Next(HistoryView(history_), input.slot, &inputs_);
    load_.clear();
    for (const Vector& load : input.ledger.load) load_.insert(load_.end(), load.begin(), load.end());
    network_->Forward(inputs_, load_, &answer_);
    for (std::size_t b = 0; b < answer_.size(); ++b) {
      if (!std::isfinite(answer_[b]))
        throw InputError("{}: price {} of its network is {}, expected a finite number", where_, b, answer_[b]);
    }
    prices_ = PricesOf(problem_, answer_.data());
    RoundPrices(problem_, &prices_);  // the network's last bits are the processor's
    PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
    DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
  }

  void Witness(const SlotInput& input) override {
    history_.Append(input.slot);
    maker_.Next(HistoryView(history_), input.slot, &inputs_);  // it adds up what it sees
  }

  const Prices* StatedPrices() const override { return &prices_; }

 private:
  const Problem& problem_;
  std::string where_;
  std::shared_ptr<PriceNetwork> network_;
  std::unique_ptr<Forecaster> forecaster_;
  History history_;
  PriceInputMaker maker_;
  Dispatcher dispatcher_;
  PriceInputs inputs_;
  std::vector<double> load_, answer_;
  Prices prices_;
  Vector cost_;
};

}  // namespace

std::unique_ptr<Policy> MakeLearnedPrice(const Problem& problem, std::shared_ptr<PriceNetwork> network,
                                         std::unique_ptr<Forecaster> forecaster, History past,
                                         const std::string& where) {
  return std::make_unique<LearnedPrice>(problem, std::move(network), std::move(forecaster), std::move(past), where);
}

}  // namespace evenkeel
