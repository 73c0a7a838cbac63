#include "models/import/requests.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/line_reader.h"
#include "models/formats/log_table.h"

namespace evenkeel {
namespace {

constexpr double kWattHoursPerMegawattHour = 1e6;
// A log of years at five minutes is below it.
constexpr std::int64_t kMostBins = 2'000'000;
constexpr double kLongestLog = 1e12;  // seconds

struct Request {
  std::int64_t time = 0;  // seconds
  double context = 0.0, generated = 0.0;
};

/// Adds requests up into bins.
class Bins {
 public:
  Bins(const RequestEnergy& energy, std::int64_t step, const LineReader& reader)
      : energy_(energy), step_(step), reader_(reader) {}

  void Start(std::int64_t time) { start_ = last_ = time; }

  void Add(const Request& request) {
    if (request.time < last_) {
      throw InputError("{}: the request's time {} is before {} of the row above", reader_.Where(),
                       FormatUtc(request.time), FormatUtc(last_));
    }
    last_ = request.time;
    const std::int64_t bin = (request.time - start_) / step_;
    if (bin >= kMostBins)
      throw InputError("{}: more than {} slots of {} s after the first request", reader_.Where(), kMostBins, step_);
    // A bin without requests has no demand, which is no gap.
    if (bin >= static_cast<std::int64_t>(bins_.size())) bins_.resize(static_cast<std::size_t>(bin) + 1, 0.0);
    const double watt_hours = energy_.per_request + energy_.per_context_token * request.context +
                              energy_.per_generated_token * request.generated;
    bins_.back() += watt_hours / kWattHoursPerMegawattHour;
  }

  std::vector<Measurement> Entries() const {
    std::vector<Measurement> entries;
    const std::size_t count = bins_.size() > 1 ? bins_.size() - 1 : bins_.size();
    for (std::size_t k = 0; k < count; ++k)
      entries.push_back(
          {start_ + static_cast<std::int64_t>(k) * step_, bins_[k], 0, static_cast<int>(k) + 1, 1.0, step_});
    return entries;
  }

 private:
  const RequestEnergy& energy_;
  std::int64_t step_;
  const LineReader& reader_;
  std::vector<double> bins_;
  std::int64_t start_ = 0, last_ = 0;
};

/// Logs as CSV: which columns, and what their times are.
class CsvRequests {
 public:
  CsvRequests(const std::string& header, const LineReader& reader, const std::string& path, RequestLog* log)
      : reader_(reader), table_(header, reader, path), log_(log) {
    const bool burst = log->format == RequestFormat::kBurstGpt;
    time_ = table_.Column(burst ? "Timestamp" : "TIMESTAMP");
    context_ = table_.Column(burst ? "Request tokens" : "ContextTokens");
    generated_ = table_.Column(burst ? "Response tokens" : "GeneratedTokens");
  }

  Request Read(std::string_view line) {
    table_.Split(line);
    Request request;
    request.context = table_.Number(context_, kLongestLog);
    request.generated = table_.Number(generated_, kLongestLog);
    request.time =
        log_->relative ? static_cast<std::int64_t>(table_.Number(time_, kLongestLog)) : ClockTime(table_.Field(time_));
    return request;
  }

 private:
  std::int64_t ClockTime(std::string_view text) {
    // Requests of one second come together, with other fractions of it.
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::size_t offset = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
    const bool well_formed = offset > point + 1 || point == text.size();
    if (well_formed && !last_text_.empty() && text.substr(0, point) == last_second_ &&
        text.substr(offset) == last_offset_)
      return last_time_;
    const std::int64_t time = ParsedTime(text);
    last_text_ = text;
    last_second_ = std::string_view(last_text_).substr(0, point);
    last_offset_ = std::string_view(last_text_).substr(offset);
    last_time_ = time;
    return time;
  }

