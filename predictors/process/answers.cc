#include "predictors/process/answers.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "predictors/process/messages.h"
#include "predictors/process/signal_names.h"

namespace evenkeel {
namespace {

using nlohmann::json;

constexpr std::size_t kBytesPerNumber = 32;    // 17 digits, sign, point, exponent, comma, blanks
constexpr std::size_t kBytesBeside = 1 << 20;  // names, an error's text
constexpr std::size_t kMostQuantiles = 20;

std::string Shown(const std::string& text) { return text.substr(0, 100) + (text.size() > 100 ? ".." : ""); }

/// An object with no other members than these.
json Parse(const std::string& line, std::initializer_list<std::string_view> members) {
  json answer = json::parse(line, nullptr, false);
  if (answer.is_discarded()) throw InputError("answered with what is not JSON: {}", Shown(line));
  if (!answer.is_object()) throw InputError("answered with what is no JSON object: {}", Shown(line));
  for (const auto& [name, value] : answer.items()) {
    if (std::find(members.begin(), members.end(), name) == members.end()) {
      throw InputError("answered with \"{}\", expected are {}", Shown(name), fmt::join(members, ", "));
    }
  }
  return answer;
}

void CheckNumber(const json& answer, const char* name, int expected) {
  const auto found = answer.find(name);
  if (found == answer.end()) throw InputError("answered without \"{}\", expected is {}", name, expected);
  if (!found->is_number_integer() || *found != expected)
    throw InputError("answered with \"{}\" {}, expected is {}", name,
                     Shown(found->dump(-1, ' ', true, json::error_handler_t::replace)), expected);
}

/// Which of these members there is: exactly one.
std::string_view OnlyOneOf(const json& answer, std::initializer_list<const char*> names) {
  std::string_view found;
  for (const char* name : names) {
    if (!answer.contains(name)) continue;
    if (!found.empty()) throw InputError("answered with both \"{}\" and \"{}\"", found, name);
    found = name;
  }
  if (found.empty()) throw InputError("answered with none of {}", fmt::join(names, ", "));
  return found;
}

std::string ErrorText(const json& answer) {
  if (!answer["error"].is_string()) throw InputError("answered with an \"error\" that is no text");
  const std::string& text = answer["error"].get_ref<const std::string&>();
  return text.empty() ? "it gave an error without a text" : text;
}

/// Numbers as a row of `values`.
template <typename Row>
void ReadRow(const json& list, std::string_view where, Row&& values) {
  if (!list.is_array() || list.size() != static_cast<std::size_t>(values.size())) {
    throw InputError("answered with {} that has {}, expected is a list of {} numbers", where,
                     list.is_array() ? fmt::format("{} entries", list.size()) : "no list", values.size());
  }
  Eigen::Index at = 0;
  for (const json& value : list) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
      throw InputError("answered with {}[{}] that is no finite number", where, at);
    values[at++] = value.get<double>();
  }
}

void ReadPrices(const Problem& problem, const json& lists, Prices* prices) {
  if (!lists.is_array() || lists.size() != problem.groups.size())
    throw InputError("answered with prices that are no list of {} groups", problem.groups.size());
  prices->resize(problem.groups.size());
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    (*prices)[k].resize(problem.groups[k].num_buckets());
    ReadRow(lists[k], fmt::format("prices[{}]", k), (*prices)[k]);
    if ((*prices)[k].size() > 0 && (*prices)[k].minCoeff() < 0.0)
      throw InputError("answered with prices[{}] of {}, allowed are at least 0", k, (*prices)[k].minCoeff());
  }
}

void ReadFlow(const Problem& problem, const json& answer, Allocation* allocation) {
  allocation->flow.resize(problem.num_arcs());
  ReadRow(answer["flow"], "flow", allocation->flow);
  allocation->shed = Vector::Zero(problem.network.num_gateways());
  if (answer.contains("shed")) ReadRow(answer["shed"], "shed", allocation->shed);
}

