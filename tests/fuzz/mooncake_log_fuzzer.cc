// Any bytes as Mooncake's log of requests: rows or InputError.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/format_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::FuzzRequests({reinterpret_cast<const char*>(data), size}, evenkeel::RequestFormat::kMooncake);
  return 0;
}
