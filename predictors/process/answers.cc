#include "predictors/process/answers.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "predictors/process/messages.h"
#include "predictors/process/signal_tables.h"

namespace evenkeel {
namespace {

// Not the parser of the rest: a slot with 10,000 flows took four times the time with that (docs/process.md).
using simdjson::dom::element;

constexpr std::size_t kBytesPerNumber = 32;    // 17 digits, sign, point, exponent, comma, blanks
constexpr std::size_t kBytesBeside = 1 << 20;  // names, an error's text
constexpr std::size_t kMostQuantiles = 20;

std::string Shown(std::string_view text) { return std::string(text.substr(0, 100)) + (text.size() > 100 ? ".." : ""); }

/// An object with no other members than these. It lives until the thread parses the next one.
element Parse(const std::string& line, std::initializer_list<std::string_view> members) {
  thread_local simdjson::dom::parser parser;
  element answer;
  if (parser.parse(line).get(answer) != simdjson::SUCCESS)
    throw InputError("answered with what is not JSON: {}", Shown(line));
  simdjson::dom::object object;
  if (answer.get(object) != simdjson::SUCCESS)
    throw InputError("answered with what is no JSON object: {}", Shown(line));
  for (const auto& [name, value] : object) {
    if (std::find(members.begin(), members.end(), name) == members.end())
      throw InputError("answered with \"{}\", expected are {}", Shown(name), fmt::join(members, ", "));
  }
  return answer;
}

bool Has(const element& object, std::string_view name) { return object.at_key(name).error() == simdjson::SUCCESS; }

void CheckNumber(const element& answer, const char* name, int expected) {
  if (!Has(answer, name)) throw InputError("answered without \"{}\", expected is {}", name, expected);
  std::int64_t found = 0;
  if (answer[name].get(found) != simdjson::SUCCESS || found != expected) {
    throw InputError("answered with \"{}\" {}, expected is {}", name,
                     Shown(simdjson::minify(answer[name].value_unsafe())), expected);
  }
}

/// Which of these members there is: exactly one.
std::string_view OnlyOneOf(const element& answer, std::initializer_list<const char*> names) {
  std::string_view found;
  for (const char* name : names) {
    if (!Has(answer, name)) continue;
    if (!found.empty()) throw InputError("answered with both \"{}\" and \"{}\"", found, name);
    found = name;
  }
  if (found.empty()) throw InputError("answered with none of {}", fmt::join(names, ", "));
  return found;
}

std::string ErrorText(const element& answer) {
  std::string_view text;
  if (answer["error"].get(text) != simdjson::SUCCESS) throw InputError("answered with an \"error\" that is no text");
  return text.empty() ? "it gave an error without a text" : std::string(text);
}

/// Numbers as a row of `values`.
template <typename Row>
void ReadRow(const element& list, std::string_view where, Row&& values) {
  simdjson::dom::array array;
  const bool is_list = list.get(array) == simdjson::SUCCESS;
  if (!is_list || array.size() != static_cast<std::size_t>(values.size())) {
    throw InputError("answered with {} that has {}, expected is a list of {} numbers", where,
                     is_list ? fmt::format("{} entries", array.size()) : "no list", values.size());
  }
  Eigen::Index at = 0;
  for (const element value : array) {
    double number = 0.0;
    if (value.get(number) != simdjson::SUCCESS || !std::isfinite(number))
      throw InputError("answered with {}[{}] that is no finite number", where, at);
    values[at++] = number;
  }
}

void ReadPrices(const Problem& problem, const element& lists, Prices* prices) {
  simdjson::dom::array array;
  if (lists.get(array) != simdjson::SUCCESS || array.size() != problem.groups.size())
    throw InputError("answered with prices that are no list of {} groups", problem.groups.size());
  prices->resize(problem.groups.size());
  std::size_t k = 0;
  for (const element list : array) {
    Vector& values = (*prices)[k];
    values.resize(problem.groups[k].num_buckets());
    ReadRow(list, fmt::format("prices[{}]", k), values);
    if (values.size() > 0 && values.minCoeff() < 0.0)
      throw InputError("answered with prices[{}] of {}, allowed are at least 0", k, values.minCoeff());
    ++k;
  }
}

void ReadFlow(const Problem& problem, const element& answer, Allocation* allocation) {
  allocation->flow.resize(problem.num_arcs());
  ReadRow(answer["flow"].value_unsafe(), "flow", allocation->flow);
  allocation->shed = Vector::Zero(problem.network.num_gateways());
  if (Has(answer, "shed")) ReadRow(answer["shed"].value_unsafe(), "shed", allocation->shed);
}

RowMatrix ReadSignals(const SignalColumns& columns, int horizon, const element& tables, const std::string& where) {
  if (!tables.is_object()) throw InputError("answered with a {} that is no object", where);
  RowMatrix values;
  for (const Signal signal : kSignals) {
    const std::string name = fmt::format("{}.{}", where, ProcessSignalName(signal));
    simdjson::dom::array table;
    if (tables.at_key(ProcessSignalName(signal)).get(table) != simdjson::SUCCESS)
      throw InputError("answered without a list {}", name);
    const int rows = static_cast<int>(table.size());
    if (rows == 0 || rows > horizon)
      throw InputError("answered with {} of {} rows, allowed are 1 to {}", name, rows, horizon);
    if (values.size() == 0) values.resize(rows, columns.size());
    if (values.rows() != rows)
      throw InputError("answered with {} of {} rows, expected are the {} of the others", name, rows, values.rows());
    int row = 0;
    for (const element list : table) {
      ReadRow(list, fmt::format("{}[{}]", name, row),
              values.row(row).segment(columns.first(signal), columns.count(signal)));
      ++row;
    }
  }
  return values;
}

/// The median; the others are held to be in order.
RowMatrix ReadQuantiles(const SignalColumns& columns, int horizon, const element& quantiles) {
  simdjson::dom::object object;
  if (quantiles.get(object) != simdjson::SUCCESS || object.size() > kMostQuantiles)
    throw InputError("answered with quantiles that are no object of at most {} levels", kMostQuantiles);
  std::vector<std::pair<double, RowMatrix>> levels;
  for (const auto& [key, tables] : object) {
    const std::string text(key);
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
  const element answer = Parse(line, {"protocol", "error"});
  if (Has(answer, "error")) throw InputError("{}", ErrorText(answer));
  CheckNumber(answer, "protocol", kProcessProtocol);
}

std::size_t LargestPolicyAnswer(const Problem& problem) {
  std::size_t numbers = static_cast<std::size_t>(problem.num_arcs() + problem.network.num_gateways());
  for (const Group& group : problem.groups) numbers += group.bucket_names.size();
  return kBytesBeside + kBytesPerNumber * numbers;
}

void ReadPolicyAnswer(const Problem& problem, int slot, const std::string& line, PolicyAnswer* answer) {
  const element document = Parse(line, {"slot", "flow", "shed", "prices", "error"});
  CheckNumber(document, "slot", slot);
  const std::string_view kind = OnlyOneOf(document, {"flow", "prices", "error"});
  if (Has(document, "shed") && kind != "flow") throw InputError("answered with \"shed\" without \"flow\"");
  if (kind == "flow") {
    answer->kind = AnswerKind::kFlow;
    ReadFlow(problem, document, &answer->allocation);
  } else if (kind == "prices") {
    answer->kind = AnswerKind::kPrices;
    ReadPrices(problem, document["prices"].value_unsafe(), &answer->prices);
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
  const element document = Parse(line, {"seen", "forecast", "quantiles", "error"});
  CheckNumber(document, "seen", seen);
  const std::string_view kind = OnlyOneOf(document, {"forecast", "quantiles", "error"});
  PredictorAnswer answer;
  if (kind == "error") {
    answer.error = ErrorText(document);
  } else if (kind == "forecast") {
    answer.forecast = ReadSignals(columns, horizon, document["forecast"].value_unsafe(), "forecast");
  } else {
    answer.forecast = ReadQuantiles(columns, horizon, document["quantiles"].value_unsafe());
  }
  return answer;
}

}  // namespace evenkeel
