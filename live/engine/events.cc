#include "live/engine/events.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/json_integer.h"

namespace evenkeel {
namespace {

using Json = nlohmann::ordered_json;

/// Numbers that JSON does not have are words.
Json NumberJson(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  return value;
}

Json VectorJson(const Vector& values) {
  Json json = Json::array();
  for (const double value : values) json.push_back(NumberJson(value));
  return json;
}

Json SlotJson(const Slot& slot) {
  return {{"index", slot.index},
          {"time", slot.time},
          {"demand", VectorJson(slot.demand)},
          {"capacity", VectorJson(slot.capacity)},
          {"price", VectorJson(slot.price)},
          {"carbon_intensity", VectorJson(slot.carbon_intensity)},
          {"water_intensity", VectorJson(slot.water_intensity)}};
}

Json AnswerJson(const AdviceAnswer& answer) {
  Json json = {{"flow", VectorJson(answer.allocation.flow)}};
  if (answer.deferral_prices.size() > 0) json["deferral_prices"] = VectorJson(answer.deferral_prices);
  if (!answer.states_prices) return json;
  for (const Vector& prices : answer.prices) json["prices"].push_back(VectorJson(prices));
  return json;
}

Json WhatJson(const ReadingsEvent& event) {
  Json readings = Json::array();
  for (const Reading& one : event.readings)
    readings.push_back({Name(one.signal), one.place, NumberJson(one.value), one.time, one.estimated});
  return {{"event", "readings"}, {"source", event.source}, {"readings", readings}};
}

Json WhatJson(const DecidedEvent& event) {
  Json json = {{"event", "decided"}, {"slot", SlotJson(event.made.slot)}};
  if (event.made.advice_off) json["advice_off"] = true;
  if (event.made.shared_by_capacity) json["shared_by_capacity"] = true;
  if (event.made.answer) json["answer"] = AnswerJson(*event.made.answer);
  json["verdict"] = Name(event.verdict);
  json["slack"] = NumberJson(event.slack);
  json["decision"] = VectorJson(event.decision.flow);
  json["expert"] = VectorJson(event.expert.flow);
  return json;
}

Json WhatJson(const MissedEvent& event) { return {{"event", "missed"}, {"slot", SlotJson(event.slot)}}; }

Json WhatJson(const UndoneEvent& event) { return {{"event", "undone"}, {"work", VectorJson(event.work)}}; }

Json WhatJson(const NotAppliedEvent& event) { return {{"event", "not_applied"}, {"index", event.slot}}; }

Json WhatJson(const MeteredEvent& event) {
  const MeterReport& meter = event.meter;
  Json served = Json::array();
  for (int j = 0; j < meter.served.rows(); ++j) served.push_back(VectorJson(meter.served.row(j).transpose()));
  Json json = {{"event", "metered"},
               {"index", event.slot},
               {"begin", meter.begin},
               {"revision", meter.revision},
               {"served", served}};
  if (meter.energy_mwh) json["energy_mwh"] = VectorJson(*meter.energy_mwh);
  if (meter.price) json["price"] = VectorJson(*meter.price);
  if (meter.carbon_intensity) json["carbon_intensity"] = VectorJson(*meter.carbon_intensity);
  if (meter.water_intensity) json["water_intensity"] = VectorJson(*meter.water_intensity);
  return json;
}

Json WhatJson(const RegionEvent& event) {
  return {{"event", "region"}, {"region", event.region}, {"state", Name(event.state)}};
}

Json WhatJson(const ServingEvent& event) {
  return {{"event", "serving"}, {"region", event.region}, {"serving", event.serving}};
}

Json WhatJson(const ModeEvent& event) {
  return {{"event", "mode"}, {"mode", Name(event.mode)}, {"configured", Name(event.configured)}};
}

}  // namespace

std::string EventText(const Event& event) {
  Json json = {{"at", event.at}};
  json.update(std::visit([](const auto& what) { return WhatJson(what); }, event.what));
  return json.dump();
}

std::string HeadText(const JournalHead& head) {
  return Json({{"evenkeel_journal", kJournalSchema},
               {"policy", head.policy},
               {"begin", head.begin},
               {"slot_seconds", head.slot_seconds},
               {"num_slots", head.num_slots},
               {"gateways", head.gateways},
               {"regions", head.regions},
               {"expected_demand", head.expected_demand},
               {"network", head.network}})
      .dump();
}

namespace {

/// A line's fields, with the place of what is wrong.
class Fields {
 public:
  Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) throw InputError("{}: expected an object", where_);
  }