  std::int64_t ParsedTime(std::string_view text) {
    const auto stamp = ParseTimestamp(text);
    const bool first = log_->requests == 0;
    if (first && stamp) log_->converted = stamp->utc_offset.has_value();
    if (stamp && stamp->utc_offset.has_value() == log_->converted) return stamp->clock - stamp->utc_offset.value_or(0);
    throw InputError("{}, column \"{}\": the time is '{}', allowed is a time such as {}", reader_.Where(),
                     table_.name(time_), text,
                     first             ? "2023-11-16 18:17:03.97 or 2024-05-10 00:00:00.01+00:00"
                     : log_->converted ? "2024-05-10 00:00:00.01+00:00, with an offset as in the rows above"
                                       : "2023-11-16 18:17:03.97, without an offset as in the rows above");
  }

  const LineReader& reader_;
  LogTable table_;
  RequestLog* log_;
  std::size_t time_ = 0, context_ = 0, generated_ = 0;
  std::string last_text_;
  std::string_view last_second_, last_offset_;  // of last_text_
  std::int64_t last_time_ = 0;
};

Request ReadMooncake(std::string_view line, const LineReader& reader) {
  const auto object = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
  if (!object.is_object()) throw InputError("{}: no JSON object, which is expected on every line", reader.Where());
  const auto number = [&](const char* name) {
    const auto found = object.find(name);
    if (found != object.end() && found->is_number()) {
      const double value = found->get<double>();
      if (value >= 0.0 && value <= kLongestLog) return value;
    }
    throw InputError("{}: \"{}\" is {}, allowed is a number of at least 0", reader.Where(), name,
                     found == object.end()
                         ? "missing"
                         : found->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).substr(0, 60));
  };
  constexpr double kMillisecondsPerSecond = 1000.0;
  return {static_cast<std::int64_t>(std::floor(number("timestamp") / kMillisecondsPerSecond)), number("input_length"),
          number("output_length")};
}

RequestFormat FormatOfFirstLine(const std::string& line, const std::string& path) {
  if (LooksLikeJson(line)) return RequestFormat::kMooncake;
  CheckFirstBytes(line, path, true);
  if (line.find("ContextTokens") != std::string::npos) return RequestFormat::kAzure;
  if (line.find("Request tokens") != std::string::npos) return RequestFormat::kBurstGpt;
  throw InputError(
      "{}: none of the known logs of requests; its first line is \"{}\"; known are azure (TIMESTAMP, ContextTokens, "
      "GeneratedTokens), burstgpt (Timestamp, Request tokens, Response tokens) and mooncake (JSON lines of timestamp, "
      "input_length, output_length)",
      path, line.substr(0, 200));
}

}  // namespace

RequestLog ReadRequests(const std::string& path, RequestFormat format, const RequestEnergy& energy, std::int64_t step) {
  LineReader reader(path);
  std::string_view line;
  if (!reader.Next(&line)) throw InputError("{}: the file is empty", path);
  const std::string first(line);
  RequestLog log;
  log.demand = {"demand", step, {path}, {}, Combine::kSum, {}};
  log.format = format == RequestFormat::kAny ? FormatOfFirstLine(first, path) : format;
  log.relative = log.format != RequestFormat::kAzure;
  std::optional<CsvRequests> csv;
  if (log.format != RequestFormat::kMooncake) csv.emplace(first, reader, path, &log);
  Bins bins(energy, step, reader);
  for (bool more = csv ? reader.Next(&line) : true; more; more = reader.Next(&line)) {
    if (line.empty()) continue;
    const Request request = csv ? csv->Read(line) : ReadMooncake(line, reader);
    if (log.requests++ == 0) bins.Start(log.relative ? 0 : request.time);
    if (log.format == RequestFormat::kBurstGpt && request.generated == 0.0) {
      ++log.failed;
    } else {
      bins.Add(request);
    }
  }
  if (log.requests == log.failed) throw InputError("{}: no requests with an answer", path);
  log.demand.entries = bins.Entries();
  return log;
}

}  // namespace evenkeel
