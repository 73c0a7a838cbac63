#include "experiments/report/json.h"

#include <fmt/format.h>

#include <cmath>

namespace evenkeel {

Json JsonNumber(double value) {
  if (std::isfinite(value)) return value;
  return fmt::format("{}", value);
}

std::string DocumentText(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace evenkeel
