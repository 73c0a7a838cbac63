#include "models/base/error.h"

#include <system_error>

namespace evenkeel {

std::string SystemReason(int error) { return std::generic_category().message(error); }

void ThrowCheckFailed(const char* file, int line, const char* condition, const std::string& values) {
  throw InternalError(
      fmt::format("{}:{}: check failed: {}{}{}", file, line, condition, values.empty() ? "" : ": ", values));
}

}  // namespace evenkeel
