// All formats that carbon, prices and generation by fuel are known in, and which of them a file is.
#pragma once

#include <string>
#include <vector>

#include "models/formats/document.h"
#include "models/formats/format.h"

namespace evenkeel {

/// All of them, those for more particular content first.
const std::vector<Format>& Formats();

/// Reads the file as the format of this name or, where it is empty, as the first of the signal's that knows it. Throws
/// InputError naming the formats there are, or file, line or entry, field, value and what is allowed.
FileRows ReadRows(const Document& document, SignalKind signal, const std::string& format, const FileRequest& request);

}  // namespace evenkeel
