#include "live/http/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "live/http/access.h"
#include "live/http/bodies.h"
#include "live/http/fields.h"
#include "live/http/metrics.h"
#include "live/http/page.h"
#include "live/http/status_json.h"
#include "live/http/wire.h"
#include "models/base/checksum.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostSlots = 1000, kUsualSlots = 100, kToldRejections = 20;
constexpr std::size_t kLongestReason = 300;
constexpr std::string_view kRegionPath = "/v1/regions/", kStatePath = "/state";

const std::array<const char*, 11> kLooks = {"/",          "/page.js",  "/page.css",   "/v1/weights",
                                            "/v1/status", "/v1/slots", "/v1/ledger",  "/healthz",
                                            "/readyz",    "/metrics",  "/favicon.ico"};

/// The method besides HEAD that a path knows, or nothing for a path that there isn't.
const char* MethodOf(std::string_view path) {
  for (const char* look : kLooks) {
    if (path == look) return "GET";
  }
  if (path == "/v1/observations" || path == "/v1/meters") return "POST";
  const bool region = path.size() > kRegionPath.size() + kStatePath.size() &&
                      path.substr(0, kRegionPath.size()) == kRegionPath &&
                      path.substr(path.size() - kStatePath.size()) == kStatePath;
  return path == "/v1/mode" || region ? "PUT" : nullptr;
}

std::pair<std::string, std::string> PathAndQuery(const std::string& target) {
  const auto mark = target.find('?');
  return {target.substr(0, mark), mark == std::string::npos ? "" : target.substr(mark + 1)};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// With percent signs resolved.
std::string Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) throw FieldError("", "the path has a % without two hexadecimal digits");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

struct SlotsQuery {
  int from = -1;
  int count = kUsualSlots;
};

SlotsQuery ParseSlotsQuery(std::string_view query) {
  SlotsQuery wanted;
  bool seen_from = false, seen_count = false;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::string name(pair.substr(0, pair.find('=')));
    const std::string text(pair.size() > name.size() ? pair.substr(name.size() + 1) : "");
    const bool is_from = name == "from";
    if (!is_from && name != "count")
      throw FieldError(name.substr(0, 64), "is not a parameter here; allowed: from, count");
    if (std::exchange(is_from ? seen_from : seen_count, true)) throw FieldError(name, "is there twice");
    const std::int64_t least = is_from ? 0 : 1, most = is_from ? 1'000'000'000 : kMostSlots;
    const auto number = text.size() <= 12 ? ParseInteger(text) : std::nullopt;
    if (!number || *number < least || *number > most) {
      throw FieldError(name, "{} is not allowed; allowed: a whole number from {} to {}", text.substr(0, 60), least,
                       most);
    }
    (is_from ? wanted.from : wanted.count) = static_cast<int>(*number);
  }
  return wanted;
}

ApiAnswer Plain(std::string body, const char* type = "application/json", int status = 200) {
  return {status, type, {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}, std::move(body)};
}

/// Part of the page: nothing from elsewhere, nothing inline, in no frame.
ApiAnswer PagePart(std::string_view content, const char* type) {
  ApiAnswer answer = Plain(std::string(content), type);
  answer.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                              "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  answer.headers.emplace_back("X-Frame-Options", "DENY");
  answer.headers.emplace_back("Referrer-Policy", "no-referrer");
  answer.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  return answer;
}

/// Whether an If-None-Match has the tag; weak ones compare like strong ones (RFC 9110, 13.1.2).
bool HasTag(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    std::string_view one = header.substr(0, header.find(','));
    header.remove_prefix(std::min(one.size() + 1, header.size()));
    const auto first = one.find_first_not_of(' ');
    if (first == std::string_view::npos) continue;
    one = one.substr(first, one.find_last_not_of(' ') - first + 1);
    if (one == "*") return true;
    if (one.substr(0, 2) == "W/") one.remove_prefix(2);
    if (one == tag) return true;
  }
  return false;
}

