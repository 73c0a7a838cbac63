// Any bytes as a log of requests of Azure: rows or InputError.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/format_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::FuzzRequests({reinterpret_cast<const char*>(data), size}, evenkeel::RequestFormat::kAzure);
  return 0;
}
