// Any bytes as prices or generation of gridstatus: rows or InputError.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/format_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::FuzzFormats({reinterpret_cast<const char*>(data), size}, {"gridstatus", "gridstatus-mix"});
  return 0;
}
