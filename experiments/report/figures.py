"""The figures of a sweep. Each function yields those that the data allows, most often one or none."""
import numpy

from curves import (MOST_CURVES, advice_in, ceiling, curves, draw_curve, kinds_with_levels, level_name, limit,
                    scenarios, several)
from drawing import Chart, tell, tell_points
from names import names_of, without
from results import in_order
from run_figures import burden_of_entries
from runs import MOST, TOLERANCE, colors, leading

SOURCES = (("forecast", "forecasts"), ("observe", "observations"))


def ratio_against_error(sweep):
    """J / OPT over the level of injected error, a panel per kind."""
    for source, what in SOURCES:
        kinds, notes = kinds_with_levels(sweep, source), []
        if not kinds:
            continue
        level, kind, ratio = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind"), sweep.get("ratio")
        touched = sweep.labels[numpy.isfinite(level)]
        names = limit(in_order(touched), notes)
        color = dict(zip(names, colors([sweep.role(one) for one in names])))
        untouched = in_order(sweep.labels[numpy.isnan(level)]) if source == "forecast" else []
        shown = [ratio[numpy.isin(sweep.labels, names + untouched)]]
        top = max(1.001, numpy.nanmax(numpy.concatenate(shown)))

        def draw(axis, one, source=source, what=what, level=level, kind=kind, ratio=ratio, names=names, color=color,
                 untouched=untouched, top=top):
            mine = kind == one
            bounds = curves(sweep.labels[mine], level[mine], ceiling(sweep)[mine])
            for name, curve in curves(sweep.labels[mine], level[mine], ratio[mine]).items():
                if name not in names:
                    continue
                draw_curve(axis, curve, sweep.names[name], f"{one} {{:g}}", color=color[name])
                if name in bounds and source == "forecast":
                    axis.plot(*bounds[name][:2], "--", linewidth=1.0, color=color[name], label="its bound")
            for name in untouched:  # without errors: the same at every level
                value = ratio[sweep.labels == name].mean()
                axis.axhline(value, linestyle=":", color="black", linewidth=1.2, label=sweep.names[name])
                tell_points(axis, [axis.get_xlim()[1]], [value],
                            [f"{sweep.names[name]}: {value:.4f} times the optimum"])
            axis.set(title=one, xlabel=f"{level_name(one)} of the error in {what}", ylabel="J / optimum",
                     ylim=(1 - 0.05 * (top - 1), 1 + 1.08 * (top - 1)))

        dotted = " Dotted: policies that the error does not touch; dashed: bounds, which leave the plot where they " \
                 "are far above." if source == "forecast" else ""
        caption = f"Means over seeds, traces and periods; bands are 95 % intervals of the mean.{dotted}"
        yield Chart(f"ratio-{source}-error", f"J / optimum against errors of {what}",
                    " ".join([caption, *dict.fromkeys(notes)]),
                    [lambda axis, one=one, draw=draw: draw(axis, one) for one in kinds])


def realised_error(sweep):
    """What the injected level came to, against truth: panels for levels, and for slots."""
    for (source, _), prefix in zip(SOURCES, ("forecast_mape_", "observed_mape_")):
        kinds = kinds_with_levels(sweep, source)
        signals = [one for one in ("demand", "price", "carbon", "water")
                   if numpy.nansum(sweep.get(prefix + one)) > 0]
        if not kinds or not signals:
            continue
        level, kind = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind")
        units = in_order(level_name(one) for one in kinds)

        def draw(axis, unit, signal, kinds=kinds, kind=kind, level=level, prefix=prefix):
            for name, (x, mean, _) in curves(kind, level, sweep.get(prefix + signal)).items():
                if name in kinds and level_name(name) == unit:
                    axis.plot(x, 100 * mean, marker=".", label=name, color=f"C{kinds.index(name)}")
                    tell_points(axis, x, 100 * mean,
                                [f"{name} {at:g}: {100 * value:.3g} %" for at, value in zip(x, mean)])
            axis.set(title=signal, xlabel=f"{unit} asked for", ylabel="MAPE as realised, %")

        yield Chart(f"realised-{source}-error", f"Errors of {source}s as realised",
                    "Mean absolute percentage error against the metered truth, over truths that are not 0.",
                    [lambda axis, unit=unit, signal=signal, draw=draw: draw(axis, unit, signal)
                     for unit in units for signal in signals], 2.8, len(signals))


