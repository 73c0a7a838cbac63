#include "experiments/catalog/catalog.h"

#include "experiments/catalog/entries.h"

namespace evenkeel {
namespace {

Registry MakeCatalog() {
  Registry registry;
  const auto add = [&registry](std::vector<Entry> entries) {
    for (Entry& entry : entries) registry.entries.push_back(std::move(entry));
  };
  add(ConstantPriceEntries());
  add(EquityEntries());
  add(AdviceEntries());
  add({PlanEntry(), LearnedPriceEntry(), DecentralisedEntry(), ProcessPolicyEntry()});
  add(PredictorEntries());
  add({ProcessPredictorEntry()});
  add(NetworkEntries());
  add({PriceNetworkEntry()});
  add(ErrorEntries());
  add(EventEntries());
  add(ReleaseEntries());
  return registry;
}

}  // namespace

const Registry& Catalog() {
  static const Registry catalog = MakeCatalog();
  return catalog;
}

std::unique_ptr<Policy> MakePolicy(const PolicyContext& context, const Spec& spec) {
  return MakePolicy(Catalog(), context, spec);
}

std::unique_ptr<Forecaster> MakeForecaster(const ForecastContext& context, const Spec& spec) {
  return MakeForecaster(Catalog(), context, spec);
}

NeuralSpec ParseNetwork(const Spec& spec) { return MakeNeuralSpec(Catalog(), spec); }
PriceSpec ParsePriceSpec(const Spec& spec) { return MakePriceSpec(Catalog(), spec); }
SignalError ParseSignalError(const Spec& spec) { return Make<Kind::kError>(Catalog(), spec); }
ScenarioEvent ParseEvent(const Spec& spec, const Network& network) {
  return Make<Kind::kEvent>(Catalog(), spec, network);
}

std::vector<Spec> DefaultComparison() {
  std::vector<Spec> specs;
  for (const Entry* entry : EntriesOf(Catalog(), Kind::kPolicy)) {
    for (const std::string& spec : entry->compare_specs) specs.push_back(ParseSpec(spec));
  }
  return specs;
}

std::string CatalogText() {
  return "Policies (SPEC is NAME or NAME(PARAMETER=VALUE,...); * looks into the future: for experiments; ! test "
         "advice, "
         "to try out\nguarantees with):\n" +
         EntriesText(Catalog(), Kind::kPolicy) + "\n" + PredictorsText() + "\nRelease rules:\n" +
         EntriesText(Catalog(), Kind::kRelease);
}

std::string PredictorsText() {
  return "Predictors (* looks into the future: for experiments):\n" + EntriesText(Catalog(), Kind::kPredictor);
}

std::string NetworksText() { return "Networks\n" + EntriesText(Catalog(), Kind::kNetwork); }

}  // namespace evenkeel
