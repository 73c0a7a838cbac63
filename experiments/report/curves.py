"""What the figures of a sweep are made of: means over cells with their intervals, and what cells have in common."""
import numpy

from drawing import tell_points
from names import inner
from results import in_order

MOST_CURVES = 12  # more in one plot cannot be told apart
SIGNIFICANT = 1.96  # half width of a 95 % interval, standard errors
SLOTS = ("lag", "stale")  # kinds of errors whose level is a number of slots


def curves(keys, x, y):
    """{key: (sorted x, mean of y, half width of its 95 % interval)} over all cells with the key and x."""
    found = {}
    for key in in_order(keys):
        mine = (keys == key) & numpy.isfinite(x) & numpy.isfinite(y)
        points = sorted(set(x[mine]))
        samples = [y[mine & (x == point)] for point in points]
        width = [SIGNIFICANT * one.std(ddof=1) / len(one) ** 0.5 if len(one) > 1 else 0.0 for one in samples]
        if points:
            found[key] = (numpy.array(points), numpy.array([one.mean() for one in samples]), numpy.array(width))
    return found


def limit(names, notes, most=MOST_CURVES):
    names = list(names)
    if len(names) > most:
        notes.append(f"The first {most} of {len(names)} policies are shown; the file has all.")
    return names[:most]


def draw_curve(axis, curve, name, where, **style):
    """A curve with its band, whose points tell their ratios; `where` is a pattern for x."""
    x, mean, width = curve
    line, = axis.plot(x, mean, marker=".", label=name, **style)
    axis.fill_between(x, mean - width, mean + width, color=line.get_color(), alpha=0.15, linewidth=0)
    tell_points(axis, x, mean, [f"{name}, {where.format(at)}: {one:.4f}" + (f" ± {half:.4f}" if half > 0 else "")
                                + " times the optimum" for at, one, half in zip(x, mean, width)])
    return line


def several(values):
    return len(set(values[numpy.isfinite(values)])) > 1


def kinds_with_levels(sweep, source):
    level, kind = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind")
    return [one for one in in_order(kind) if one and several(level[kind == one])]


def level_name(kind):
    return "slots" if kind in SLOTS else "level"


def ceiling(sweep):
    """The bound of robust policies on the scale of J / optimum."""
    return (sweep.get("bound") + sweep.get("shift")) / (sweep.get("optimum") + sweep.get("shift"))


def advice_in(policy):
    """The text of the advice of a robust policy; empty for others."""
    return inner(policy, "advice") if policy.startswith("robust(") else ""


def scenarios(sweep):
    """What a reader would call each cell's case: its events, its weights or its period; None where all are the same."""
    events = numpy.array([one or "none" for one in sweep.words("events")])
    weights = numpy.array([", ".join(f"{group} {value:g}" for (group, _), value in zip(sweep.loads(), values))
                           for values in zip(*(sweep.get(f"{group}_weight") for group, _ in sweep.loads()))])
    periods = numpy.array([one[:10] for one in sweep.words("first_slot")])
    for title, values in (("events", events), ("weights", weights), ("periods", periods)):
        if len(set(values)) > 1:
            return title, values
    return None