  bool Has(const char* name) const { return json_.contains(name); }
  const Json& At(const char* name) const {
    if (!Has(name)) throw InputError("{}: it has no {}", where_, name);
    return json_[name];
  }
  std::string Place(const char* name) const { return fmt::format("{}: {}", where_, name); }
  bool IsTrue(const char* name) const { return Has(name) && At(name) == true; }

  template <typename T>
  T Get(const char* name) const {
    try {
      return At(name).get<T>();
    } catch (const nlohmann::json::exception&) {
      throw InputError("{}: {} has a wrong type", where_, name);
    }
  }

  int Int(const char* name) const {
    return static_cast<int>(InRange(name, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
  }
  /// Seconds since 1970.
  std::int64_t Time(const char* name) const { return InRange(name, 0, kEndOfTime - 1); }

  template <typename Enum>
  Enum Word(const char* name, const char* const* names, int count) const {
    const auto word = Get<std::string>(name);
    for (int i = 0; i < count; ++i) {
      if (word == names[i]) return static_cast<Enum>(i);
    }
    throw InputError("{}: {} is {}, which is none of its words", where_, name, word);
  }

 private:
  std::int64_t InRange(const char* name, std::int64_t least, std::int64_t most) const {
    const std::optional<std::int64_t> value = JsonInteger(At(name), least, most);
    if (!value)
      throw InputError("{}: {} is {}, allowed is an integer in [{}, {}]", where_, name, Told(name), least, most);
    return *value;
  }
  std::string Told(const char* name) const {
    return At(name).dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60);
  }

  const Json& json_;
  std::string where_;
};

double ReadNumber(const Json& json, const std::string& where) {
  if (json.is_number()) return json.get<double>();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf") return kInfinity;
  if (json == "-inf") return -kInfinity;
  throw InputError("{}: expected a number", where);
}

Vector ReadVector(const Json& json, Eigen::Index size, const std::string& where) {
  if (!json.is_array() || static_cast<Eigen::Index>(json.size()) != size)
    throw InputError("{}: expected {} numbers", where, size);
  Vector values(size);
  for (Eigen::Index i = 0; i < size; ++i) values[i] = ReadNumber(json[static_cast<std::size_t>(i)], where);
  return values;
}

Slot ReadSlot(const Network& network, const Json& json, const std::string& where) {
  const Fields fields(json, where);
  const int regions = network.num_regions();
  Slot slot;
  slot.index = fields.Int("index");
  slot.time = fields.Time("time");
  slot.demand = ReadVector(fields.At("demand"), network.num_gateways(), fields.Place("demand"));
  for (const auto& [name, signal] :
       {std::pair{"capacity", &slot.capacity}, std::pair{"price", &slot.price},
        std::pair{"carbon_intensity", &slot.carbon_intensity}, std::pair{"water_intensity", &slot.water_intensity}})
    *signal = ReadVector(fields.At(name), regions, fields.Place(name));
  return slot;
}

Allocation ReadFlow(const Problem& problem, const Json& json, const std::string& where) {
  return {ReadVector(json, problem.num_arcs(), where), Vector::Zero(problem.network.num_gateways())};
}

AdviceAnswer ReadAnswer(const Problem& problem, const Json& json, const std::string& where) {
  const Fields fields(json, where);
  AdviceAnswer answer;
  answer.allocation = ReadFlow(problem, fields.At("flow"), fields.Place("flow"));
  if (fields.Has("deferral_prices"))
    answer.deferral_prices =
        ReadVector(fields.At("deferral_prices"), problem.num_classes(), fields.Place("deferral_prices"));
  answer.states_prices = fields.Has("prices");
  if (!answer.states_prices) return answer;
  const Json& prices = fields.At("prices");
  if (!prices.is_array() || prices.size() != problem.groups.size())
    throw InputError("{}: expected the prices of {} groups", fields.Place("prices"), problem.groups.size());
  for (std::size_t k = 0; k < prices.size(); ++k)
    answer.prices.push_back(ReadVector(prices[k], problem.groups[k].num_buckets(), fields.Place("prices")));
  return answer;
}

ReadingsEvent ReadReadings(const Fields& fields, const std::string& where) {
  ReadingsEvent event;
  event.source = fields.Get<std::string>("source");
  const std::string place = fields.Place("readings");
  for (const Json& one : fields.At("readings")) {
    const bool has_form = one.is_array() && one.size() == 5 && one[4].is_boolean();
    const auto number = has_form ? JsonInteger(one[1], 0, std::numeric_limits<int>::max()) : std::nullopt;
    const auto time = has_form ? JsonInteger(one[3], 0, kEndOfTime - 1) : std::nullopt;
    if (!number || !time)
      throw InputError("{}: expected signal, place, value, time and whether it is an estimate", place);
    Reading reading;
    const Json signal = {{"signal", one[0]}};
    reading.signal = Fields(signal, where).Word<LiveSignal>("signal", kLiveSignalNames, kNumLiveSignals);
    reading.place = static_cast<int>(*number);
    reading.value = ReadNumber(one[2], place);
    reading.time = *time;
    reading.estimated = one[4].get<bool>();
    event.readings.push_back(reading);
  }
  return event;
}

DecidedEvent ReadDecided(const Problem& problem, const Fields& fields) {
  DecidedEvent event;
  event.made.slot = ReadSlot(problem.network, fields.At("slot"), fields.Place("slot"));
  event.made.advice_off = fields.IsTrue("advice_off");
  event.made.shared_by_capacity = fields.IsTrue("shared_by_capacity");
  if (fields.Has("answer")) event.made.answer = ReadAnswer(problem, fields.At("answer"), fields.Place("answer"));
  event.verdict = fields.Word<Verdict>("verdict", kVerdictNames, kNumVerdicts);
  event.slack = ReadNumber(fields.At("slack"), fields.Place("slack"));
  event.decision = ReadFlow(problem, fields.At("decision"), fields.Place("decision"));
  event.expert = ReadFlow(problem, fields.At("expert"), fields.Place("expert"));
  return event;
}

MeteredEvent ReadMetered(const Problem& problem, const Fields& fields) {
  const int regions = problem.network.num_regions(), gateways = problem.network.num_gateways();
  MeteredEvent event;
  event.slot = fields.Int("index");
  MeterReport& meter = event.meter;
  meter.begin = fields.Time("begin");
  meter.revision = fields.Int("revision");
  const Json& served = fields.At("served");
  if (!served.is_array() || static_cast<int>(served.size()) != gateways)
    throw InputError("{}: expected a row for each of {} gateways", fields.Place("served"), gateways);
  meter.served.resize(gateways, regions);
  for (int j = 0; j < gateways; ++j)
    meter.served.row(j) = ReadVector(served[static_cast<std::size_t>(j)], regions, fields.Place("served")).transpose();
  for (const auto& [name, signal] :
       {std::pair{"energy_mwh", &meter.energy_mwh}, std::pair{"price", &meter.price},
        std::pair{"carbon_intensity", &meter.carbon_intensity}, std::pair{"water_intensity", &meter.water_intensity}}) {
    if (fields.Has(name)) *signal = ReadVector(fields.At(name), regions, fields.Place(name));
  }
  return event;
}

Json ParseObject(const std::string& text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception&) {
    throw InputError("{}: it is no JSON", where);
  }
}

