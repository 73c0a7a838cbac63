"""The figures of `evenkeel report`. Each function yields those that the data allows, most often one or none."""
import collections

import matplotlib
matplotlib.use("svg")
from matplotlib import pyplot
import numpy

from results import InputError, in_order, without

Figure = collections.namedtuple("Figure", "name title caption figure")
MOST_CURVES = 12  # more in one plot cannot be told apart
SIGNIFICANT = 1.96  # half width of a 95 % interval, standard errors
SLOTS = ("lag", "stale")  # kinds of errors whose level is a number of slots
SOURCES = ("forecast", "observe")

pyplot.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "evenkeel", "font.size": 9, "axes.grid": True,
                        "grid.alpha": 0.3, "figure.constrained_layout.use": True,
                        "savefig.bbox": "tight", "text.parse_math": False})


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


def draw(axis, curve, **style):
    x, mean, width = curve
    line, = axis.plot(x, mean, marker=".", **style)
    axis.fill_between(x, mean - width, mean + width, color=line.get_color(), alpha=0.15, linewidth=0)
    return line


def panels(count, width=4.6, height=3.2, columns=3, **more):
    """A grid of so many axes."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False, **more)
    for axis in axes.flat[count:]:
        axis.set_visible(False)
    return figure, list(axes.flat[:count])


def legend_above(figure, axes, columns=2):
    """One legend for all panels, each name once."""
    entries = {name: line for axis in axes for line, name in zip(*axis.get_legend_handles_labels())}
    figure.legend(entries.values(), entries.keys(), loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=columns,
                  fontsize=7, frameon=False)


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


def ratio_against_error(sweep):
    """J / OPT over the level of injected error, a panel per kind."""
    for source, what in zip(SOURCES, ("forecasts", "observations")):
        kinds, notes = kinds_with_levels(sweep, source), []
        if not kinds:
            continue
        level, kind, ratio = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind"), sweep.get("ratio")
        touched = sweep.labels[numpy.isfinite(level)]
        names = limit(in_order(touched), notes)
        figure, axes = panels(len(kinds), sharey=True)
        for axis, one in zip(axes, kinds):
            mine = kind == one
            bounds = curves(sweep.labels[mine], level[mine], ceiling(sweep)[mine])
            for name, curve in curves(sweep.labels[mine], level[mine], ratio[mine]).items():
                if name not in names:
                    continue
                line = draw(axis, curve, label=name, color=f"C{names.index(name) % 10}")
                if name in bounds and source == "forecast":
                    axis.plot(*bounds[name][:2], "--", linewidth=0.9, color=line.get_color(), label="its bound")
            for name in in_order(sweep.labels[numpy.isnan(level)]):  # without errors: the same at every level
                if source == "forecast":
                    axis.axhline(ratio[sweep.labels == name].mean(), linestyle=":", color="black", linewidth=0.9,
                                 label=name)
            axis.set(title=one, xlabel=f"{level_name(one)} of the error in {what}", ylabel="J / optimum")
        legend_above(figure, axes)
        dotted = " Dotted: policies that the error does not touch; dashed: bounds." if source == "forecast" else ""
        caption = f"Means over seeds, traces and periods; bands are 95 % intervals of the mean.{dotted}"
        yield Figure(f"ratio-{source}-error", f"J / optimum against errors of {what}",
                     " ".join([caption, *dict.fromkeys(notes)]), figure)


def realised_error(sweep):
    """What the injected level came to, against truth: a row of panels for levels, one for slots."""
    for source, prefix in zip(SOURCES, ("forecast_mape_", "observed_mape_")):
        kinds = kinds_with_levels(sweep, source)
        signals = [one for one in ("demand", "price", "carbon", "water")
                   if numpy.nansum(sweep.get(prefix + one)) > 0]
        if not kinds or not signals:
            continue
        level, kind = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind")
        units = in_order(level_name(one) for one in kinds)
        figure, axes = panels(len(units) * len(signals), 3.1, 2.8, len(signals))
        for at, axis in enumerate(axes):
            unit, signal = units[at // len(signals)], signals[at % len(signals)]
            for name, (x, mean, _) in curves(kind, level, sweep.get(prefix + signal)).items():
                if name in kinds and level_name(name) == unit:
                    axis.plot(x, 100 * mean, marker=".", label=name, color=f"C{kinds.index(name)}")
            axis.set(title=signal, xlabel=f"{unit} asked for", ylabel="MAPE as realised, %")
        legend_above(figure, axes, len(kinds))
        yield Figure(f"realised-{source}-error", f"Errors of {source}s as realised",
                     "Mean absolute percentage error against the metered truth, over truths that are not 0.", figure)


def frontier(sweep):
    """J / OPT under bad advice against J / OPT under good advice; a point per rho."""
    rho, ratio, advice = sweep.get("rho"), sweep.get("ratio"), sweep.words("advice")
    bad = numpy.array(["adversary" in one for one in advice])
    good = numpy.array(["perfect" in one or "hindsight" in one for one in advice]) & ~bad
    clean = ~(sweep.get("forecast_level") > 0)
    if not (bad.any() and (good & clean).any()) or not several(rho):
        return
    families = numpy.array([without(without(one, "advice"), "rho") for one in sweep.labels])
    figure, axis = pyplot.subplots(figsize=(6.4, 4.6))
    for at, name in enumerate(in_order(families[bad])):
        points = []
        for value in sorted(set(rho[(families == name) & numpy.isfinite(rho)])):
            mine = (families == name) & (rho == value)
            if (mine & good & clean).any() and (mine & bad).any():
                points.append((value, ratio[mine & good & clean].mean(), ratio[mine & bad].mean()))
        if points:
            axis.plot([one[1] for one in points], [one[2] for one in points], marker=".", label=name)
        for value, x, y in points if at == 0 else ():
            axis.annotate(f"{value:g}", (x, y), fontsize=7, textcoords="offset points", xytext=(4, 4))
    axis.set(xlabel="J / optimum with perfect advice", ylabel="J / optimum with adversarial advice")
    axis.legend(fontsize=7)
    yield Figure("frontier", "What a margin brings, and what it costs",
                 "Numbers at the points are rho, along the first curve. Lower left is better. Means over traces and "
                 "periods.", figure)


def ratio_against_rho(sweep):
    """J / OPT over rho, a panel per advice."""
    rho, ratio = sweep.get("rho"), sweep.get("ratio")
    if not several(rho):
        return
    general = numpy.array([without(one, "rho") for one in sweep.labels])
    def part(key):
        return numpy.array([advice_in(one) if key == "advice" else without(one, "advice") for one in general])
    advice, family = part("advice"), part("family")
    all_advice = in_order(advice[numpy.isfinite(rho)])[:MOST_CURVES]
    figure, axes = panels(len(all_advice))
    for axis, one in zip(axes, all_advice):
        mine = numpy.isfinite(rho) & (advice == one)
        for name, curve in curves(family[mine], rho[mine], ratio[mine]).items():
            draw(axis, curve, label=name)
        x, mean, _ = curves(numpy.full(mine.sum(), one), rho[mine], ceiling(sweep)[mine])[one]
        axis.plot(x, mean, "--", color="grey", linewidth=0.9, label="bound")
        expert = ratio[mine] / sweep.get("expert_ratio")[mine]
        axis.axhline(expert.mean(), linestyle=":", color="black", linewidth=0.9, label="expert alone")
        alone = sweep.labels == one
        if alone.any():
            axis.axhline(ratio[alone].mean(), linestyle="-.", color="C3", linewidth=0.9, label="advice alone")
        # The bound rises above everything, and would flatten it.
        top = max([*ratio[mine], expert.mean(), *ratio[alone]])
        axis.set(title=one, xlabel="rho", ylabel="J / optimum", ylim=(0.99, 1 + 1.15 * (top - 1)))
        axis.title.set_fontsize(8)
    legend_above(figure, axes, 3)
    yield Figure("ratio-rho", "J / optimum over the margin rho",
                 "A panel per advice. Means over seeds, traces and periods; bands are 95 % intervals of the "
                 "mean. The bound leaves the plot where it is far above.", figure)


def advice_in(policy):
    """The parameter `advice` of a policy's text."""
    rest = policy.partition("(advice=")[2]
    depth = 0
    for at, letter in enumerate(rest):
        if depth == 0 and letter in ",)":
            return rest[:at]
        depth += {"(": 1, ")": -1}.get(letter, 0)
    return ""


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


