"""Figures of runs side by side: who carries the burden, on a bar per region and over time, and what the bound left."""
from matplotlib import dates, ticker
import numpy

from answer import number
from drawing import Chart, tell, tell_points
from results import in_order
from runs import MOST, colors

MOST_PLACES = 16  # regions on bars; of more the largest
POINTS = 48  # of a line that tell their values
TITLES = {"carbon": "Carbon by region", "water": "Water by region", "performance": "Quality lost by gateway"}


def bars(name, title, unit, places, rows, caption=""):
    """A bar per place and policy. rows: [(policy's name, role, color, values by place)]; the expert decides the order,
    and what advice made to do harm does, does not decide the scale."""
    first = next((row for row in rows if row[1] == "expert"), rows[0])
    caption = f"{caption} From the largest of the {first[0]}'s down.".strip()
    order = sorted(range(len(places)), key=lambda at: -numpy.nan_to_num(first[3][at], nan=-numpy.inf))
    top = scale_of([(role, numpy.nanmax(values)) for _, role, _, values in rows])
    rows = [(policy, color, numpy.asarray(values, dtype=float)) for policy, _, color, values in rows]
    if top is not None:
        caption += " \u00bb: leaves the plot; hover or the table has its length."
    if len(places) > MOST_PLACES:
        largest = numpy.max([numpy.nan_to_num(values, nan=-numpy.inf) for _, _, values in rows], axis=0)
        kept = set(sorted(order, key=lambda at: -largest[at])[:MOST_PLACES])
        order = [at for at in order if at in kept]
        caption = f"{caption} The {MOST_PLACES} largest of {len(places)}; the table and the file have all.".strip()
    step = 0.82 / len(rows)

    def draw(axis):
        for at, (policy, color, values) in enumerate(rows):
            known = values[numpy.isfinite(values)]
            where = numpy.arange(len(order)) + (at - (len(rows) - 1) / 2) * step
            for place, height in zip(order, where):
                if top is not None and values[place] > top:
                    axis.annotate("\u00bb ", (top, height), ha="right", va="center", color="white")
            for bar, place in zip(axis.barh(where, values[order], step, label=policy, color=color), order):
                mean = f", {values[place] / known.mean():.2f} times the mean" if known.sum() > 0 else ""
                tell(axis, bar, f"{places[place]}, {policy}: {number(values[place])} {unit}{mean}")
        axis.set_yticks(range(len(order)), [places[at] for at in order])
        axis.tick_params(axis="y", length=0)
        axis.grid(False, axis="y")
        axis.set_ylim(len(order) - 0.5, -0.5)
        axis.set_xlabel(unit)
        axis.xaxis.set_major_locator(ticker.MaxNLocator(4))
        axis.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
        if top is not None:
            axis.set_xlim(right=top)

    return Chart(name, title, caption, [draw], 0.9 + len(order) * (0.14 + 0.085 * len(rows)))


def scale_of(largest):
    """The end of the scale: None where it may be what it is, else a little more than the largest of policies that are
    meant to do well. largest: [(role, value)]"""
    serious = [value for role, value in largest if role != "test"]
    if not serious or max(value for _, value in largest) <= 1.25 * max(serious):
        return None
    return 1.08 * max(serious)


def same_places(runs):
    """Those of the runs whose regions are the first one's."""
    return [run for run in runs if run.log["regions"] == runs[0].log["regions"]]


def bars_of_runs(runs):
    runs = same_places(runs)
    groups = in_order(name for run in runs for name, one in run.log["groups"].items() if one["by_region"])
    for group in groups:
        mine = [run for run in runs if group in run.log["groups"]]
        yield bars(f"bars-{group}", TITLES[group], mine[0].log["groups"][group]["unit"], mine[0].log["regions"],
                   [(run.name, run.role, run.color, run.log["groups"][group]["load"][-1]) for run in mine],
                   "Load of the whole period, bucket weights applied.")
    yield bars("bars-cost", "Energy cost by region", "USD", runs[0].log["regions"],
               [(run.name, run.role, run.color, run.log["region_cost"][-1]) for run in runs], "Energy and network.")


def over_time(axis, run, values, texts=None, **style):
    """A line over the slots' times, which tells some of its values; `texts` says one of them."""
    time = run.log["time"].astype("datetime64[s]")
    axis.plot(time, values, color=run.color, label=run.name, linewidth=1.4, **style)
    if texts is not None:
        at = numpy.unique(numpy.linspace(0, len(time) - 1, min(POINTS, len(time))).round().astype(int))
        tell_points(axis, time[at], values[at], [f"{str(time[one])[:16].replace('T', ' ')}, {run.name}: {texts(one)}"
                                                 for one in at])


def dated(axis, **more):
    locator = dates.AutoDateLocator(maxticks=6)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    axis.set(**more)


