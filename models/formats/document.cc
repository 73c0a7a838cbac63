#include "models/formats/document.h"

#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

using Json = nlohmann::json;

// Parsed, it takes about ten times as much.
constexpr std::size_t kLargestJson = std::size_t{64} << 20;

std::string ShortText(const Json& value) {
  constexpr std::size_t kLongest = 300;
  std::string text =
      value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

/// Services answer with JSON even when they have nothing to give.
void CheckAnswer(const Json& document, const std::string& path) {
  if (!document.is_object()) return;
  const auto error = document.find("error");
  if (error == document.end() || error->is_null() || *error == false) return;
  for (const char* name : {"reason", "message", "error_description"}) {
    const auto reason = document.find(name);
    if (reason != document.end())
      throw InputError("{}: the service answered with an error: {}", path, ShortText(*reason));
  }
  throw InputError("{}: the service answered with an error: {}", path, ShortText(*error));
}

void CheckOnePlace(const Json& document, const std::string& path) {
  if (!document.is_array() || document.empty() || !document[0].is_object()) return;
  if (document[0].contains("latitude")) {
    throw InputError(
        "{}: the answer has {} places in it, as for a request with several latitudes; allowed is one place in a file: "
        "ask for each by itself",
        path, document.size());
  }
}

Json ParseJson(const std::string& text, const std::string& path) {
  if (text.size() > kLargestJson)
    throw InputError("{}: JSON of {} bytes, allowed are {}", path, text.size(), kLargestJson);
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw InputError("{}: it is no JSON document: {}", path, error.what());
  }
}

}  // namespace

const Json& Document::json() const {
  static const Json none;
  return parsed ? *parsed : none;
}

Document ParseDocument(const std::string& text, const std::string& path) {
  CheckFirstBytes(text, path, true);
  Document document;
  document.path = path;
  document.is_json = LooksLikeJson(text);
  if (document.is_json) {
    document.parsed = std::make_shared<const Json>(ParseJson(text, path));
    CheckAnswer(document.json(), path);
    CheckOnePlace(document.json(), path);
    return document;
  }
  document.table = ParseCsv(text, path, CsvHeader::kFirstRow);
  if (document.table.num_rows() == 0) throw InputError("{}: no rows after the header", path);
  return document;
}

Document ReadDocument(const std::string& path) { return ParseDocument(ReadTextFile(path), path); }

const Json& JsonMember(const Json& object, const char* name, const std::string& path) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end()) throw InputError("{}: no \"{}\"", path, name);
  return *found;
}

std::string JsonText(const Json& object, const char* name, const std::string& path) {
  const Json& member = JsonMember(object, name, path);
  if (member.is_string()) return member.get<std::string>();
  throw InputError("{}: \"{}\" is {}, expected a text", path, name, ShortText(member));
}

const Json& JsonList(const Json& object, const char* name, const std::string& path) {
  const Json& member = JsonMember(object, name, path);
  if (member.is_array()) return member;
  throw InputError("{}: \"{}\" is no list", path, name);
}

}  // namespace evenkeel