def ratio_by_case(sweep):
    """J / OPT of each policy, a row per case."""
    found, notes = scenarios(sweep), []
    clean = sweep.few() & ~(sweep.get("forecast_level") > 0) & ~(sweep.get("observe_level") > 0)
    if found is None or not clean.any():
        return
    title, case = found
    cases, names = in_order(case[clean]), limit(in_order(sweep.labels[clean]), notes)
    rows = numpy.arange(len(cases))
    figure, axis = pyplot.subplots(figsize=(9, 1.6 + 0.42 * len(cases) + 0.1 * len(names)))
    for at, name in enumerate(names):
        mine = clean & (sweep.labels == name)
        values = [sweep.get("ratio")[mine & (case == one)].mean() if (mine & (case == one)).any() else numpy.nan
                  for one in cases]
        axis.plot(values, rows + 0.5 * (at / max(1, len(names) - 1) - 0.5), "osD^vP*X<>hd"[at], markersize=5,
                  label=name)
    axis.set_yticks(rows, [one.replace(") ", ")\n") for one in cases], fontsize=7)
    axis.invert_yaxis()
    axis.axvline(1.0, color="black", linewidth=0.8)
    axis.set_xlabel("J / optimum, which knows the case in advance")
    legend_above(figure, [axis])
    if not sweep.few().all():
        notes.append("Robust policies with the middle one of their margins.")
    yield Figure("ratio-by-case", f"J / optimum, {title} one by one", " ".join(["Without errors.", *notes]), figure)


