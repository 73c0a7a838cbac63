#include "models/base/error.h"

namespace evenkeel {

void ThrowCheckFailed(const char* file, int line, const char* condition, const std::string& values) {
  throw InternalError(
      fmt::format("{}:{}: check failed: {}{}{}", file, line, condition, values.empty() ? "" : ": ", values));
}

}  // namespace evenkeel