ApiAnswer Weights(const ApiRequest& request, const LiveStatus& status) {
  if (!status.published) return ErrorAnswer(503, "nothing is decided yet");
  ApiAnswer answer = Plain(WeightsDocument(status));
  const std::string tag =
      fmt::format("\"{}-{:x}\"", ChecksumText(Crc32(answer.body)), std::hash<std::string>()(answer.body));
  answer.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}, {"X-Content-Type-Options", "nosniff"}};
  const std::string* match = request.Header("if-none-match");
  if (match != nullptr && HasTag(*match, tag)) {
    answer.status = 304;
    answer.body.clear();
  }
  return answer;
}

ApiAnswer CommandAnswer(const CommandResult& result, const Json& done) {
  const std::string reason = result.reason.substr(0, kLongestReason);
  switch (result.outcome) {
    case CommandOutcome::kDone:
      return Plain(done.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    case CommandOutcome::kInvalid:
      return ErrorAnswer(400, reason);
    case CommandOutcome::kConflict:
      return ErrorAnswer(409, reason);
    case CommandOutcome::kUnavailable:
      break;
  }
  return ErrorAnswer(503, reason);
}

bool IsJson(const ApiRequest& request) {
  const std::string* type = request.Header("content-type");
  if (type == nullptr) return false;
  const std::string name = LowerCase(type->substr(0, type->find(';')));
  return name.substr(0, name.find_last_not_of(' ') + 1) == "application/json";
}

}  // namespace

LiveApi::LiveApi(ApiOptions options, LiveCommands commands, std::function<std::shared_ptr<const LiveStatus>()> status,
                 std::function<std::int64_t()> clock)
    : options_(std::move(options)),
      commands_(std::move(commands)),
      status_(std::move(status)),
      clock_(std::move(clock)) {}

std::optional<ApiAnswer> LiveApi::Refusal(const ApiRequest& head) const {
  if (auto refusal = AccessRefusal(head, options_.token)) return refusal;
  const char* method = MethodOf(PathAndQuery(head.target).first);
  if (method == nullptr) return ErrorAnswer(404, "there is no such path");
  const bool look = std::string_view(method) == "GET";
  if (head.method != method && !(look && head.method == "HEAD")) {
    ApiAnswer answer = ErrorAnswer(405, fmt::format("this path knows {} only", look ? "GET and HEAD" : method));
    answer.headers.emplace_back("Allow", look ? "GET, HEAD" : method);
    return answer;
  }
  if (!look && !IsJson(head)) return ErrorAnswer(415, "content-type must be application/json", "content-type");
  return std::nullopt;
}

ApiAnswer LiveApi::Answer(const ApiRequest& request) {
  try {
    return Routed(request);
  } catch (const FieldError& error) {
    return ErrorAnswer(400, error.field.empty() ? error.what() : fmt::format("{}: {}", error.field, error.what()),
                       error.field);
  } catch (const std::exception& error) {  // its words are not for strangers
    if (options_.on_failure) options_.on_failure(error.what());
  } catch (...) {
  }
  return ErrorAnswer(500, "evenkeel has failed at this request");
}

ApiAnswer LiveApi::Routed(const ApiRequest& request) {
  if (auto refusal = Refusal(request)) return *std::move(refusal);
  const auto [path, query] = PathAndQuery(request.target);
  if (path != "/v1/slots" && !query.empty()) throw FieldError("", "this path has no parameters");
  if (OnlyLooks(request)) return Look(request, path, query);
  const auto status = status_();
  if (status == nullptr) return ErrorAnswer(503, "the engine is starting");
  return Command(request, path, *status);
}