def frontier(sweep):
    """J / OPT under bad advice against J / OPT under good advice; a point per rho."""
    rho, ratio, advice = sweep.get("rho"), sweep.get("ratio"), sweep.words("advice")
    bad = numpy.array(["adversary" in one for one in advice])
    good = numpy.array(["perfect" in one or "hindsight" in one for one in advice]) & ~bad
    clean = ~(sweep.get("forecast_level") > 0)
    if not (bad.any() and (good & clean).any()) or not several(rho):
        return
    families = numpy.array([without(without(one, "advice"), "rho") for one in sweep.labels])
    names = names_of(in_order(families[bad]), experts=sweep.experts)

    def draw(axis):
        for at, name in enumerate(in_order(families[bad])):
            points = []
            for value in sorted(set(rho[(families == name) & numpy.isfinite(rho)])):
                mine = (families == name) & (rho == value)
                if (mine & good & clean).any() and (mine & bad).any():
                    points.append((value, ratio[mine & good & clean].mean(), ratio[mine & bad].mean()))
            if points:
                values, x, y = zip(*points)
                axis.plot(x, y, marker=".", label=names[name])
                tell_points(axis, x, y, [f"{names[name]}, rho {value:g}: perfect {one:.4f}, adversarial {other:.4f}"
                                         for value, one, other in points])
            for value, x, y in points if at == 0 else ():
                axis.annotate(f"{value:g}", (x, y), textcoords="offset points", xytext=(4, 4))
        axis.set(xlabel="J / optimum, perfect advice", ylabel="J / optimum, adversarial advice")

    yield Chart("frontier", "What a margin brings, and what it costs",
                "Numbers at the points are rho, along the first curve. Lower left is better. Means over traces and "
                "periods.", [draw], 3.6)


def ratio_against_rho(sweep):
    """J / OPT over rho, a panel per advice."""
    rho, ratio = sweep.get("rho"), sweep.get("ratio")
    if not several(rho):
        return
    general = numpy.array([without(one, "rho") for one in sweep.labels])
    advice = numpy.array([advice_in(one) for one in general])
    family = numpy.array([without(one, "advice") for one in general])
    all_advice = in_order(advice[numpy.isfinite(rho)])[:MOST_CURVES]
    names = names_of(in_order(family[numpy.isfinite(rho)]), experts=sweep.experts)
    titles = names_of(all_advice, experts=sweep.experts)

    def draw(axis, one):
        mine = numpy.isfinite(rho) & (advice == one)
        for at, (name, curve) in enumerate(curves(family[mine], rho[mine], ratio[mine]).items()):
            draw_curve(axis, curve, names[name], "rho {:g}", color=f"C{at}")
        for x, mean, _ in curves(numpy.full(mine.sum(), one), rho[mine], ceiling(sweep)[mine]).values():
            axis.plot(x, mean, "--", color="grey", linewidth=1.0, label="bound")
            tell_points(axis, x, mean,
                        [f"bound, rho {at:g}: {value:.4f} times the optimum" for at, value in zip(x, mean)])
        expert = numpy.nanmean(ratio[mine] / sweep.get("expert_ratio")[mine])
        alone = sweep.labels == one
        lines = [(expert, ":", "black", "expert alone")]
        lines += [(ratio[alone].mean(), "-.", "C3", "advice alone")] if alone.any() else []
        for value, style, color, name in lines:
            axis.axhline(value, linestyle=style, color=color, linewidth=1.2, label=name)
            tell_points(axis, [rho[mine].max()], [value], [f"{name}: {value:.4f} times the optimum"])
        # The bound rises above everything, and would flatten it.
        top = max([*ratio[mine], *(value for value, *_ in lines), 1.001])
        axis.set(title=titles[one], xlabel="rho", ylabel="J / optimum",
                 ylim=(1 - 0.05 * (top - 1), 1 + 1.15 * (top - 1)))

    yield Chart("ratio-rho", "J / optimum over the margin rho",
                "A panel per advice. Means over seeds, traces and periods; bands are 95 % intervals of the "
                "mean. The bound leaves the plot where it is far above.",
                [lambda axis, one=one: draw(axis, one) for one in all_advice])