RowMatrix ReadSignals(const SignalColumns& columns, int horizon, const json& tables, const std::string& where) {
  if (!tables.is_object()) throw InputError("answered with a {} that is no object", where);
  RowMatrix values;
  for (const Signal signal : kSignals) {
    const std::string name = fmt::format("{}.{}", where, ProcessSignalName(signal));
    const auto table = tables.find(ProcessSignalName(signal));
    if (table == tables.end() || !table->is_array()) throw InputError("answered without a list {}", name);
    const int rows = table->size() > static_cast<std::size_t>(horizon) ? horizon + 1 : static_cast<int>(table->size());
    if (rows == 0 || rows > horizon)
      throw InputError("answered with {} of {} rows, allowed are 1 to {}", name, table->size(), horizon);
    if (values.size() == 0) values.resize(rows, columns.size());
    if (values.rows() != rows)
      throw InputError("answered with {} of {} rows, expected are the {} of the others", name, rows, values.rows());
    for (int row = 0; row < rows; ++row) {
      ReadRow((*table)[static_cast<std::size_t>(row)], fmt::format("{}[{}]", name, row),
              values.row(row).segment(columns.first(signal), columns.count(signal)));
    }
  }
  return values;
}

/// The median; the others are held to be in order.
RowMatrix ReadQuantiles(const SignalColumns& columns, int horizon, const json& quantiles) {
  if (!quantiles.is_object() || quantiles.size() > kMostQuantiles)
    throw InputError("answered with quantiles that are no object of at most {} levels", kMostQuantiles);
  std::vector<std::pair<double, RowMatrix>> levels;
  for (const auto& [text, tables] : quantiles.items()) {
    const std::optional<double> level = ParseNumber(text);
    if (!level || !(*level > 0.0 && *level < 1.0))
      throw InputError("answered with a quantile \"{}\", allowed are numbers between 0 and 1", Shown(text));
    levels.emplace_back(*level, ReadSignals(columns, horizon, tables, fmt::format("quantiles[{}]", text)));
  }
  std::sort(levels.begin(), levels.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const RowMatrix* median = nullptr;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    if (levels[k].first == 0.5) median = &levels[k].second;
    if (k == 0) continue;
    if (levels[k].second.rows() != levels[k - 1].second.rows() ||
        (levels[k].second - levels[k - 1].second).minCoeff() < 0.0)
      throw InputError("answered with quantiles {} and {} that are not in order", levels[k - 1].first, levels[k].first);
  }
  if (median == nullptr) throw InputError("answered with quantiles without \"0.5\"");
  return *median;
}

}  // namespace

void CheckReady(const std::string& line) {
  const json answer = Parse(line, {"protocol", "error"});
  if (answer.contains("error")) throw InputError("{}", ErrorText(answer));
  CheckNumber(answer, "protocol", kProcessProtocol);
}

std::size_t LargestPolicyAnswer(const Problem& problem) {
  std::size_t numbers = static_cast<std::size_t>(problem.num_arcs() + problem.network.num_gateways());
  for (const Group& group : problem.groups) numbers += group.bucket_names.size();
  return kBytesBeside + kBytesPerNumber * numbers;
}

void ReadPolicyAnswer(const Problem& problem, int slot, const std::string& line, PolicyAnswer* answer) {
  const json document = Parse(line, {"slot", "flow", "shed", "prices", "error"});
  CheckNumber(document, "slot", slot);
  const std::string_view kind = OnlyOneOf(document, {"flow", "prices", "error"});
  if (document.contains("shed") && kind != "flow") throw InputError("answered with \"shed\" without \"flow\"");
  if (kind == "flow") {
    answer->kind = AnswerKind::kFlow;
    ReadFlow(problem, document, &answer->allocation);
  } else if (kind == "prices") {
    answer->kind = AnswerKind::kPrices;
    ReadPrices(problem, document["prices"], &answer->prices);
  } else {
    answer->kind = AnswerKind::kError;
    answer->error = ErrorText(document);
  }
}

std::size_t LargestPredictorAnswer(const SignalColumns& columns, int horizon) {
  return kBytesBeside + kBytesPerNumber * kMostQuantiles * static_cast<std::size_t>(columns.size()) *
                            static_cast<std::size_t>(horizon);
}

PredictorAnswer ReadPredictorAnswer(const SignalColumns& columns, int seen, int horizon, const std::string& line) {
  const json document = Parse(line, {"seen", "forecast", "quantiles", "error"});
  CheckNumber(document, "seen", seen);
  const std::string_view kind = OnlyOneOf(document, {"forecast", "quantiles", "error"});
  PredictorAnswer answer;
  if (kind == "error") {
    answer.error = ErrorText(document);
  } else if (kind == "forecast") {
    answer.forecast = ReadSignals(columns, horizon, document["forecast"], "forecast");
  } else {
    answer.forecast = ReadQuantiles(columns, horizon, document["quantiles"]);
  }
  return answer;
}

}  // namespace evenkeel