def burden(sweep):
    """Regional loads by policy."""
    for group, unit in sweep.loads():
        loads, notes = sweep.get(f"{group}_load"), []
        if group == "performance":
            continue
        names = limit(in_order(sweep.labels[sweep.few()]), notes, 8)
        regions = list(sweep.columns["region"])
        figure, axis = pyplot.subplots(figsize=(max(8.0, 0.9 * len(regions)), 3.6 + 0.1 * len(names)))
        width = 0.8 / len(names)
        for at, name in enumerate(names):
            mean = numpy.nanmean(loads[sweep.labels == name], axis=0)
            axis.bar(numpy.arange(len(regions)) + (at - (len(names) - 1) / 2) * width, mean, width, label=name)
        axis.set_xticks(range(len(regions)), regions, rotation=30, ha="right")
        axis.set_ylabel(f"{group}, {unit}")
        legend_above(figure, [axis])
        yield Figure(f"burden-{group}", f"Who carries the {group}",
                     " ".join(["Load by region, bucket weights applied; means over all cells of a policy.", *notes]),
                     figure)


def unevenness(sweep):
    """max / mean by policy."""
    groups, notes = sweep.loads(), []
    names = limit(in_order(sweep.labels[sweep.few()]), notes, 24)
    if not groups or len(names) < 2:
        return
    figure, axis = pyplot.subplots(figsize=(8, 0.9 + 0.32 * len(names)))
    for at, (group, _) in enumerate(groups):
        mean = sweep.get(f"{group}_mean")
        par = numpy.where(mean > 0, sweep.get(f"{group}_max") / numpy.where(mean > 0, mean, 1), numpy.nan)
        values = [numpy.nanmean(par[sweep.labels == name]) if numpy.isfinite(par[sweep.labels == name]).any()
                  else numpy.nan for name in names]
        axis.barh(numpy.arange(len(names)) + (at - (len(groups) - 1) / 2) * 0.8 / len(groups), values,
                  0.8 / len(groups), label=group)
    axis.axvline(1.0, color="black", linewidth=0.8)
    axis.set_yticks(range(len(names)), names, fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel("largest / mean load (1: even)")
    legend_above(figure, [axis], 3)
    yield Figure("unevenness", "How uneven: max / mean", " ".join(["Means over all cells of a policy.", *notes]),
                 figure)


def cost_against_equity(sweep):
    """Energy cost over the worst region's load, a curve over the weights."""
    groups = [one for one in sweep.loads() if several(sweep.get(f"{one[0]}_weight")) and one[0] != "performance"]
    if not groups:
        return
    all_weights = list(zip(*(sweep.get(f"{group}_weight") for group, _ in groups)))
    figure, axes = panels(len(groups), 5.4, 4.2)
    for axis, (group, unit) in zip(axes, groups):
        for at, name in enumerate(in_order(sweep.labels[sweep.few()])[:MOST_CURVES]):
            mine = numpy.flatnonzero(sweep.labels == name)
            order = mine[numpy.argsort(sweep.get(f"{group}_max")[mine], kind="stable")]
            x, y = sweep.get(f"{group}_max")[order], sweep.get("energy_cost")[order] / 1e3
            axis.plot(x, y, marker="o", markersize=3, linewidth=0.8, label=name)
            for one, *place in zip(order, x, y) if at == 0 else ():
                axis.annotate(" / ".join(f"{weight:g}" for weight in all_weights[one]), place, fontsize=6,
                              textcoords="offset points", xytext=(4, 4))
        axis.set(xlabel=f"{group} of the worst region, {unit}", ylabel="energy cost, 1000 USD")
    legend_above(figure, axes, 3)
    yield Figure("cost-equity", "Cost against equity",
                 "A point per pair of weights, which the first policy's points name: "
                 + " / ".join(group for group, _ in groups) + ".", figure)


def slack_of_cells(sweep):
    """How much of the promise was left, over all robust cells."""
    rho, slack = sweep.get("rho"), sweep.get("relative_slack")
    mine = numpy.isfinite(slack)
    if not mine.any():
        return
    values = sorted(set(rho[mine]))
    figure, axis = pyplot.subplots(figsize=(6.4, 3.4))
    for at, value in enumerate(values):
        left = 100 * slack[mine & (rho == value)]
        axis.plot(at + numpy.linspace(-0.25, 0.25, len(left)) if len(left) > 1 else [at], left, ".", color="C0",
                  alpha=0.5)
    axis.axhline(0.0, color="black", linewidth=0.8)
    axis.set_xticks(range(len(values)), [f"{value:g}" for value in values])
    axis.set(xlabel="rho", ylabel="slack, % of the bound", xlim=(-0.6, len(values) - 0.4))
    yield Figure("slack", "Did the bound hold?",
                 f"One point per cell with a bound: {int(mine.sum())}; smallest slack {100 * slack[mine].min():.4g} % "
                 "of the bound. Below 0 the bound would be broken.", figure)


def time_series(logs):
    """Certified ratio and slack over the slots of runs."""
    certified = [log for log in logs if log["certificate_ratio"] is not None]
    slack = [log for log in logs if log["slack"] is not None]
    if certified:
        figure, axis = pyplot.subplots(figsize=(7, 3.4))
        for log in certified:
            finite = numpy.isfinite(log["certificate_ratio"])
            axis.plot(log["certificate_slot"][finite] + 1, log["certificate_ratio"][finite], marker=".",
                      label=log["policy"])
        axis.set(xlabel="slots so far", ylabel="at most times the best in hindsight")
        axis.legend(fontsize=7)
        yield Figure("certified-ratio", "Certified ratio over time",
                     "J so far over a proven lower bound on the optimum of the slots so far.", figure)
    if slack:
        figure, axis = pyplot.subplots(figsize=(7, 3.4))
        for log in slack:
            axis.plot(numpy.arange(len(log["slack"])) + 1, log["slack"], label=log["policy"])
        axis.set(xlabel="slot", ylabel="budget left, USD")
        axis.legend(fontsize=7)
        yield Figure("slack-over-time", "Budget left over time",
                     "What the guarantee leaves to spend after every slot; it never falls below 0.", figure)


OF_A_SWEEP = (ratio_against_error, ratio_against_rho, ratio_by_case, frontier, realised_error, burden, unevenness,
              cost_against_equity, slack_of_cells)


def all_figures(sweep, logs):
    figures = []
    if sweep is not None and sweep.good.any():
        for make in OF_A_SWEEP:
            figures += make(sweep)
    return figures + list(time_series(logs))


def write_figures(figures, folder):
    """Each as SVG and PDF."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in figures:
            for kind, date in (("svg", "Date"), ("pdf", "CreationDate")):
                one.figure.savefig(folder / f"{one.name}.{kind}", metadata={date: None})
    except OSError as error:
        raise InputError(f"cannot write figures to {folder}: {error.strerror}") from error