def ratio_by_case(sweep):
    """J / OPT of each policy, a row per case."""
    found, notes = scenarios(sweep), []
    clean = sweep.few() & ~(sweep.get("forecast_level") > 0) & ~(sweep.get("observe_level") > 0)
    if found is None or not clean.any():
        return
    title, case = found
    cases, names = in_order(case[clean]), limit(in_order(sweep.labels[clean]), notes)
    shade = colors([sweep.role(one) for one in names])

    def draw(axis):
        rows = numpy.arange(len(cases))
        for at, name in enumerate(names):
            mine = clean & (sweep.labels == name)
            values = numpy.array([sweep.get("ratio")[mine & (case == one)].mean() if (mine & (case == one)).any()
                                  else numpy.nan for one in cases])
            places = rows + 0.5 * (at / max(1, len(names) - 1) - 0.5)
            axis.plot(values, places, linestyle="None", marker="osD^vP*X<>hd"[at], markersize=5, color=shade[at],
                      label=sweep.names[name])
            known = numpy.isfinite(values)
            tell_points(axis, values[known], places[known],
                        [f"{cases[one]}, {sweep.names[name]}: {values[one]:.4f} times the optimum"
                         for one in numpy.flatnonzero(known)])
        axis.set_yticks(rows, [wrapped(one) for one in cases])
        axis.invert_yaxis()
        axis.axvline(1.0, color="black", linewidth=0.8)
        axis.set_xlabel("J / optimum of the case")

    if not sweep.few().all():
        notes.append("Robust policies with the middle one of their margins.")
    yield Chart("ratio-by-case", f"J / optimum, {title} one by one", " ".join(["Without errors.", *notes]), [draw],
                1.2 + 0.5 * len(cases) + 0.05 * len(names))


def wrapped(text, width=22):
    """In lines that leave room for the plot; the first three."""
    lines = [""]
    for word in text.replace(",", ", ").split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:3])


def burden(sweep, entries):
    """Regional loads of the policies that matter."""
    yield from burden_of_entries(leading(entries, MOST))


def unevenness(sweep, entries):
    """max / mean of the policies that matter."""
    groups, names = sweep.loads(), [one.spec for one in leading(entries, MOST)]
    if not groups or len(names) < 2:
        return

    def draw(axis):
        for at, (group, _) in enumerate(groups):
            mean = sweep.get(f"{group}_mean")
            par = numpy.where(mean > 0, sweep.get(f"{group}_max") / numpy.where(mean > 0, mean, 1), numpy.nan)
            values = [numpy.nanmean(par[sweep.labels == name]) if numpy.isfinite(par[sweep.labels == name]).any()
                      else numpy.nan for name in names]
            drawn = axis.barh(numpy.arange(len(names)) + (at - (len(groups) - 1) / 2) * 0.8 / len(groups), values,
                              0.8 / len(groups), label=group)
            for bar, name, value in zip(drawn, names, values):
                tell(axis, bar, f"{sweep.names[name]}, {group}: the largest is {value:.3f} times the mean")
        axis.axvline(1.0, color="black", linewidth=0.8)
        axis.set_yticks(range(len(names)), [wrapped(sweep.names[name]) for name in names])
        axis.invert_yaxis()
        axis.set_xlabel("largest / mean load (1: even)")

    yield Chart("unevenness", "How uneven: max / mean", "Means over all cells of a policy.", [draw],
                0.8 + 0.5 * len(names))


