"""Prices that lean on the loads so far: the region that carries most is the dearest, all together cost the weight."""
from evenkeel import Policy


class LeanOnLoads(Policy):
    def prices(self, slot):
        lean = [(load / max(load.max(), 1e-9)) ** 8 for load in slot.load]
        return [group.weight * one / max(one.sum(), 1e-9) for group, one in zip(self.groups, lean)]


LeanOnLoads().serve()
