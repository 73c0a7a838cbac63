#include "live/sources/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>

#include "models/base/error.h"

namespace evenkeel {
namespace {

void StartCurl() {
  static std::once_flag once;
  std::call_once(once, [] { EVENKEEL_CHECK_EQ(static_cast<int>(curl_global_init(CURL_GLOBAL_DEFAULT)), 0); });
}

struct Receiving {
  std::string body;
  std::size_t most_bytes = 0;
  bool too_large = false;
};

std::size_t Receive(char* data, std::size_t, std::size_t size, void* user) {
  auto* receiving = static_cast<Receiving*>(user);
  receiving->too_large = size > receiving->most_bytes - receiving->body.size();
  if (receiving->too_large) return 0;
  receiving->body.append(data, size);
  return size;
}

int Progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<const std::atomic<bool>*>(user) ? 1 : 0;
}

HttpError ErrorOf(CURLcode code, const Receiving& receiving) {
  if (receiving.too_large) return HttpError::kTooLarge;
  switch (code) {
    case CURLE_OK:
      return HttpError::kNone;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return HttpError::kConnect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_PEER_FAILED_VERIFICATION:
      return HttpError::kTls;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpError::kTimeout;
    case CURLE_FILESIZE_EXCEEDED:
      return HttpError::kTooLarge;
    case CURLE_ABORTED_BY_CALLBACK:
      return HttpError::kCancelled;
    default:
      return HttpError::kOther;
  }
}

struct UrlParts {
  std::string scheme, host;
};

/// Nothing for a part that is not there.
std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

/// Nothing for what is no URL, or more than a service's.
UrlParts PartsOf(const std::string& text) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
  EVENKEEL_CHECK(url != nullptr);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return {};
  if (text.find_first_of("@#") != std::string::npos) return {};  // user, fragment, or a path that looks like them
  return {PartOf(url.get(), CURLUPART_SCHEME), PartOf(url.get(), CURLUPART_HOST)};
}

bool IsThisMachine(const std::string& host) {
  const bool is_v4 = host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == std::string::npos;
  return is_v4 || host == "localhost" || host == "[::1]";
}

}  // namespace

struct HttpClient::Handle {
  Handle() : curl(curl_easy_init()) { EVENKEEL_CHECK(curl != nullptr); }
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void Set(CURLoption option, Value value) {
    EVENKEEL_CHECK_EQ(static_cast<int>(curl_easy_setopt(curl, option, value)), static_cast<int>(CURLE_OK));
  }

  CURL* curl;
};

void CheckServiceUrl(const std::string& url, bool has_secret, const std::string& where) {
  StartCurl();
  const UrlParts parts = PartsOf(url);
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!printable || parts.host.empty() || (parts.scheme != "http" && parts.scheme != "https")) {
    throw InputError(
        "{}: it is no URL of a service, allowed are http://HOST and https://HOST, with a port and a path but without "
        "user, password and fragment",
        where);
  }
  if (has_secret && parts.scheme == "http" && !IsThisMachine(parts.host)) {
    throw InputError("{}: the scheme is http, and with a token to {} allowed is https: it would be read on the way",
                     where, parts.host);
  }
}

void CheckHeaderValue(const std::string& value, const std::string& where) {
  const bool good = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!good || value.empty())
    throw InputError("{}: it has {} characters, allowed are printable ASCII ones without spaces, at least one", where,
                     value.size());
}

std::string PercentEncode(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string BasicAuthorization(const std::string& user, const std::string& password) {
  constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string text = user + ":" + password;
  std::string encoded = "Basic ";
  for (std::size_t k = 0; k < text.size(); k += 3) {
    const std::size_t count = std::min<std::size_t>(3, text.size() - k);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i) bits = bits << 8U | (i < count ? static_cast<unsigned char>(text[k + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) encoded += i <= count ? kDigits[bits >> (18 - 6 * i) & 63U] : '=';
  }
  return encoded;
}

HttpClient::HttpClient(HttpLimits limits) : limits_(std::move(limits)) {
  StartCurl();
  handle_ = std::make_unique<Handle>();
  Handle& handle = *handle_;
  handle.Set(CURLOPT_NOSIGNAL, 1L);
  handle.Set(CURLOPT_PROTOCOLS_STR, "http,https");
  handle.Set(CURLOPT_FOLLOWLOCATION, 0L);
  handle.Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  handle.Set(CURLOPT_PROXY, limits_.proxy.c_str());  // empty: none, and none of the environment's
  handle.Set(CURLOPT_CONNECTTIMEOUT_MS, limits_.connect_ms);
  handle.Set(CURLOPT_TIMEOUT_MS, limits_.total_ms);
  handle.Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits_.most_bytes));
  handle.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!limits_.ca_file.empty()) handle.Set(CURLOPT_CAINFO, limits_.ca_file.c_str());
  handle.Set(CURLOPT_USERAGENT, "evenkeel");
  handle.Set(CURLOPT_WRITEFUNCTION, &Receive);
  handle.Set(CURLOPT_NOPROGRESS, 0L);
  handle.Set(CURLOPT_XFERINFOFUNCTION, &Progress);
  handle.Set(CURLOPT_XFERINFODATA, &cancelled_);
}

HttpClient::~HttpClient() = default;

HttpResult HttpClient::Get(const HttpRequest& request) {
  HttpResult result;
  Receiving receiving;
  receiving.most_bytes = limits_.most_bytes;
  curl_slist* headers = nullptr;
  for (const HttpHeader& header : request.headers)
    headers = curl_slist_append(headers, (header.name + ": " + header.value).c_str());
  handle_->Set(CURLOPT_URL, request.url.c_str());
  handle_->Set(CURLOPT_HTTPHEADER, headers);
  handle_->Set(CURLOPT_WRITEDATA, &receiving);
  const CURLcode code = cancelled_ ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(handle_->curl);
  handle_->Set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  curl_slist_free_all(headers);
  result.error = ErrorOf(code, receiving);
  if (result.error == HttpError::kTooLarge) {
    result.message = fmt::format("the answer is larger than {} bytes", limits_.most_bytes);
  } else if (result.error != HttpError::kNone) {
    result.message = curl_easy_strerror(code);
  } else {
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle_->curl, CURLINFO_RETRY_AFTER, &retry_after);
    result.status = static_cast<int>(status);
    result.retry_after = static_cast<long>(retry_after);
    result.body = std::move(receiving.body);
  }
  return result;
}

}  // namespace evenkeel
