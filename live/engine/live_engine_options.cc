#include "live/engine/live_engine_options.h"

namespace evenkeel {

ReadingStoreOptions StoreOptionsOf(const LiveEngineOptions& options) {
  ReadingStoreOptions store = options.store;
  store.num_gateways = options.network.num_firm();
  store.num_classes = options.network.num_classes();
  store.num_regions = options.network.num_regions();
  store.time_base = {0, options.slot_hours};
  return store;
}

}  // namespace evenkeel