ApiAnswer LiveApi::Look(const ApiRequest& request, const std::string& path, const std::string& query) const {
  if (path == "/healthz") return Plain("ok\n", "text/plain; charset=utf-8");
  if (path == "/readyz") return Ready();
  if (path == "/") return PagePart(PageHtml(), "text/html; charset=utf-8");
  if (path == "/page.js") return PagePart(PageScript(), "text/javascript; charset=utf-8");
  if (path == "/page.css") return PagePart(PageStyle(), "text/css; charset=utf-8");
  if (path == "/favicon.ico") return ErrorAnswer(404, "there is no icon");  // browsers ask for it unasked
  const auto status = status_();
  if (status == nullptr) return ErrorAnswer(503, "the engine is starting");
  if (path == "/metrics") return Plain(MetricsText(*status), kMetricsType);
  if (path == "/v1/weights") return Weights(request, *status);
  if (path == "/v1/ledger") return Plain(LedgerDocument(*status));
  if (path == "/v1/status") return Plain(StatusDocument(*status, clock_()));
  const SlotsQuery wanted = ParseSlotsQuery(query);
  return Plain(SlotsDocument(*status, wanted.from, wanted.count));
}

ApiAnswer LiveApi::Ready() const {
  const auto status = status_();
  std::vector<Remark> reasons;
  if (status == nullptr) {
    reasons.push_back({"starting", "the engine is starting"});
  } else {
    reasons = status->not_ready;
    const std::int64_t age = clock_() - status->as_of;
    if (options_.most_age_s > 0 && age > options_.most_age_s) {
      reasons.push_back({"silent", fmt::format("the engine has said nothing for {} s", age)});
    }
  }
  ApiAnswer answer = Plain(ReadyDocument(reasons), "application/json", reasons.empty() ? 200 : 503);
  return answer;
}

ApiAnswer LiveApi::Command(const ApiRequest& request, const std::string& path, const LiveStatus& status) {
  if (path == "/v1/observations") return Observations(request.body, status);
  if (path == "/v1/meters") {
    const MeterReport report = ParseMeters(request.body, status);
    return CommandAnswer(commands_.meter(report), {{"slot_begin", report.begin}, {"revision", report.revision}});
  }
  if (path == "/v1/mode") {
    const LiveMode mode = ParseMode(request.body);
    return CommandAnswer(commands_.set_mode(mode), {{"mode", Name(mode)}});
  }
  const std::string name =
      Decoded(path.substr(kRegionPath.size(), path.size() - kRegionPath.size() - kStatePath.size()));
  const auto at = std::find(status.regions.begin(), status.regions.end(), name);
  if (at == status.regions.end()) return ErrorAnswer(404, "there is no such region");
  const RegionState state = ParseRegionState(request.body);
  return CommandAnswer(commands_.set_region_state(static_cast<int>(at - status.regions.begin()), state),
                       {{"region", name}, {"state", Name(state)}});
}

ApiAnswer LiveApi::Observations(const std::string& body, const LiveStatus& status) {
  const ReadingBatch batch = ParseObservations(body, status);
  const std::lock_guard lock(batches_mutex_);
  ApiAnswer answer;
  const AnsweredBatches::Known known = batches_.Find(batch.id, body, &answer);
  if (known == AnsweredBatches::Known::kSame) return answer;
  if (known == AnsweredBatches::Known::kOther) {
    return ErrorAnswer(409, "id: a batch with this id and another body was answered already", "id");
  }
  const ObserveResult result = commands_.observe(batch.readings);
  const int size = static_cast<int>(batch.readings.size()), rejected = static_cast<int>(result.rejected.size());
  Json done = {{"id", batch.id}, {"accepted", size - rejected}, {"rejected", rejected}, {"reasons", Json::array()}};
  for (int k = 0; k < std::min(rejected, kToldRejections); ++k) {
    done["reasons"].push_back({{"field", fmt::format("readings[{}]", result.rejected[k].index)},
                               {"error", result.rejected[k].reason.substr(0, kLongestReason)}});
  }
  answer = CommandAnswer(result.command, done);
  if (answer.status == 200) batches_.Keep(batch.id, body, answer);
  return answer;
}

}  // namespace evenkeel
