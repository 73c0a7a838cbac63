#include "models/import/zone_files.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/registry.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kMarginOfYears = 86400;
const std::vector<std::string>& DataExtensions() {
  static const std::vector<std::string> extensions = {"csv", "json"};
  return extensions;
}

int YearOf(std::int64_t time) { return std::stoi(FormatUtc(time)); }

void NotePlace(const std::string& found, const std::string& wanted, const std::string& name, const std::string& path,
               std::vector<std::string>* notes) {
  if (found.empty() || found == wanted) return;
  notes->push_back(fmt::format("{}: the rows of {} are of {}, asked for was {}", name, path, found, wanted));
}

/// A file's rows behind those of the files before.
void AppendRows(std::vector<Measurement> rows, const std::string& path, Measurements* series) {
  series->files.push_back(path);
  for (Measurement& row : rows) row.file = static_cast<int>(series->files.size()) - 1;
  series->entries.insert(series->entries.end(), rows.begin(), rows.end());
}

/// What the file says, or else what the user says; both have to agree.
std::string CurrencyOfFile(const FileRows& found, const std::string& stated, const std::string& path) {
  if (!found.currency.empty() && !stated.empty() && found.currency != stated)
    throw InputError("{}: its prices are in {}, price_currency= says {}", path, found.currency, stated);
  if (!found.currency.empty() || !stated.empty()) return found.currency.empty() ? stated : found.currency;
  throw InputError("{}: the file doesn't say its currency; state it with price_currency=, such as price_currency=USD",
                   path);
}

/// The rows of a year's file, with what is to be said of them; `name` is the series they are for.
FileRows ReadYear(const SignalFiles& files, const std::string& name, const std::string& path, int year,
                  std::vector<std::string>* notes) {
  FileRows found = ReadRows(ReadDocument(path), files.kind, files.format, {files.place, files.scope, year});
  if (found.rows.empty()) throw InputError("{}: no rows", path);
  NotePlace(found.place, files.place, name, path, notes);
  if (found.end_of_hour)
    notes->push_back(fmt::format("{}: the times of {} are the ends of hours; values begin an hour before", name, path));
  return found;
}

}  // namespace

std::string FileOfYear(const std::string& stem, int year, const std::vector<std::string>& extensions) {
  std::string found;
  for (const std::string& extension : extensions) {
    for (const char* packed : {".gz", ""}) {
      const std::string path = fmt::format("{}-{}.{}{}", stem, year, extension, packed);
      if (!std::filesystem::exists(path)) continue;
      if (!found.empty())
        throw InputError("{} and {}: two files for one year, allowed is one; move the other away", found, path);
      found = path;
    }
  }
  return found;
}

void ForYears(const SlotGrid& grid, const std::string& stem, const std::vector<std::string>& extensions,
              std::int64_t margin, const std::function<void(const std::string& path, int year)>& append) {
  const int first = YearOf(grid.start), last = YearOf(grid.end() - 1);
  for (int year = YearOf(std::max<std::int64_t>(0, grid.start - margin)); year <= YearOf(grid.end() - 1 + margin);
       ++year) {
    const std::string path = FileOfYear(stem, year, extensions);
    if (!path.empty()) {
      append(path, year);
    } else if (year >= first && year <= last) {
      throw InputError("{}-{}.{}.gz: no such file, nor without .gz{}", stem, year, extensions[0],
                       extensions.size() > 1 ? fmt::format(", nor .{}", extensions[1]) : "");
    }
  }
}

SignalFacts AppendFiles(const SignalFiles& files, const SlotGrid& grid, const std::vector<ExchangeRate>& rates,
                        Measurements* series, std::vector<std::string>* notes) {
  SignalFacts facts;
  facts.scope = files.scope == CarbonScope::kDirect ? "direct" : "lifecycle";
  int estimated = 0;
  std::string currency;
  // Times with offsets other than UTC leave a year's first or last hours to the files of its neighbours.
  const std::int64_t margin = files.kind == SignalKind::kCarbon ? 0 : kMarginOfYears;
  ForYears(grid, files.stem, DataExtensions(), margin, [&](const std::string& path, int year) {
    FileRows found = ReadYear(files, series->name, path, year, notes);
    estimated += found.estimated;
    facts.sources.insert(found.source);
    const bool first = series->files.empty();
    if (!first && found.marginal != facts.marginal)
      throw InputError("{}: marginal and average emissions in the files of {}", path, series->name);
    facts.marginal = found.marginal;
    if (!found.scope_said.empty()) facts.scope = found.scope_said;
    if (files.kind == SignalKind::kPrice) {
      const std::string own = CurrencyOfFile(found, files.currency, path);
      if (!first && own != currency)
        throw InputError("{}: prices in {}, in the files before in {}", path, own, currency);
      currency = own;
    }
    AppendRows(std::move(found.rows), path, series);
  });
  if (files.kind == SignalKind::kCarbon && files.scope == CarbonScope::kLifecycle && facts.scope == "direct")
    notes->push_back(
        fmt::format("{}: direct emissions, asked for was lifecycle; the files have no others", series->name));
  if (estimated > 0) {
    notes->push_back(fmt::format("{}: {} of {} values are estimates of the publisher", series->name, estimated,
                                 series->entries.size()));
  }
  if (files.kind == SignalKind::kPrice) ConvertToUsd(currency, rates, series, notes);
  return facts;
}

std::set<std::string> AppendMixFiles(const SignalFiles& files, const SlotGrid& grid,
                                     const std::vector<FuelFactor>& factors, Measurements* carbon, Measurements* water,
                                     std::vector<std::string>* notes) {
  std::set<std::string> sources;
  std::vector<std::string> left_out;
  ForYears(grid, files.stem, DataExtensions(), kMarginOfYears, [&](const std::string& path, int year) {
    const FileRows found = ReadYear(files, carbon->name, path, year, notes);
    sources.insert(found.source);
    MixIntensity mix = IntensityOfMix(found, factors, path);
    carbon->remark = water->remark = found.end_of_hour ? "its times are the ends of hours" : "";
    AppendRows(std::move(mix.carbon), path, carbon);
    AppendRows(std::move(mix.water), path, water);
    for (const std::string& fuel : mix.left_out) {
      if (std::count(left_out.begin(), left_out.end(), fuel) == 0) left_out.push_back(fuel);
    }
  });
  if (!left_out.empty()) notes->push_back(fmt::format("{}: without {}", carbon->name, fmt::join(left_out, ", ")));
  return sources;
}

}  // namespace evenkeel
