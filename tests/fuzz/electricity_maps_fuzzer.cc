// Any bytes as a file or an answer of Electricity Maps: rows or InputError.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/format_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::FuzzFormats({reinterpret_cast<const char*>(data), size}, {"electricity-maps-csv", "electricity-maps-json"});
  return 0;
}
