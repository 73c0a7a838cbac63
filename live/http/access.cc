#include "live/http/access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "live/http/wire.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

constexpr int kShortest = 16, kLongest = 512;

/// Base64 as browsers write it; nothing for anything else.
std::optional<std::string> FromBase64(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0;
  int waiting = 0;
  for (const char letter : text) {
    const auto value = kLetters.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffffff;
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    bytes += static_cast<char>(bits >> waiting & 0xff);
  }
  return bytes;
}

/// The token that a request says, or nothing.
std::optional<std::string> SaidToken(const ApiRequest& request) {
  const std::string* header = request.Header("authorization");
  if (header == nullptr) return std::nullopt;
  const auto blank = header->find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const std::string scheme = LowerCase(header->substr(0, blank));
  const std::string rest = header->substr(blank + 1);
  if (scheme == "bearer") return rest;
  if (scheme != "basic") return std::nullopt;
  const auto pair = FromBase64(rest);
  if (!pair || pair->find(':') == std::string::npos) return std::nullopt;
  return pair->substr(pair->find(':') + 1);  // whoever they say they are
}

/// A Host header or what follows :// in an origin, without the port.
std::string_view WithoutPort(std::string_view host) {
  if (!host.empty() && host.front() == '[') return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool IsOfThisSite(const ApiRequest& request) {
  if (const std::string* site = request.Header("sec-fetch-site")) {
    if (*site != "same-origin" && *site != "none") return false;
  }
  const std::string* origin = request.Header("origin");
  if (origin == nullptr) return true;
  const std::string* host = request.Header("host");
  return host != nullptr && (*origin == "http://" + *host || *origin == "https://" + *host);
}

std::string_view PathOf(const ApiRequest& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

}  // namespace

std::string ReadToken(const std::string& path) {
  const int file = OpenRegularFile(path);
  struct stat status = {};
  const bool known = fstat(file, &status) == 0;
  std::string text(kLongest + 3, '\0');
  const ssize_t size = read(file, text.data(), text.size());
  close(file);
  if (!known || size < 0) throw InputError("{}: the token cannot be read", path);
  if ((status.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0) {
    throw InputError(
        "{}: a token's file may be read by owner and group and written by its owner only; its mode is {:o}, "
        "allowed: 600, 640 or less",
        path, status.st_mode & 07777);
  }
  text.resize(size);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (text.size() < kShortest || text.size() > kLongest || !printable) {
    throw InputError("{}: a token is one line of {} to {} printable letters without blanks", path, kShortest, kLongest);
  }
  return text;
}

bool IsLoopback(std::string_view address) {
  if (address == "::1" || LowerCase(address) == "localhost") return true;
  // Four numbers, so that 127.0.0.1.example.org is none.
  int dots = 0;
  for (const char c : address) {
    if (c == '.')
      ++dots;
    else if (c < '0' || c > '9')
      return false;
  }
  return dots == 3 && address.substr(0, 4) == "127.";
}

void CheckListenAddress(const std::string& address, bool has_token) {
  if (has_token || IsLoopback(address)) return;
  throw InputError(
      "http address: {} is not allowed without a token file; allowed: 127.0.0.1, ::1, localhost, or any "
      "address with a token file",
      address);
}

bool SameSecret(std::string_view said, std::string_view secret) {
  unsigned difference = said.size() == secret.size() && !secret.empty() ? 0 : 1;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const char expected = secret.empty() ? '\0' : secret[i % secret.size()];
    difference |= static_cast<unsigned char>(said[i]) ^ static_cast<unsigned char>(expected);
  }
  return difference == 0;
}

std::optional<ApiAnswer> AccessRefusal(const ApiRequest& request, std::string_view token) {
  if (PathOf(request) == "/healthz") return std::nullopt;
  if (!token.empty()) {
    const auto said = SaidToken(request);
    if (!said || !SameSecret(*said, token)) {
      ApiAnswer answer = ErrorAnswer(401, "a token is needed: Authorization: Bearer TOKEN");
      answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"evenkeel\"");
      answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"evenkeel: the token is the password\"");
      return answer;
    }
  } else {
    const std::string* host = request.Header("host");
    if (host != nullptr && !IsLoopback(WithoutPort(*host))) {
      return ErrorAnswer(421, "without a token only requests to 127.0.0.1, [::1] or localhost are answered");
    }
  }
  if (request.method != "GET" && request.method != "HEAD" && !IsOfThisSite(request)) {
    return ErrorAnswer(403, "requests of other sites' pages may change nothing");
  }
  return std::nullopt;
}

}  // namespace evenkeel
