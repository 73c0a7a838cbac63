// A request and an answer of HTTP, without sockets.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenkeel {

using ApiHeaders = std::vector<std::pair<std::string, std::string>>;

struct ApiRequest {
  std::string method;
  std::string target;  ///< path and query as they came, percent signs and all
  ApiHeaders headers;  ///< names in lower case, values without blanks around them
  std::string body;

  /// The value of a header by its name in lower case, or nullptr.
  const std::string* Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

struct ApiAnswer {
  int status = 200;
  std::string content_type = "application/json";
  ApiHeaders headers;  ///< besides Content-Type and Content-Length
  std::string body;
};

}  // namespace evenkeel
