// What editors put before a text to say how it is encoded.
#pragma once

#include <string>
#include <string_view>

#include "models/base/error.h"

namespace evenkeel {

/// The text without the mark of UTF-8. Throws InputError naming the file `path` for UTF-16.
inline std::string WithoutByteOrderMark(const std::string& text, const std::string& path) {
  constexpr std::string_view kUtf8 = "\xEF\xBB\xBF";
  for (const std::string_view mark : {std::string_view("\xFF\xFE"), std::string_view("\xFE\xFF")}) {
    if (text.compare(0, mark.size(), mark) == 0)
      throw InputError("{}: it is UTF-16, expected UTF-8: save it again as UTF-8", path);
  }
  return text.compare(0, kUtf8.size(), kUtf8) == 0 ? text.substr(kUtf8.size()) : text;
}

}  // namespace evenkeel