def worst_over_time(runs):
    for group in in_order(name for run in runs for name, one in run.log["groups"].items() if one["by_region"]):
        mine = [run for run in runs if group in run.log["groups"]]
        unit = mine[0].log["groups"][group]["unit"]

        def draw(axis, mine=mine, group=group, unit=unit):
            for run in mine:
                load = run.log["groups"][group]["load"]
                places = run.log["regions"]
                over_time(axis, run, load.max(axis=1), lambda at, load=load, places=places:
                          f"{places[int(load[at].argmax())]} {number(load[at].max())} {unit}")
            dated(axis, ylabel=unit)
            top = scale_of([(run.role, run.log["groups"][group]["load"][-1].max()) for run in mine])
            if top is not None:
                axis.set_ylim(0, top)

        yield Chart(f"worst-{group}", f"{group.capitalize()} of the worst region so far",
                    "The load of whichever region carries the most at that time, since the period began.", [draw], 3.2)


def cost_over_time(runs):
    mine = [run for run in runs if run.expert is not None and run is not run.expert and (run.expert.shifted > 0).all()]
    if not mine:
        return

    def draw(axis):
        axis.axhline(0.0, color=mine[0].expert.color, linewidth=1.4, label=mine[0].expert.name)
        lowest, highest = 0.0, 0.0
        for run in mine:
            above = 100 * (run.shifted / run.expert.shifted - 1)
            late = above[len(above) // 10:]
            if run.role != "test":
                lowest, highest = min(lowest, late.min()), max(highest, late.max())
            over_time(axis, run, above, lambda at, above=above: f"{above[at]:+.2f} %")
        for run in mine:
            if run.bound() is not None:
                limit = 100 * (run.bound() / run.expert.shifted - 1)
                lowest, highest = min(lowest, 0.0), max(highest, limit[-1])
                time = run.log["time"].astype("datetime64[s]")
                axis.plot(time, limit, "--", color=run.color, linewidth=1.0, label="bound of robust")
                tell_points(axis, time[-1:], limit[-1:], [f"bound of {run.name}: {limit[-1]:+.2f} %"])
        room = 0.08 * (highest - lowest or 1.0)
        dated(axis, ylabel="J so far against the expert's, %", ylim=(lowest - room, highest + room))

    yield Chart("cost-over-time", "J against the expert's, and the bound",
                "J of the slots so far, shifted so that no cost is negative. Dashed: what robust promises never to "
                "exceed. The first hours, and advice made to do harm, may leave the plot.", [draw], 3.2)


def slack_over_time(runs):
    mine = [run for run in runs if run.log["slack"] is not None]
    if not mine:
        return

    def draw(axis):
        for run in mine:
            slack = run.log["slack"]
            over_time(axis, run, slack, lambda at, slack=slack: f"{number(slack[at])} USD left")
        axis.axhline(0.0, color="black", linewidth=0.8)
        dated(axis, ylabel="budget left, USD")

    yield Chart("slack-over-time", "Budget left over time",
                "What the guarantee leaves to spend after every slot. Below 0 the bound would be at risk.", [draw], 3.2)


def waiting_over_time(runs):
    mine = [run for run in runs if run.log["work_waiting"] is not None]
    if not mine:
        return

    def draw(axis):
        for run in mine:
            waiting = run.log["work_waiting"].sum(axis=1)
            over_time(axis, run, waiting, lambda at, waiting=waiting: f"{number(waiting[at])} MWh wait")
        dated(axis, ylabel="MWh")
        axis.set_ylim(bottom=0)

    yield Chart("work-waiting", "Work that waits",
                "Of all classes of work that can wait, what has arrived and is not done at the end of the slot.",
                [draw], 3.2)


def certified_over_time(runs):
    mine = [run for run in runs if run.log["certificate_ratio"] is not None]
    if not mine:
        return

    def draw(axis):
        for run in mine:
            slot, ratio = run.log["certificate_slot"], run.log["certificate_ratio"]
            finite = numpy.isfinite(ratio)
            axis.plot(slot[finite] + 1, ratio[finite], marker=".", color=run.color, label=run.name)
            tell_points(axis, slot[finite] + 1, ratio[finite],
                        [f"{run.name}: after {number(at + 1)} slots at most {one:.4f} times the best in hindsight"
                         for at, one in zip(slot[finite], ratio[finite])])
        axis.set(xlabel="slots so far", ylabel="at most times the best")

    yield Chart("certified-ratio", "Certified ratio over time",
                "J so far over a proven lower bound on the optimum of the slots so far.", [draw], 3.2)


def burden_of_entries(entries):
    """Of a sweep: mean loads by region of the policies that matter."""
    shown = [one for one in entries if one.loads][:MOST]
    for group in in_order(group for one in shown for group in one.loads):
        mine = [one for one in shown if group in one.loads]
        unit, regions, _ = mine[0].loads[group]
        shades = colors([one.role for one in mine])
        rows = [(one.name, one.role, shade, one.loads[group][2]) for one, shade in zip(mine, shades)]
        yield bars(f"burden-{group}", f"Who carries the {group}", unit, regions, rows,
                   "Load by region, bucket weights applied; means over all cells of a policy.")


def run_charts(runs):
    charts = []
    if runs:
        for make in (bars_of_runs, worst_over_time, cost_over_time, slack_over_time, waiting_over_time,
                     certified_over_time):
            charts += make(runs)
    return charts
