// Any bytes as Ember's prices and other tables of prices: rows or InputError.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/format_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::FuzzFormats({reinterpret_cast<const char*>(data), size}, {"ember", "price-table"});
  return 0;
}
