// Any bytes as Google's table of regions: rows or InputError.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/format_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::FuzzFormats({reinterpret_cast<const char*>(data), size}, {"google-regions"});
  return 0;
}
