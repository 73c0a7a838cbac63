#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
bool IsUkCarbon(const Document& document) {
  if (!document.is_json || !document.json().is_object()) return false;
  const auto data = document.json().find("data");
  return data != document.json().end() && data->is_array() && !data->empty() && (*data)[0].is_object() &&
         (*data)[0].contains("intensity") && (*data)[0].contains("from");
}

FileRows ReadUkCarbon(const Document& document, const FileRequest&) {
  const nlohmann::json& data = JsonList(document.json(), "data", document.path);
  FileRows found;
  found.scope_said = "direct";
  for (std::size_t k = 0; k < data.size(); ++k) {
    const std::string where = fmt::format("{}, entry {}", document.path, k + 1);
    const std::int64_t begin = TimeOf(JsonText(data[k], "from", where), NoOffset::kError, where);
    const std::int64_t end = TimeOf(JsonText(data[k], "to", where), NoOffset::kError, where);
    if (end <= begin) throw InputError("{}: \"to\" is not behind \"from\"", where);
    // The forecast beside it is no measurement: a null of `actual` stays a gap.
    const double grams = JsonNumberOrMissing(JsonMember(data[k], "intensity", where), "actual", 0.0, where);
    found.rows.push_back({begin, grams / kGramsPerKilogram, 0, static_cast<int>(k) + 1, 1.0, end - begin});
  }
  return found;
}

}  // namespace evenkeel