int ReadRegion(const Problem& problem, const Fields& fields, const std::string& where) {
  const int region = fields.Int("region");
  if (region < 0 || region >= problem.network.num_regions())
    throw InputError("{}: there is no region {}", where, region);
  return region;
}

/// Of the journal of a period.
void CheckPeriod(const JournalHead& head, const std::string& where) {
  if (head.num_slots < 1) throw InputError("{}: num_slots is {}, expected 1 or more", where, head.num_slots);
  if (head.expected_demand.size() != head.gateways.size())
    throw InputError("{}: expected_demand has {} numbers, expected {}", where, head.expected_demand.size(),
                     head.gateways.size());
}

}  // namespace

JournalHead ReadHead(const std::string& text, const std::string& where) {
  const Json json = ParseObject(text, where);
  const Fields fields(json, where);
  if (!fields.Has("evenkeel_journal")) throw InputError("{}: this is no journal of evenkeel serve", where);
  const int schema = fields.Int("evenkeel_journal");
  if (schema != kJournalSchema)
    throw InputError("{}: it has schema {}, this evenkeel reads {}", where, schema, kJournalSchema);
  JournalHead head;
  head.policy = fields.Get<std::string>("policy");
  head.begin = fields.Time("begin");
  head.slot_seconds = fields.Int("slot_seconds");
  head.num_slots = fields.Int("num_slots");
  head.gateways = fields.Get<std::vector<std::string>>("gateways");
  head.regions = fields.Get<std::vector<std::string>>("regions");
  head.expected_demand = fields.Get<std::vector<double>>("expected_demand");
  head.network = fields.Get<std::string>("network");
  if (!head.policy.empty()) CheckPeriod(head, where);
  return head;
}

