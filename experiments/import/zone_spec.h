// Regions and gateways of an import of zones as text, NAME(KEY=VALUE,..).
#pragma once

#include <string>

#include "models/import/zones.h"

namespace evenkeel {

/// NAME(zone=,timezone=,latitude=,longitude=,pue=,capacity=MW,offsite_water=L/kWh or mix,carbon=zone, mix or kg/kWh,
/// mix=NAME,price=USD/MWh,price_currency=,onsite_water=L/kWh), and price_format=, carbon_format=, mix_format=,
/// price_id=, carbon_id=, mix_id=. Throws InputError naming region, key, value and what is allowed.
ZoneRegion ParseZoneRegion(const std::string& text);

/// NAME(utc_offset=H,latitude=,longitude=,share=). Throws InputError likewise.
ZoneGateway ParseZoneGateway(const std::string& text);

}  // namespace evenkeel
