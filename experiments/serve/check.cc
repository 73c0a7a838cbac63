#include "experiments/serve/check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include <fmt/ranges.h>

#include "live/engine/events.h"
#include "live/engine/month.h"
#include "live/engine/replay.h"
#include "models/base/error.h"
#include "models/base/journal.h"
#include "models/base/numbers.h"
#include "models/base/read_file.h"
#include "models/base/utc_time.h"
#include "models/world/time_base.h"

namespace evenkeel {
namespace {

using Say = std::function<void(const std::string& line)>;

/// Why nothing can be written into a folder; empty: it can.
std::string WhyNotWritable(const std::string& folder) {
  struct stat status = {};
  if (::stat(folder.c_str(), &status) != 0) return SystemReason(errno);
  if (!S_ISDIR(status.st_mode)) return "it is no folder";
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? "" : SystemReason(errno);
}

bool CheckState(const std::string& folder, const Say& say) {
  const bool exists = PathExists(folder);
  const std::string why = WhyNotWritable(exists ? folder : FolderOf(folder));
  say(fmt::format("state {}: {}", folder, !why.empty() ? why : exists ? "writable" : "will be made"));
  return why.empty();
}

/// Whether the service would go on with the journal of `now`'s month.
bool CheckJournal(const LiveEngineOptions& options, std::int64_t now, const Say& say) {
  const std::string path = JournalPath(options.folder, MonthOf(now));
  if (!PathExists(path)) return true;
  const std::string why = WhyNotOf(options, ReadHead(ReadJournalHeader(path), path));
  say(fmt::format("journal {}: {}", path, why.empty() ? "goes on" : "it is of " + why));
  return why.empty();
}

bool CheckPolicy(const LiveEngineOptions& options, std::int64_t now, const Say& say) {
  try {
    TryPolicy(options, now);
    return true;
  } catch (const InputError& error) {
    say(fmt::format("policy: {}", error.what()));
    return false;
  }
}

using Places = std::set<std::pair<LiveSignal, int>>;

std::string PlaceName(const Network& network, LiveSignal signal, int place) {
  const auto at = static_cast<std::size_t>(place);
  return signal == LiveSignal::kDemand ? network.gateways[at].name : network.regions[at].name;
}

/// Why no slot that is decided now would have that reading; empty: it would.
std::string WhyOfNoUse(const ReadingStore& store, const Reading& reading, std::int64_t now) {
  if (const auto reason = store.WhyRefused(reading, now)) return Name(*reason);
  const bool is_work = reading.signal == LiveSignal::kDemand && reading.place >= store.options().num_gateways;
  if (is_work) return "";  // what has arrived does not grow old
  const std::int64_t most = store.options().limits[static_cast<std::size_t>(reading.signal)].max_age;
  if (now - reading.time <= most) return "";
  return fmt::format("it is of {}, and not used after {}", FormatUtc(reading.time), DurationText(most));
}

bool CheckSource(SourceSetup* setup, const Network& network, const ReadingStore& store, std::int64_t now, Places* known,
                 const Say& say) {
  HttpClient client(setup->limits);
  Source& source = *setup->source;
  const PollResult result = source.Poll([&](const HttpRequest& request) { return client.Get(request); }, now);
  std::vector<std::string> refused;
  int good = 0;
  for (const Refusal& refusal : result.refused) refused.push_back(refusal.message);
  for (const Reading& reading : result.readings) {
    const std::string why = WhyOfNoUse(store, reading, now);
    if (why.empty()) {
      known->insert({reading.signal, reading.place});
      ++good;
    } else {
      refused.push_back(fmt::format("{} of {} is {}: {}", Name(reading.signal),
                                    PlaceName(network, reading.signal, reading.place), reading.value, why));
    }
  }
  if (result.failure) refused.push_back(result.failure->message);
  say(fmt::format("source {}: {} good readings", source.name(), good));
  for (const std::string& one : refused) say("  " + one);
  return refused.empty() && good > 0;
}

bool CheckBalancer(const BalancerSetup& balancer, const Say& say) {
  const auto gateways = static_cast<Eigen::Index>(balancer.map.gateways.size());
  const auto regions = static_cast<Eigen::Index>(balancer.map.regions.size());
  try {
    const HaproxyView seen = HaproxyReader(balancer.address).View();
    const WeightPlan plan = PlanWeights(balancer.map, RowMatrix::Zero(gateways, regions), {}, seen);
    say(fmt::format("haproxy {}: version {}, {} servers", balancer.name, seen.process.version, seen.servers.size()));
    for (const ApplyFailure& failure : plan.failures) say("  " + failure.text);
    return plan.failures.empty();
  } catch (const InputError& error) {  // SocketError is one
    say(fmt::format("haproxy {}: {}", balancer.name, error.what()));
    return false;
  }
}

/// What has to be pushed, since no source says it. Nothing wrong in itself.
void SayUnknown(const LiveEngineOptions& options, const Places& known, const Say& say) {
  for (int s = 0; s < kNumLiveSignals; ++s) {
    const auto signal = static_cast<LiveSignal>(s);
    if (signal == LiveSignal::kCapacity && options.store.capacity.size() > 0) continue;
    std::vector<std::string> names;
    const bool of_gateways = signal == LiveSignal::kDemand;
    const int places = of_gateways ? options.network.num_gateways() : options.network.num_regions();
    for (int i = 0; i < places; ++i) {
      if (known.count({signal, i}) == 0) names.push_back(PlaceName(options.network, signal, i));
    }
    if (!names.empty())
      say(fmt::format("{} of {}: no source says it; it has to be pushed", Name(signal), fmt::join(names, ", ")));
  }
}

}  // namespace

void TryPolicy(const LiveEngineOptions& options, std::int64_t now) {
  const Month month = MonthOf(now);
  const int slots = static_cast<int>((month.end - month.begin) / SlotSeconds(options.slot_hours));
  options.make_period({{month.begin, options.slot_hours}, slots, {}, {}});
}

bool CheckService(ServiceSetup* setup, std::int64_t now, const Say& say) {
  const LiveEngineOptions& options = setup->engine;
  bool good = CheckState(options.folder, say);
  good = CheckJournal(options, now, say) && good;
  good = CheckPolicy(options, now, say) && good;
  const ReadingStore store(StoreOptionsOf(options));
  Places known;
  for (SourceSetup& source : setup->sources)
    good = CheckSource(&source, options.network, store, now, &known, say) && good;
  SayUnknown(options, known, say);
  for (const BalancerSetup& balancer : setup->balancers) good = CheckBalancer(balancer, say) && good;
  if (setup->weights_file) {
    const std::string why = WhyNotWritable(FolderOf(setup->weights_file->path));
    say(fmt::format("weights-file {}: {}", setup->weights_file->path, why.empty() ? "writable" : why));
    good = good && why.empty();
  }
  return good;
}

void MakeStateFolder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    throw InputError("state: {} cannot be made: {}", folder, SystemReason(errno));
  const std::string why = WhyNotWritable(folder);
  if (!why.empty()) throw InputError("state: {}: {}", folder, why);
}

}  // namespace evenkeel
