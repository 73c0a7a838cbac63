// The datasets of a trace file, schema versions 1 and 2 (docs/trace_format.md), as reading and writing share them.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace evenkeel {

struct TraceField {
  const char* name;
  std::array<const char*, 2> axes;  // the second one is null for a vector
  const char* units;
  const char* long_name;

  std::vector<std::string> Axes() const {
    std::vector<std::string> result = {axes[0]};
    if (axes[1] != nullptr) result.emplace_back(axes[1]);
    return result;
  }
};

inline constexpr const char* kTraceSchemaName = "evenkeel-trace";
inline constexpr const char* kTimeUnits = "seconds since 1970-01-01 00:00:00";

inline constexpr TraceField kDemand = {"demand", {"time", "gateway"}, "MWh", "demand of the slot"};
inline constexpr TraceField kCapacity = {"capacity", {"time", "region"}, "MW", "IT capacity"};
inline constexpr TraceField kPrice = {"price", {"time", "region"}, "USD/MWh", "electricity price per facility energy"};
inline constexpr TraceField kCarbonIntensity = {
    "carbon_intensity", {"time", "region"}, "kg/kWh", "carbon intensity of facility energy"};
inline constexpr TraceField kWaterIntensity = {
    "water_intensity", {"time", "region"}, "L/kWh", "water per IT energy, on-site and off-site"};
inline constexpr TraceField kOnsiteWater = {"onsite_water", {"time", "region"}, "L/kWh", "on-site water per IT energy"};
inline constexpr TraceField kOffsiteWater = {
    "offsite_water", {"time", "region"}, "L/kWh", "off-site water per facility energy"};

inline constexpr TraceField kPue = {"pue", {"region", nullptr}, "1", "facility energy per IT energy"};
inline constexpr TraceField kRegionLatitude = {"region_latitude", {"region", nullptr}, "degrees_north", "latitude"};
inline constexpr TraceField kRegionLongitude = {"region_longitude", {"region", nullptr}, "degrees_east", "longitude"};
inline constexpr TraceField kGatewayLatitude = {"gateway_latitude", {"gateway", nullptr}, "degrees_north", "latitude"};
inline constexpr TraceField kGatewayLongitude = {
    "gateway_longitude", {"gateway", nullptr}, "degrees_east", "longitude"};
inline constexpr TraceField kEnergyPerUnit = {
    "energy_per_unit", {"region", "variant"}, "1", "MWh of IT energy per unit of workload"};
inline constexpr TraceField kResourcePerUnit = {
    "resource_per_unit", {"variant", nullptr}, "1", "capacity used per unit of workload"};
inline constexpr TraceField kQualityLoss = {
    "quality_loss", {"variant", nullptr}, "1", "quality lost per unit of workload"};
inline constexpr TraceField kReachable = {
    "reachable", {"gateway", "region"}, "1", "1 where the gateway may use the region"};
inline constexpr TraceField kNetworkCost = {
    "network_cost", {"gateway", "region"}, "USD/MWh", "network cost per unit of workload"};
inline constexpr TraceField kDistance = {"distance", {"gateway", "region"}, "km", "great-circle distance"};

// Work that can wait, in version 2 alone.
inline constexpr const char* kWorkClassAxis = "work_class";
inline constexpr TraceField kWorkArrival = {
    "work_arrival", {"time", kWorkClassAxis}, "MWh", "work that can wait and arrives in the slot"};
inline constexpr TraceField kWorkDeadline = {
    "work_deadline", {kWorkClassAxis, nullptr}, "h", "how long after its arrival the work may wait"};
inline constexpr TraceField kWorkReachable = {
    "work_reachable", {kWorkClassAxis, "region"}, "1", "1 where the class's work may be done in the region"};
inline constexpr TraceField kWorkEnergyPerUnit = {
    "work_energy_per_unit", {kWorkClassAxis, "region"}, "1", "MWh of IT energy per unit of work"};
inline constexpr TraceField kWorkResourcePerUnit = {
    "work_resource_per_unit", {kWorkClassAxis, nullptr}, "1", "capacity used per unit of work"};
inline constexpr TraceField kWorkTransferCost = {
    "work_transfer_cost", {kWorkClassAxis, "region"}, "USD/MWh", "cost of moving a unit of work to the region"};
inline constexpr TraceField kWorkCostFloor = {
    "work_cost_floor", {kWorkClassAxis, nullptr}, "USD/MWh", "nothing that does the class's work costs less"};
inline constexpr TraceField kWorkFields[] = {kWorkArrival,       kWorkDeadline,        kWorkReachable,
                                             kWorkEnergyPerUnit, kWorkResourcePerUnit, kWorkTransferCost,
                                             kWorkCostFloor};

}  // namespace evenkeel
