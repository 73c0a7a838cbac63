#include "experiments/run/layout_check.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "experiments/files/run_log_schema.h"
#include "experiments/run/run_difference.h"
#include "models/base/checksum.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kBlockNumbers = 1 << 16;  // that are read at a time

std::string Place(const std::string& dataset) { return dataset.empty() ? "the file" : "'" + dataset + "'"; }

/// Both lists are sorted by name.
void ExpectSameNames(const std::string& what, const std::vector<std::string>& logged,
                     const std::vector<std::string>& expected) {
  const std::set<std::string> found(logged.begin(), logged.end()), known(expected.begin(), expected.end());
  for (const std::string& name : expected) {
    if (found.count(name) == 0) throw RunDifference(fmt::format("{} '{}' is missing", what, name));
  }
  for (const std::string& name : logged) {
    if (known.count(name) == 0) throw RunDifference(fmt::format("{} '{}' should not be there", what, name));
  }
}

/// Totals in USD are what is left of their gross sums; the other numbers are sums of what is not negative, shares, or
/// what they were set to.
double AllowedDifference(const std::string& dataset, const std::string& attribute, double value,
                         const GrossSums& gross) {
  if (dataset.empty() && (attribute == "energy_cost" || attribute == "objective")) return kTolerance * gross.cost;
  if (dataset.empty() && attribute == "shed") return kTolerance * gross.shed;
  if (attribute == "gini") return kTolerance;
  return kTolerance * std::abs(value);
}

/// Of what is recomputed only to rounding, or cannot be.
void CheckChecksum(const Hdf5Reader& log, const std::string& dataset) {
  const std::vector<std::int64_t> shape = log.Shape(dataset);
  std::int64_t columns = 1;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) columns *= shape[axis];
  const std::int64_t block = std::max<std::int64_t>(1, kBlockNumbers / std::max<std::int64_t>(1, columns));
  std::vector<double> values(static_cast<std::size_t>(std::min(block, shape[0]) * columns));
  std::uint32_t crc = 0;
  for (std::int64_t row = 0; row < shape[0]; row += block) {
    const std::int64_t count = std::min(block, shape[0] - row);
    // Advice that was rejected is missing from the log, and written as this.
    log.ReadValues(dataset, row, count, values.data(), kNoAllocation);
    crc = Crc32(values.data(), static_cast<std::size_t>(count * columns), crc);
  }
  if (log.Text(dataset, kChecksumName) != ChecksumText(crc))
    throw RunDifference(
        fmt::format("the values of {} have the checksum {}, not the attribute's", Place(dataset), ChecksumText(crc)));
}

void CheckAttribute(const Hdf5Reader& log, const Hdf5Reader& expected, const std::string& dataset,
                    const std::string& attribute, const GrossSums& gross) {
  const auto fail = [&](const std::string& logged, const std::string& found) {
    throw RunDifference(
        fmt::format("the attribute '{}' of {} is {}, expected {}", attribute, Place(dataset), logged, found));
  };
  const auto text = [](const std::optional<std::string>& value) { return value ? "\"" + *value + "\"" : "no text"; };
  const auto number = [](double value) { return fmt::format("{:.17g}", value); };
  if (const auto value = expected.Text(dataset, attribute)) {
    const auto logged = log.Text(dataset, attribute);
    if (logged != value) fail(text(logged), text(value));
  } else if (const auto values = expected.Numbers(dataset, attribute)) {
    const auto logged = log.Numbers(dataset, attribute);
    if (!logged || logged->size() != values->size())
      fail(logged ? fmt::format("{} numbers", logged->size()) : "no number", fmt::format("{}", values->size()));
    for (std::size_t k = 0; k < values->size(); ++k) {
      const double found = (*values)[k];
      if (!IsClose((*logged)[k], found, AllowedDifference(dataset, attribute, found, gross)))
        fail(number((*logged)[k]), number(found));
    }
  }
}

void CheckShape(const Hdf5Reader& log, const Hdf5Reader& expected, const std::string& dataset, int slots) {
  const std::string logged_type = log.TypeOf(dataset), type = expected.TypeOf(dataset);
  if (logged_type != type)
    throw RunDifference(fmt::format("dataset '{}' holds {}, expected {}", dataset, logged_type, type));
  const std::vector<std::int64_t> logged = log.Shape(dataset);
  std::vector<std::int64_t> shape = expected.Shape(dataset);
  if (shape[0] == 0) shape[0] = slots;  // the layout has no rows
  if (logged != shape) {
    throw RunDifference(fmt::format("dataset '{}' has the shape [{}], expected [{}]", dataset, fmt::join(logged, ", "),
                                    fmt::join(shape, ", ")));
  }
}

}  // namespace

void CheckLayout(const Hdf5Reader& log, const std::string& image, const GrossSums& gross, int slots) {
  const Hdf5Reader expected("layout", image);
  ExpectSameNames("dataset", log.Datasets(), expected.Datasets());
  std::vector<std::string> places = expected.Datasets();
  places.emplace_back("");
  for (const std::string& dataset : places) {
    if (!dataset.empty()) CheckShape(log, expected, dataset, slots);
    const std::vector<std::string> attributes = expected.Attributes(dataset);
    ExpectSameNames("of " + Place(dataset) + " the attribute", log.Attributes(dataset), attributes);
    for (const std::string& attribute : attributes) {
      if (attribute == kChecksumName && !dataset.empty()) {
        CheckChecksum(log, dataset);
      } else {
        CheckAttribute(log, expected, dataset, attribute, gross);
      }
    }
    // Labels are texts, and rows that are not of slots are numbers; both are in the layout.
    if (dataset.empty() || log.TypeOf(dataset) != "text") continue;
    if (log.Labels(dataset) != expected.Labels(dataset))
      throw RunDifference(fmt::format("dataset '{}' has other labels than expected", dataset));
  }
}

}  // namespace evenkeel