def cost_against_equity(sweep):
    """Energy cost over the worst region's load, a curve over the weights."""
    groups = [one for one in sweep.loads() if several(sweep.get(f"{one[0]}_weight")) and one[0] != "performance"]
    if not groups:
        return
    all_weights = list(zip(*(sweep.get(f"{group}_weight") for group, _ in groups)))
    names = in_order(sweep.labels[sweep.few()])[:MOST_CURVES]

    def draw(axis, group, unit):
        for at, name in enumerate(names):
            mine = numpy.flatnonzero(sweep.labels == name)
            order = mine[numpy.argsort(sweep.get(f"{group}_max")[mine], kind="stable")]
            x, y = sweep.get(f"{group}_max")[order], sweep.get("energy_cost")[order] / 1e3
            axis.plot(x, y, marker="o", markersize=3, linewidth=0.8, label=sweep.names[name])
            weights = [" / ".join(f"{weight:g}" for weight in all_weights[one]) for one in order]
            tell_points(axis, x, y, [f"{sweep.names[name]}, weights {one}: {px:.4g} {unit}, {py:,.1f} thousand USD"
                                     for one, px, py in zip(weights, x, y)])
            for one, *place in zip(weights, x, y) if at == 0 else ():
                axis.annotate(one, place, textcoords="offset points", xytext=(4, 4))
        axis.set(xlabel=f"{group} of the worst region, {unit}", ylabel="energy cost, 1000 USD")

    yield Chart("cost-equity", "Cost against equity",
                "A point per pair of weights, which the first policy's points name: "
                + " / ".join(group for group, _ in groups) + ".",
                [lambda axis, group=group, unit=unit: draw(axis, group, unit) for group, unit in groups], 3.6)


def slack_of_cells(sweep):
    """How much of the promise was left, over all robust cells."""
    rho, slack = sweep.get("rho"), sweep.get("relative_slack")
    mine = numpy.isfinite(slack)
    if not mine.any():
        return
    values = sorted(set(rho[mine]))

    def draw(axis):
        for at, value in enumerate(values):
            cells = numpy.flatnonzero(mine & (rho == value))
            left = 100 * slack[cells]
            x = at + numpy.linspace(-0.25, 0.25, len(left)) if len(left) > 1 else numpy.array([float(at)])
            axis.plot(x, left, ".", color="C0", alpha=0.5)
            tell_points(axis, x, left, [f"{sweep.names[sweep.labels[one]]}: {rounded(value):.4g} % of the bound left"
                                        for one, value in zip(cells, left)])
        axis.axhline(0.0, color="black", linewidth=0.8)
        axis.set_xticks(range(len(values)), [f"{value:g}" for value in values])
        axis.set(xlabel="rho", ylabel="slack, % of the bound", xlim=(-0.6, len(values) - 0.4))

    least = rounded(100 * slack[mine].min())
    yield Chart("slack", "What was left of the bound",
                f"One point per cell with a bound: {int(mine.sum())}; smallest slack {least:.4g} % of the bound. "
                "Below 0 the bound would be broken.", [draw])


def rounded(value):
    """0 for what is rounding alone."""
    return 0.0 if abs(value) <= 100 * TOLERANCE else value


OF_RATIOS = (ratio_against_error, ratio_against_rho, ratio_by_case, frontier)  # which need the optimum
OF_ITS_POLICIES = (burden, unevenness)
AFTER_THE_BURDEN = (cost_against_equity, slack_of_cells)


def sweep_charts(sweep, entries):
    charts = []
    if sweep is not None and sweep.good.any():
        for make in (*(OF_RATIOS if numpy.isfinite(sweep.get("ratio")).any() else ()), realised_error):
            charts += make(sweep)
        for make in OF_ITS_POLICIES:
            charts += make(sweep, entries)
        for make in AFTER_THE_BURDEN:
            charts += make(sweep)
    return charts
