#include "live/http/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "models/base/numbers.h"

namespace evenkeel {
namespace {

constexpr std::size_t kMostTarget = 4096;

bool IsTokenLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenLetter); }

/// Letters that are printed; bytes of UTF-8 are let through in values.
bool IsTargetLetter(char c) { return c > ' ' && c < 0x7f; }
bool IsValueLetter(char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' ' ? c != 0x7f : false; }

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

HttpHead Refused(int status, std::string_view message) {
  HttpHead head;
  head.state = HttpHead::State::kRefused;
  head.keep_alive = false;
  head.refusal = ErrorAnswer(status, message);
  return head;
}

/// What is wrong with the first line, or nothing; says in `minor` which HTTP/1.x it is.
std::optional<HttpHead> ParseFirstLine(std::string_view line, ApiRequest* request, int* minor) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refused(400, "the request's first line is not HTTP");
  const std::string_view method = line.substr(0, first), target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || method.size() > 20) return Refused(400, "the request's method is not one of HTTP");
  if (target.size() > kMostTarget) return Refused(414, fmt::format("the target is longer than {} bytes", kMostTarget));
  if (target.empty() || target.front() != '/' || !std::all_of(target.begin(), target.end(), IsTargetLetter)) {
    return Refused(400, "the request's target is not a path");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refused(505, "only HTTP/1.1 and HTTP/1.0 are spoken");
  *minor = version.back() - '0';
  request->method = method;
  request->target = target;
  return std::nullopt;
}

std::optional<HttpHead> ParseHeaders(std::string_view lines, int most, ApiRequest* request) {
  request->headers.clear();
  while (!lines.empty()) {
    const auto end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
      return Refused(400, "a header has no name, a blank before its colon, or is folded");
    }
    const std::string_view value = Trimmed(line.substr(colon + 1));
    if (!std::all_of(value.begin(), value.end(), IsValueLetter))
      return Refused(400, "a header has a control character");
    if (static_cast<int>(request->headers.size()) == most) {
      return Refused(431, fmt::format("there are more than {} headers", most));
    }
    request->headers.emplace_back(LowerCase(line.substr(0, colon)), value);
  }
  return std::nullopt;
}

/// Headers that decide something come once.
std::optional<HttpHead> CheckOnce(const ApiRequest& request) {
  for (const char* name : {"host", "content-length", "content-type", "authorization", "origin", "expect"}) {
    const auto is_name = [name](const auto& header) { return header.first == name; };
    if (std::count_if(request.headers.begin(), request.headers.end(), is_name) > 1) {
      return Refused(400, fmt::format("the header {} is there twice", name));
    }
  }
  return std::nullopt;
}

const char* Phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

HttpHead ParseHead(std::string_view bytes, const ServerLimits& limits, ApiRequest* request) {
  HttpHead head;
  const auto end = bytes.substr(0, limits.head_bytes).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() < limits.head_bytes) return head;
    return Refused(431, fmt::format("the request's head is longer than {} bytes", limits.head_bytes));
  }
  const std::string_view lines = bytes.substr(0, end);
  const auto first = std::min(lines.find("\r\n"), lines.size());
  int minor = 1;
  if (auto refused = ParseFirstLine(lines.substr(0, first), request, &minor)) return *refused;
  const std::string_view headers = first == lines.size() ? std::string_view() : lines.substr(first + 2);
  if (auto refused = ParseHeaders(headers, limits.headers, request)) return *refused;
  if (auto refused = CheckOnce(*request)) return *refused;

  if (request->Header("host") == nullptr && minor == 1) return Refused(400, "the header host is missing");
  if (request->Header("transfer-encoding") != nullptr) {
    return Refused(501, "transfer encodings are not supported; send a content-length");
  }
  const bool has_body = request->method == "POST" || request->method == "PUT";
  if (const std::string* length = request->Header("content-length")) {
    const bool digits = std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto bytes_of_body = digits && length->size() <= 18 ? ParseInteger(*length) : std::nullopt;
    if (!bytes_of_body) return Refused(400, "the header content-length is no number of bytes");
    if (*bytes_of_body > static_cast<std::int64_t>(limits.body_bytes)) {
      return Refused(413,
                     fmt::format("the body has {} bytes, at most {} are allowed", *bytes_of_body, limits.body_bytes));
    }
    if (*bytes_of_body > 0 && !has_body) return Refused(400, "only POST and PUT have a body");
    head.body_bytes = static_cast<std::size_t>(*bytes_of_body);
  } else if (has_body) {
    return Refused(411, "the header content-length is missing");
  }
  if (const std::string* expect = request->Header("expect")) {
    if (LowerCase(*expect) != "100-continue") return Refused(417, "only 100-continue can be expected");
    head.expects_continue = head.body_bytes > 0 && minor == 1;
  }
  const std::string* connection = request->Header("connection");
  const std::string words = connection == nullptr ? "" : LowerCase(*connection);
  head.keep_alive = minor == 1 ? words.find("close") == std::string::npos : words == "keep-alive";
  head.head_bytes = end + 4;
  head.state = HttpHead::State::kComplete;
  return head;
}

std::string AnswerBytes(const ApiAnswer& answer, bool with_body, bool keep_alive) {
  std::string bytes = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, Phrase(answer.status));
  if (answer.status != 304) {
    bytes += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", answer.content_type, answer.body.size());
  }
  for (const auto& [name, value] : answer.headers) bytes += fmt::format("{}: {}\r\n", name, value);
  bytes += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (with_body && answer.status != 304) bytes += answer.body;
  return bytes;
}

ApiAnswer ErrorAnswer(int status, std::string_view message, std::string_view field) {
  nlohmann::ordered_json error = {{"error", message}};
  if (!field.empty()) error["field"] = field;
  ApiAnswer answer;
  answer.status = status;
  answer.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  if (status == 503) answer.headers.emplace_back("Retry-After", "1");
  answer.body = error.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return answer;
}

}  // namespace evenkeel
