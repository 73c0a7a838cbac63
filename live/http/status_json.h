// What is served of the engine's status, as JSON: docs/api.md has every name. Numbers that are not known are null.
#pragma once

#include <cstdint>
#include <string>

#include "live/engine/status.h"

namespace evenkeel {

/// Of GET /v1/weights: the shares that adapters are to apply. The status must have them.
std::string WeightsDocument(const LiveStatus& status);
/// Of GET /v1/status: everything but the slots. `now` is the clock's, against which ages are.
std::string StatusDocument(const LiveStatus& status, std::int64_t now);
/// Of GET /v1/slots: at most `count` slots from slot `from` on; `from` < 0: the last ones.
std::string SlotsDocument(const LiveStatus& status, int from, int count);
/// Of GET /v1/ledger: what the period came to so far.
std::string LedgerDocument(const LiveStatus& status);
/// Of GET /readyz.
std::string ReadyDocument(const std::vector<Remark>& reasons);

}  // namespace evenkeel
