// A file that someone published, parsed as what it is: a table or a JSON document.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "models/base/csv.h"

namespace evenkeel {

struct Document {
  std::string path;
  bool is_json = false;
  CsvTable table;  ///< with a header; empty for JSON
  std::shared_ptr<const nlohmann::json> parsed;

  const nlohmann::json& json() const;  ///< null for CSV
};

/// The text as a table or, where it begins so, as JSON, whatever `path` is called. Throws InputError for what is
/// neither, saying what it is (CheckFirstBytes), for JSON of more than 64 MiB, for a service's error answer, with its
/// reason, and for an answer for several places.
Document ParseDocument(const std::string& text, const std::string& path);

/// Reads and parses a file, gzipped or not. Throws InputError.
Document ReadDocument(const std::string& path);

/// Member of a JSON object, which must be there. Throws InputError.
const nlohmann::json& JsonMember(const nlohmann::json& object, const char* name, const std::string& path);

/// The same for a text and for a list.
std::string JsonText(const nlohmann::json& object, const char* name, const std::string& path);
const nlohmann::json& JsonList(const nlohmann::json& object, const char* name, const std::string& path);

}  // namespace evenkeel
