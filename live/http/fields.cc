#include "live/http/fields.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/base/utc_time.h"
#include "models/formats/json_integer.h"

namespace evenkeel {

namespace {

std::string Join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

/// Watches the parser: what a document in memory would not show any more.
class Watch {
 public:
  bool operator()(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    if (event == nlohmann::json::parse_event_t::object_start || event == nlohmann::json::parse_event_t::array_start) {
      if (depth >= kMostDepth) throw FieldError("", "the body nests deeper than {} levels", kMostDepth);
      names_.resize(static_cast<std::size_t>(depth) + 1);
      names_.emplace_back();
    } else if (event == nlohmann::json::parse_event_t::key) {
      const std::string& name = parsed.get_ref<const std::string&>();
      if (!names_.at(static_cast<std::size_t>(depth)).insert(name).second) {
        throw FieldError(name.substr(0, 64), "the name is there twice in an object");
      }
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> names_;  // of the objects that are open, by depth
};

}  // namespace

nlohmann::json ParseBody(std::string_view body) {
  try {
    // The parser copies the callback, which keeps its books in `watch` therefore.
    Watch watch;
    return nlohmann::json::parse(body, [&watch](int depth, nlohmann::json::parse_event_t event,
                                                const nlohmann::json& parsed) { return watch(depth, event, parsed); });
  } catch (const nlohmann::json::exception& error) {
    const std::string words = error.what();  // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    const auto bracket = words.find("] ");
    throw FieldError("", "the body is not JSON: {}",
                     words.substr(bracket == std::string::npos ? 0 : bracket + 2).substr(0, 200));
  }
}

std::string Field::Told() const {
  std::string text = value_->is_structured() ? (value_->is_array() ? "a list" : "an object")
                                             : value_->dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 60) + "...";
  return text;
}

void Field::Refuse(std::string_view allowed) const {
  throw FieldError(path_, "{} is not allowed; allowed: {}", Told(), allowed);
}

void Field::CheckNames(std::initializer_list<const char*> names) const {
  if (!value_->is_object()) Refuse("an object");
  for (const auto& [name, member] : value_->items()) {
    const auto is_name = [&name = name](const char* one) { return name == one; };
    if (std::any_of(names.begin(), names.end(), is_name)) continue;
    throw FieldError(Join(path_, name.substr(0, 64)), "is not a name here; allowed: {}",
                     fmt::join(names.begin(), names.end(), ", "));
  }
}

bool Field::Has(const char* name) const { return value_->is_object() && value_->contains(name); }

Field Field::At(const char* name) const {
  if (!value_->is_object()) Refuse("an object");
  const auto at = value_->find(name);
  if (at == value_->end()) throw FieldError(Join(path_, name), "is missing");
  return {*at, Join(path_, name)};
}

std::vector<Field> Field::List(int fewest, int most) const {
  if (!value_->is_array()) Refuse("a list");
  const int size = static_cast<int>(value_->size());
  if (size < fewest || size > most) {
    throw FieldError(path_, "has {} entries; allowed: {} to {}", size, fewest, most);
  }
  std::vector<Field> list;
  list.reserve(size);
  for (int i = 0; i < size; ++i) list.emplace_back((*value_)[i], fmt::format("{}[{}]", path_, i));
  return list;
}

std::vector<std::pair<std::string, Field>> Field::Members() const {
  if (!value_->is_object()) Refuse("an object");
  std::vector<std::pair<std::string, Field>> members;
  for (const auto& [name, member] : value_->items()) {
    members.emplace_back(name, Field(member, Join(path_, name.substr(0, 64))));
  }
  return members;
}

bool Field::Truth() const {
  if (!value_->is_boolean()) Refuse("true or false");
  return value_->get<bool>();
}

std::string Field::Text(std::size_t longest) const {
  if (!value_->is_string()) Refuse("a text");
  const std::string& text = value_->get_ref<const std::string&>();
  if (text.empty() || text.size() > longest) Refuse(fmt::format("a text of 1 to {} bytes", longest));
  return text;
}

double Field::Number() const {
  if (!value_->is_number() || !std::isfinite(value_->get<double>())) Refuse("a finite number");
  return value_->get<double>();
}

double Field::NonNegative() const {
  if (!(value_->is_number() && value_->get<double>() >= 0.0)) Refuse("a finite number that is not negative");
  return Number();
}

std::int64_t Field::Integer(std::int64_t least, std::int64_t most) const {
  const std::optional<std::int64_t> integer = JsonInteger(*value_, least, most);
  if (!integer) Refuse(fmt::format("a whole number from {} to {}", least, most));
  return *integer;
}

std::int64_t Field::Time() const {
  if (value_->is_number()) return Integer(0, kEndOfTime - 1);
  const char* allowed = "seconds since 1970, or a time such as 2026-05-01T10:00:00Z";
  if (!value_->is_string()) Refuse(allowed);
  const auto stamp = ParseTimestamp(value_->get_ref<const std::string&>());
  if (!stamp || !stamp->utc_offset) Refuse(allowed);
  const std::int64_t time = stamp->clock - *stamp->utc_offset;
  if (time < 0 || time >= kEndOfTime) Refuse(allowed);
  return time;
}

int Field::OneOf(const std::vector<std::string>& names) const {
  if (value_->is_string()) {
    const auto at = std::find(names.begin(), names.end(), value_->get_ref<const std::string&>());
    if (at != names.end()) return static_cast<int>(at - names.begin());
  }
  const int told = std::min(static_cast<int>(names.size()), 12);
  Refuse(fmt::format("{}{}", fmt::join(names.begin(), names.begin() + told, ", "),
                     told < static_cast<int>(names.size()) ? ", ..." : ""));
}

}  // namespace evenkeel
