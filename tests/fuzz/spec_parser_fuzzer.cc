// Whatever the bytes: parsing throws InputError or gives a spec that its canonical text leads back to.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "experiments/catalog/catalog.h"
#include "experiments/specs/spec.h"
#include "models/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel;
  Spec spec;
  try {
    spec = ParseSpec(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const InputError&) {
    return 0;
  }
  const std::string text = ToString(spec);
  // Quotes and backslashes can make the canonical text longer than what a spec may have.
  if (text.size() <= kMaxSpecLength && (ParseSpec(text) != spec || ToString(ParseSpec(text)) != text)) std::abort();
  try {
    CheckSpec(Catalog(), Kind::kPolicy, spec);
  } catch (const InputError&) {
  }
  return 0;
}
