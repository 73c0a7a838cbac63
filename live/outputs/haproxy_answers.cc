#include "live/outputs/haproxy_answers.h"

#include <charconv>
#include <map>
#include <numeric>
#include <optional>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::string_view kServers = "show servers state", kStat = "show stat", kInfo = "show info";

/// Without its line, which `text` loses.
std::string_view TakeLine(std::string_view* text) {
  const std::size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::vector<std::string_view> Split(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t end = line.find(separator);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> WholeNumber(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// A table's columns by name, and the fields of one of its lines.
class Table {
 public:
  /// `header` without its `# `.
  Table(std::string_view asked, std::string_view header, char separator) : asked_(asked), separator_(separator) {
    const std::vector<std::string_view> names = Split(header, separator);
    for (std::size_t i = 0; i < names.size(); ++i) column_.emplace(names[i], i);
    count_ = names.size();
  }

  void SetLine(std::string_view line) {
    line_ = line;
    fields_ = Split(line, separator_);
    if (fields_.size() != count_)
      throw InputError("haproxy's {}: {} fields, expected {}, in \"{}\"", asked_, fields_.size(), count_,
                       ShownAnswer(line));
  }

  std::string_view Text(std::string_view name) const {
    const auto found = column_.find(name);
    if (found == column_.end()) throw InputError("haproxy's {} has no column {}", asked_, name);
    return fields_[found->second];
  }

  /// Empty is `otherwise`, where that is allowed.
  std::int64_t Count(std::string_view name, std::optional<std::int64_t> otherwise, std::int64_t most) const {
    const std::string_view text = Text(name);
    if (text.empty() && otherwise) return *otherwise;
    const std::optional<std::int64_t> value = WholeNumber(text);
    if (!value || *value > most)
      throw InputError("haproxy's {}: {} \"{}\", expected a whole number up to {}, in \"{}\"", asked_, name,
                       ShownAnswer(text), most, ShownAnswer(line_));
    return *value;
  }

 private:
  std::string_view asked_;
  char separator_;
  std::map<std::string_view, std::size_t> column_;
  std::size_t count_ = 0;
  std::string_view line_;
  std::vector<std::string_view> fields_;
};

constexpr std::int64_t kMostCount = INT64_MAX / 16;  // a handful of them can be added up
constexpr int kMostState = 0xffff;

HaproxyServer ServerOf(const Table& table) {
  constexpr int kAgentConfigured = 0x02;
  HaproxyServer server;
  server.backend = table.Text("be_name");
  server.server = table.Text("srv_name");
  server.operation = static_cast<int>(table.Count("srv_op_state", {}, 3));
  server.administration = static_cast<int>(table.Count("srv_admin_state", {}, kMostState));
  server.weight = static_cast<int>(table.Count("srv_uweight", {}, 256));
  server.initial_weight = static_cast<int>(table.Count("srv_iweight", {}, 256));
  server.agent = (table.Count("srv_agent_state", {}, kMostState) & kAgentConfigured) != 0;
  return server;
}

HaproxyCounters CountersOf(const Table& table, bool is_backend) {
  HaproxyCounters counters;
  counters.backend = table.Text("pxname");
  if (!is_backend) counters.server = table.Text("svname");
  if (is_backend) counters.algorithm = table.Text("algo");
  counters.backup = !is_backend && table.Text("bck") == "1";
  counters.tcp = table.Text("mode") == "tcp";
  counters.sessions = table.Count("stot", 0, kMostCount);
  counters.requests = table.Count("req_tot", 0, kMostCount);
  constexpr std::array<std::string_view, 6> kClasses = {"hrsp_1xx", "hrsp_2xx", "hrsp_3xx",
                                                        "hrsp_4xx", "hrsp_5xx", "hrsp_other"};
  for (std::size_t i = 0; i < kClasses.size(); ++i)
    counters.responses[i] = table.Count(kClasses[i], 0, kMostCount);  // empty in tcp mode
  counters.retries = table.Count("wretr", 0, kMostCount);
  counters.redispatches = table.Count("wredis", 0, kMostCount);
  return counters;
}

std::string_view HeaderOf(std::string_view asked, std::string_view line) {
  if (line.substr(0, 2) != "# ") throw InputError("haproxy's {}: \"{}\"", asked, ShownAnswer(line));
  return line.substr(2);
}

}  // namespace

std::int64_t HaproxyCounters::Served() const {
  return tcp ? sessions : std::accumulate(responses.begin() + 1, responses.end(), std::int64_t{0});
}

std::string ShownAnswer(std::string_view text) {
  constexpr std::size_t kShown = 200;
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
  std::string shown(TakeLine(&text).substr(0, kShown));
  for (char& letter : shown)
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = '?';
  return shown;
}

std::vector<std::string> SplitAnswers(std::string_view text, int count) {
  std::vector<std::string> answers;
  const std::string_view all = text;
  while (!text.empty()) {
    std::string answer;
    for (std::string_view line = TakeLine(&text); !line.empty(); line = TakeLine(&text)) {
      if (!answer.empty()) answer += '\n';
      answer += line;
    }
    answers.push_back(std::move(answer));
  }
  if (static_cast<int>(answers.size()) != count)
    throw InputError("haproxy gave {} answers to {} commands, the first \"{}\"", answers.size(), count,
                     ShownAnswer(all));
  return answers;
}

HaproxyProcess ParseInfo(std::string_view text) {
  HaproxyProcess process;
  std::map<std::string_view, std::string_view> fields;
  const std::string_view all = text;
  while (!text.empty()) {
    const std::string_view line = TakeLine(&text);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) fields.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  const auto number = [&](std::string_view name) {
    const auto found = fields.find(name);
    if (found == fields.end())
      throw InputError("haproxy's {} has no {}, it begins \"{}\"", kInfo, name, ShownAnswer(all));
    const std::optional<std::int64_t> value = WholeNumber(found->second);
    if (!value) throw InputError("haproxy's {}: {} \"{}\"", kInfo, name, ShownAnswer(found->second));
    return *value;
  };
  process.pid = number("Pid");
  process.started = number("Start_time_sec");
  process.uptime = number("Uptime_sec");
  process.stopping = number("Stopping") != 0;
  process.version = ShownAnswer(fields["Version"]);
  return process;
}

std::vector<HaproxyServer> ParseServersState(std::string_view text) {
  const std::string_view version = TakeLine(&text);
  if (version != "1") throw InputError("haproxy's {}: format \"{}\", expected 1", kServers, ShownAnswer(version));
  Table table(kServers, HeaderOf(kServers, TakeLine(&text)), ' ');
  std::vector<HaproxyServer> servers;
  while (!text.empty()) {
    const std::string_view line = TakeLine(&text);
    if (line.empty() || line.front() == '#') continue;
    table.SetLine(line);
    servers.push_back(ServerOf(table));
  }
  return servers;
}

std::vector<HaproxyCounters> ParseStat(std::string_view text) {
  Table table(kStat, HeaderOf(kStat, TakeLine(&text)), ',');
  std::vector<HaproxyCounters> counters;
  while (!text.empty()) {
    const std::string_view line = TakeLine(&text);
    if (line.empty()) continue;
    table.SetLine(line);
    const std::string_view type = table.Text("type");  // 0 frontend, 1 backend, 2 server, 3 listener
    if (type == "1" || type == "2") counters.push_back(CountersOf(table, type == "1"));
  }
  return counters;
}

int ParseWeight(std::string_view text) {
  const std::optional<std::int64_t> weight = WholeNumber(text.substr(0, text.find(' ')));
  if (!weight || *weight > 256) throw InputError("haproxy's get weight: \"{}\"", ShownAnswer(text));
  return static_cast<int>(*weight);
}

}  // namespace evenkeel
