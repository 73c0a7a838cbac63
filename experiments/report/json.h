// JSON documents. Numbers are written in full precision; those that JSON does not have are strings: "inf", "-inf",
// "nan".
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace evenkeel {

using Json = nlohmann::ordered_json;

Json JsonNumber(double value);

/// The document as text, with a newline. Bytes that are not UTF-8 (in paths) are replaced.
std::string DocumentText(const Json& document);

}  // namespace evenkeel
