#include "tests/reference/lemon_slot.h"

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <cmath>
#include <optional>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr double kScale = 1e6;

long Whole(double value) { return std::lround(kScale * value); }

}  // namespace

struct LemonDispatcher::Impl {
  using Graph = lemon::SmartDigraph;
  using Simplex = lemon::NetworkSimplex<Graph, long>;

  explicit Impl(const Problem& the_problem) : problem(the_problem) {
    for (int j = 0; j < problem.network.num_gateways(); ++j) gateways.push_back(graph.addNode());
    for (int i = 0; i < problem.network.num_regions(); ++i) regions.push_back(graph.addNode());
    for (const Arc& arc : problem.arcs.arcs) arcs.push_back(graph.addArc(gateways[arc.gateway], regions[arc.region]));
    arc_cost.emplace(graph);
    supply.emplace(graph);
    simplex.emplace(graph);
  }

  const Problem& problem;
  Graph graph;
  std::vector<Graph::Node> gateways, regions;
  std::vector<Graph::Arc> arcs;
  std::optional<Graph::ArcMap<long>> arc_cost;  // these three are made for a graph that is complete
  std::optional<Graph::NodeMap<long>> supply;
  std::optional<Simplex> simplex;
};

LemonDispatcher::LemonDispatcher(const Problem& problem) : impl_(std::make_unique<Impl>(problem)) {}
LemonDispatcher::~LemonDispatcher() = default;

double LemonDispatcher::Solve(const Vector& cost, const Slot& slot) {
  Impl& m = *impl_;
  for (std::size_t a = 0; a < m.arcs.size(); ++a) (*m.arc_cost)[m.arcs[a]] = Whole(cost[static_cast<int>(a)]);
  for (std::size_t j = 0; j < m.gateways.size(); ++j)
    (*m.supply)[m.gateways[j]] = Whole(slot.demand[static_cast<int>(j)]);
  for (std::size_t i = 0; i < m.regions.size(); ++i)
    (*m.supply)[m.regions[i]] = -Whole(slot.capacity[static_cast<int>(i)]);
  // GEQ: at least the demand leaves a gateway, at most its capacity enters a region.
  m.simplex->costMap(*m.arc_cost).supplyMap(*m.supply).supplyType(Impl::Simplex::GEQ);
  EVENKEEL_CHECK(m.simplex->run() == Impl::Simplex::OPTIMAL);
  return m.simplex->totalCost<double>() / (kScale * kScale);
}

}  // namespace evenkeel
