// What `compare` shows: a table for people, JSON, and a file.
#pragma once

#include <string>

#include "experiments/files/comparison_file.h"
#include "experiments/report/json_report.h"
#include "experiments/run/evaluate.h"
#include "experiments/run/period_text.h"

namespace evenkeel {

std::string ComparisonText(const GivenPeriod& given, const ComparisonResult& result);
Json ComparisonJson(const GivenPeriod& given, const ComparisonResult& result);
Comparison MakeComparison(const std::string& command, const Period& period, const ComparisonResult& result);

}  // namespace evenkeel
