#include "engine/policies/constant_price.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/dispatch/dispatch.h"
#include "engine/policies/leaning_prices.h"
#include "models/base/atomic_file.h"
#include "models/base/csv.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

class ConstantPrice : public Policy {
 public:
  ConstantPrice(const Problem& problem, ConstantPriceOptions options)
      : problem_(problem), options_(std::move(options)), dispatcher_(problem) {
    if (options_.break_ties) RoundPrices(problem, &options_.prices);
    prices_ = options_.prices;
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    if (options_.break_ties) {
      ahead_ = input.ledger.load;
      const auto& planned = options_.planned_load;
      for (std::size_t k = 0; k < ahead_.size() && !planned.empty(); ++k) ahead_[k] -= planned[input.slot.index][k];
      prices_ = options_.prices;
      BreakTies(problem_, ahead_, &prices_);
    }
    PricedCost(problem_, input.coefficients, options_.cost_scale, prices_, &cost_);
    own_objective_ += DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation).cost;
  }

  PolicyReport Report() const override {
    PolicyReport report;
    if (options_.report_own_objective) report.own_objective = own_objective_;
    return report;
  }

  const Prices* StatedPrices() const override { return options_.cost_scale == 1.0 ? &prices_ : nullptr; }

 private:
  const Problem& problem_;
  ConstantPriceOptions options_;
  Prices prices_;
  Loads ahead_;
  Dispatcher dispatcher_;
  Vector cost_;
  double own_objective_ = 0.0;
};

}  // namespace

std::unique_ptr<Policy> MakeConstantPrice(const Problem& problem, const ConstantPriceOptions& options) {
  EVENKEEL_CHECK_EQ(options.prices.size(), problem.groups.size());
  return std::make_unique<ConstantPrice>(problem, options);
}

void SetUniformPrice(const Problem& problem, Footprint footprint, double price, Prices* prices) {
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.footprint == footprint) (*prices)[k] = price * group.bucket_weight.cwiseInverse();
  }
}

Prices L1Prices(const Problem& problem) {
  Prices prices = ZeroPrices(problem);
  for (int k = 0; k < problem.num_groups(); ++k) prices[k].setConstant(problem.groups[k].weight);
  return prices;
}

Prices ReadPrices(const Problem& problem, const std::string& path) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  const int group_column = table.Column("group"), bucket_column = table.Column("bucket"),
            price_column = table.Column("price");
  std::map<std::pair<std::string, std::string>, double> given;
  for (int row = 0; row < table.num_rows(); ++row) {
    const double price = table.Number(row, price_column);
    if (price < 0.0) throw InputError("{}: column 'price' is {}, allowed: at least 0", table.Where(row), price);
    const std::string& group = table.rows[row][group_column];
    const std::string& bucket = table.rows[row][bucket_column];
    if (!given.emplace(std::pair(group, bucket), price).second) {
      throw InputError("{}: bucket '{}' of group '{}' appears twice", table.Where(row), bucket, group);
    }
  }
  Prices prices = ZeroPrices(problem);
  std::size_t used = 0;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    for (int b = 0; b < group.num_buckets(); ++b) {
      const auto found = given.find({group.name, group.bucket_names[b]});
      if (found == given.end())
        throw InputError("{}: no price for bucket '{}' of group '{}'", path, group.bucket_names[b], group.name);
      prices[k][b] = found->second;
      ++used;
    }
  }
  if (used != given.size()) {
    throw InputError(
        "{}: {} rows, but the problem has {} buckets in its groups: it belongs to another network or objective", path,
        given.size(), used);
  }
  return prices;
}

void WritePrices(const Problem& problem, const Prices& prices, const std::string& path) {
  std::string text = "group,bucket,price\n";
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    for (int b = 0; b < group.num_buckets(); ++b) {
      text += fmt::format("{},{},{}\n", CsvField(group.name), CsvField(group.bucket_names[b]), prices[k][b]);
    }
  }
  WriteTextFile(path, text);
}

}  // namespace evenkeel