Event ReadEvent(const Problem& problem, const std::string& text, const std::string& where) {
  const Json json = ParseObject(text, where);
  const Fields fields(json, where);
  Event event;
  event.at = fields.Time("at");
  const auto kind = fields.Get<std::string>("event");
  if (kind == "readings") {
    event.what = ReadReadings(fields, where);
  } else if (kind == "decided") {
    event.what = ReadDecided(problem, fields);
  } else if (kind == "missed") {
    event.what = MissedEvent{ReadSlot(problem.network, fields.At("slot"), fields.Place("slot"))};
  } else if (kind == "undone") {
    event.what = UndoneEvent{ReadVector(fields.At("work"), problem.num_classes(), fields.Place("work"))};
  } else if (kind == "not_applied") {
    event.what = NotAppliedEvent{fields.Int("index")};
  } else if (kind == "metered") {
    event.what = ReadMetered(problem, fields);
  } else if (kind == "region") {
    event.what = RegionEvent{ReadRegion(problem, fields, where),
                             fields.Word<RegionState>("state", kRegionStateNames, kNumRegionStates)};
  } else if (kind == "serving") {
    event.what = ServingEvent{ReadRegion(problem, fields, where), fields.Get<bool>("serving")};
  } else if (kind == "mode") {
    event.what = ModeEvent{fields.Word<LiveMode>("mode", kLiveModeNames, kNumLiveModes),
                           fields.Word<LiveMode>("configured", kLiveModeNames, kNumLiveModes)};
  } else {
    throw InputError(
        "{}: event {} is none of readings, decided, missed, undone, not_applied, metered, region, serving, "
        "mode",
        where, kind);
  }
  return event;
}

std::optional<Slot> ReadSlotOf(const Network& network, const std::string& text, const std::string& where) {
  const Json json = ParseObject(text, where);
  const Fields fields(json, where);
  const auto kind = fields.Get<std::string>("event");
  if (kind != "decided" && kind != "missed") return std::nullopt;
  return ReadSlot(network, fields.At("slot"), fields.Place("slot"));
}

}  // namespace evenkeel
