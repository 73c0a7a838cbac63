// One GET at a time, with an end to everything: time, size, redirects.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace evenkeel {

/// A header, kept apart from its value so that messages can name the one and never the other.
struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string url;                  ///< http:// or https://, as CheckServiceUrl allows
  std::vector<HttpHeader> headers;  ///< tokens belong here and nowhere else
};

enum class HttpError {
  kNone,       ///< there is an answer, of whatever status
  kConnect,    ///< name not found, nobody listens, no route, connection lost
  kTls,        ///< the certificate is not trusted, or TLS failed otherwise
  kTimeout,    ///< of connecting, or of all together: an answer that drips as well as none
  kTooLarge,   ///< the answer is larger than allowed
  kCancelled,  ///< by Cancel
  kOther,
};

struct HttpResult {
  HttpError error = HttpError::kNone;
  int status = 0;        ///< of HTTP, when there is no error
  std::string body;      ///< of an answer of any status
  std::string message;   ///< of the error, without URL, headers and body; empty when there is none
  long retry_after = 0;  ///< seconds that the answer asks to wait for; 0: it doesn't
};

struct HttpLimits {
  long connect_ms = 5'000;
  long total_ms = 20'000;                         ///< of a request, from name to last byte
  std::size_t most_bytes = std::size_t{4} << 20;  ///< of an answer
  std::string proxy = {};                         ///< URL of a proxy; none when empty, whatever the environment says
  std::string ca_file = {};                       ///< trusted certificates as PEM; the system's when empty
};

/// Checks a service's URL: http or https, with a host, without user, password or fragment. With `has_secret`, http is
/// for this machine only (127.0.0.0/8, [::1], localhost), since a token would be read by anybody on the way. Throws
/// InputError that begins with `where`, and says nothing of user and password.
void CheckServiceUrl(const std::string& url, bool has_secret, const std::string& where);

/// Checks that the text can be the value of a header: printable ASCII without spaces, not empty. Throws InputError that
/// begins with `where`, without the text.
void CheckHeaderValue(const std::string& value, const std::string& where);

/// `text` for a part of a URL's query: all but letters, digits and -._~ as %XX.
std::string PercentEncode(const std::string& text);

/// "Basic ..." of RFC 7617.
std::string BasicAuthorization(const std::string& user, const std::string& password);

/// A connection to a service, kept between requests; for one thread, but Cancel. Follows no redirect, checks
/// certificates, keeps no cookies, reads no .netrc and no variables of the environment.
class HttpClient {
 public:
  explicit HttpClient(HttpLimits limits);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Never throws for what a network or a service does.
  HttpResult Get(const HttpRequest& request);

  /// From any thread: ends a request that runs, within about a second, and all later ones.
  void Cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }

 private:
  struct Handle;
  HttpLimits limits_;
  std::unique_ptr<Handle> handle_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace evenkeel
