#!/usr/bin/python3
"""The page of `evenkeel report`: figures and a table of a sweep's results, and of run logs, in one HTML file.

Usage: report.py [--figures DIR] [--quiet] --out PAGE.html FILE.h5...

One FILE is what `evenkeel sweep` wrote, the others are logs of `evenkeel run --out` (any number, may be none; logs
alone do as well). Figures are drawn where the data for them is there; which ones, and from which cells, the page says.
With --figures each is also written to DIR as SVG and PDF. Needs python3-h5py and python3-matplotlib.
"""
import argparse
import base64
import collections
import html
import io
import os
import pathlib
import re
import sys

try:
    import h5py
    import numpy
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
except ImportError as error:
    sys.exit(f"evenkeel: error: {error}; the report needs the Debian packages python3-h5py and python3-matplotlib "
             "(scripts/setup)")

Figure = collections.namedtuple("Figure", "name title caption figure")
MOST_CURVES = 12  # more in one plot cannot be told apart
SIGNIFICANT = 1.96  # half width of a 95 % interval, standard errors

pyplot.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "evenkeel", "font.size": 9, "axes.grid": True,
                        "grid.alpha": 0.3, "figure.constrained_layout.use": True})


class InputError(Exception):
    """Bad input: the message names the file and what is wrong."""


# ---- reading -------------------------------------------------------------------------------------------------------

def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Sweep:
    """Columns of the cells that have numbers, as numpy arrays by name."""

    def __init__(self, path, file):
        self.path = path
        self.attributes = {name: text(value[0] if isinstance(value, numpy.ndarray) else value)
                           for name, value in file.attrs.items() if not name.startswith("_")}
        self.columns = {}
        for name, data in file.items():
            values = data[()]
            self.columns[name] = numpy.array([text(one) for one in values]) if values.dtype == object else values
        self.count = len(self.columns["cell"])
        self.failed = [at for at in range(self.count) if self.columns["failure"][at]]
        self.good = numpy.array([not failure for failure in self.columns["failure"]])

    def get(self, name):
        """The column's values in cells with numbers; empty text or NaN where the sweep has no such column."""
        if name not in self.columns:
            return numpy.full(int(self.good.sum()), numpy.nan)
        return self.columns[name][self.good]

    def words(self, name):
        return self.get(name) if name in self.columns else numpy.full(int(self.good.sum()), "")


def open_hdf5(path):
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}") from error


def read(paths):
    sweep, logs = None, []
    for path in paths:
        with open_hdf5(path) as file:
            schema = text(file.attrs.get("schema", ""))
            if schema == "evenkeel-sweep":
                if sweep is not None:
                    raise InputError(f"{path}: a second sweep; allowed is one, with any number of run logs")
                sweep = Sweep(path, file)
            elif schema == "evenkeel-run":
                logs.append(read_log(path, file))
            else:
                raise InputError(f"{path}: schema is \"{schema}\"; allowed are evenkeel-sweep and evenkeel-run")
    return sweep, logs


def read_log(path, file):
    log = {"path": path, "policy": text(file.attrs["policy"]), "time": file["time"][()],
           "objective": file["objective"][()], "shift": file["shift"][()]}
    for name in ("slack", "certificate_slot", "certificate_ratio"):
        log[name] = file[name][()] if name in file else None
    return log


# ---- labels and groups ---------------------------------------------------------------------------------------------

def label(policy):
    """A policy without what a curve runs over: kind, level and seed of injected errors."""
    short = re.sub(r"(?<=[(,])(kind|level|seed)=[^,()]*,?", "", policy).replace(",)", ")").replace("()", "")
    return re.sub(r"noisy\(of=([^()]*)\)", r"\1", short)


def in_order(values):
    return list(dict.fromkeys(values))


def curves(keys, x, y):
    """{key: (sorted x, mean of y, half width of its 95 % interval, number)} over all cells with the key and x."""
    found = {}
    for key in in_order(keys):
        mine = (keys == key) & numpy.isfinite(x) & numpy.isfinite(y)
        points = sorted(set(x[mine]))
        samples = [y[mine & (x == point)] for point in points]
        width = [SIGNIFICANT * one.std(ddof=1) / len(one) ** 0.5 if len(one) > 1 else 0.0 for one in samples]
        if points:
            found[key] = (numpy.array(points), numpy.array([one.mean() for one in samples]), numpy.array(width),
                          [len(one) for one in samples])
    return found


def limit(found, notes):
    if len(found) > MOST_CURVES:
        notes.append(f"The first {MOST_CURVES} of {len(found)} curves are shown; the file has all.")
    return dict(list(found.items())[:MOST_CURVES])


# ---- figures -------------------------------------------------------------------------------------------------------

def ratio_against_error(sweep):
    """J / OPT over the level of injected error, a panel per kind."""
    sources = (("forecast", "forecasts"), ("observe", "observations"))
    for source, what in sources:
        level, kind = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind")
        if len(set(level[numpy.isfinite(level)])) < 2:
            continue
        kinds = [one for one in in_order(kind) if one and len(set(level[(kind == one) & numpy.isfinite(level)])) > 1]
        if not kinds:
            continue
        labels = numpy.array([label(policy) for policy in sweep.words("policy")])
        ratio, notes = sweep.get("ratio"), []
        columns = min(3, len(kinds))
        rows = -(-len(kinds) // columns)
        figure, axes = pyplot.subplots(rows, columns, figsize=(4.6 * columns, 3.4 * rows), squeeze=False, sharey=True)
        for at, axis in enumerate(axes.flat):
            axis.set_visible(at < len(kinds))
        for axis, one in zip(axes.flat, kinds):
            touched = kind == one
            for name, (x, mean, width, _) in limit(curves(labels[touched], level[touched], ratio[touched]),
                                                   notes).items():
                line, = axis.plot(x, mean, marker=".", label=name)
                axis.fill_between(x, mean - width, mean + width, color=line.get_color(), alpha=0.15, linewidth=0)
            for name in in_order(labels[level != level]):  # without errors: the same at every level
                axis.axhline(ratio[(labels == name)].mean(), linestyle=":", color="black", linewidth=0.9, label=name)
            axis.set(title=one, xlabel=f"level of the error in {what}", ylabel="J / optimum")
        axes[0][0].legend(fontsize=6.5)
        caption = ("Means over seeds, traces and periods; bands are 95 % intervals of the mean. Dotted: policies that "
                   "the error does not touch. " + " ".join(dict.fromkeys(notes)))
        yield Figure(f"ratio-{source}-error", f"J / optimum against errors of {what}", caption, figure)


def realised_error(sweep):
    """What the injected level came to, against truth."""
    for source, prefix in (("forecast", "forecast_mape_"), ("observe", "observed_mape_")):
        level, kind = sweep.get(f"{source}_level"), sweep.words(f"{source}_kind")
        if len(set(level[numpy.isfinite(level)])) < 2:
            continue
        signals = [one for one in ("demand", "price", "carbon", "water")
                   if numpy.isfinite(sweep.get(prefix + one)).any()]
        if not signals:
            continue
        figure, axes = pyplot.subplots(1, len(signals), figsize=(3.2 * len(signals), 3.0), squeeze=False)
        for axis, signal in zip(axes.flat, signals):
            for name, (x, mean, _, _) in curves(kind, level, sweep.get(prefix + signal)).items():
                if name:
                    axis.plot(x, 100 * mean, marker=".", label=name)
            axis.set(title=signal, xlabel="level asked for", ylabel="MAPE as realised, %")
        axes[0][0].legend(fontsize=7)
        yield Figure(f"realised-{source}-error", f"Errors of {source}s as realised",
                     "Mean absolute percentage error against the metered truth, over truths that are not 0.", figure)


def frontier(sweep):
    """J / OPT under bad advice against J / OPT under good advice; a point per rho."""
    rho, ratio, advice = sweep.get("rho"), sweep.get("ratio"), sweep.words("advice")
    bad = numpy.array(["adversary" in one for one in advice])
    good = numpy.array(["perfect" in one or "hindsight" in one for one in advice]) & ~bad
    clean = ~(sweep.get("forecast_level") > 0)
    if not (bad.any() and (good & clean).any()) or len(set(rho[numpy.isfinite(rho)])) < 2:
        return
    def family(at):
        return re.sub(r"advice=.*?,(?=[a-z]+=)|advice=[a-z-]+(\([^()]*\))?,?|rho=[^,()]*,?", "",
                      sweep.words("policy")[at]).replace(",)", ")")
    families = numpy.array([family(at) for at in range(len(rho))])
    figure, axis = pyplot.subplots(figsize=(6.4, 4.6))
    for name in in_order(families[bad]):
        points = []
        for value in sorted(set(rho[(families == name) & numpy.isfinite(rho)])):
            mine = (families == name) & (rho == value)
            if (mine & good & clean).any() and (mine & bad).any():
                points.append((value, ratio[mine & good & clean].mean(), ratio[mine & bad].mean()))
        if points:
            axis.plot([one[1] for one in points], [one[2] for one in points], marker=".", label=name)
            for value, x, y in points:
                axis.annotate(f"{value:g}", (x, y), fontsize=6, textcoords="offset points", xytext=(3, 3))
    axis.set(xlabel="J / optimum with perfect advice", ylabel="J / optimum with adversarial advice")
    axis.legend(fontsize=7)
    yield Figure("frontier", "What a margin brings, and what it costs",
                 "Numbers at the points are rho. Lower left is better. Means over traces and periods.", figure)


def burden(sweep):
    """Regional loads by policy."""
    for group, unit in (("carbon", "t"), ("water", "m3")):
        if f"{group}_load" not in sweep.columns:
            continue
        loads = sweep.get(f"{group}_load")
        labels = numpy.array([label(policy) for policy in sweep.words("policy")])
        names, notes = in_order(labels), []
        names = list(limit(dict.fromkeys(names), notes))[:6]
        if len(in_order(labels)) > len(names):
            notes = [f"The first {len(names)} of {len(in_order(labels))} policies are shown; the file has all."]
        regions = [text(one) for one in sweep.columns["region"]]
        mean = [numpy.nanmean(loads[labels == name], axis=0) for name in names]
        figure, axis = pyplot.subplots(figsize=(max(7.0, 0.9 * len(regions)), 3.6))
        width = 0.8 / len(names)
        for at, (name, values) in enumerate(zip(names, mean)):
            axis.bar(numpy.arange(len(regions)) + (at - (len(names) - 1) / 2) * width, values, width, label=name)
        axis.set_xticks(range(len(regions)), regions, rotation=30, ha="right")
        axis.set_ylabel(f"{group}, {unit}")
        axis.legend(fontsize=6.5, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2, frameon=False)
        yield Figure(f"burden-{group}", f"Who carries the {group}",
                     "Load by region, bucket weights applied; means over all cells of a policy. " + " ".join(notes),
                     figure)


def unevenness(sweep):
    """max / mean by policy."""
    groups = [one for one in ("carbon", "water", "performance") if f"{one}_max" in sweep.columns]
    labels = numpy.array([label(policy) for policy in sweep.words("policy")])
    names = in_order(labels)[:24]
    if not groups or len(names) < 2:
        return
    figure, axis = pyplot.subplots(figsize=(7, 0.9 + 0.32 * len(names)))
    for at, group in enumerate(groups):
        mean = sweep.get(f"{group}_mean")
        par = numpy.where(mean > 0, sweep.get(f"{group}_max") / numpy.where(mean > 0, mean, 1), numpy.nan)
        values = [numpy.nanmean(par[labels == name]) if numpy.isfinite(par[labels == name]).any() else numpy.nan
                  for name in names]
        axis.barh(numpy.arange(len(names)) + (at - (len(groups) - 1) / 2) * 0.8 / len(groups), values,
                  0.8 / len(groups), label=group)
    axis.axvline(1.0, color="black", linewidth=0.8)
    axis.set_yticks(range(len(names)), names, fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel("largest over mean load of a bucket (1: even)")
    axis.legend(fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=3, frameon=False)
    yield Figure("unevenness", "How uneven: max / mean", "Means over all cells of a policy.", figure)


def cost_against_equity(sweep):
    """Energy cost over the worst region's load, a curve over the weights."""
    groups = [one for one in ("carbon", "water")
              if len(set(sweep.get(f"{one}_weight")[numpy.isfinite(sweep.get(f"{one}_weight"))])) > 1]
    if not groups:
        return
    labels = numpy.array([label(policy) for policy in sweep.words("policy")])
    figure, axes = pyplot.subplots(1, len(groups), figsize=(5.4 * len(groups), 3.8), squeeze=False)
    for axis, group in zip(axes.flat, groups):
        for name in in_order(labels)[:MOST_CURVES]:
            mine = labels == name
            order = numpy.argsort(sweep.get(f"{group}_max")[mine])
            axis.plot(sweep.get(f"{group}_max")[mine][order], sweep.get("energy_cost")[mine][order] / 1e3, marker="o",
                      markersize=3, linewidth=0.8, label=name)
        axis.set(xlabel=f"{group} of the worst region", ylabel="energy cost, 1000 USD")
    axes[0][0].legend(fontsize=7)
    yield Figure("cost-equity", "Cost against equity", "A point per pair of weights.", figure)


def slack_of_cells(sweep):
    """How much of the promise was left, over all robust cells."""
    rho, slack = sweep.get("rho"), sweep.get("relative_slack")
    mine = numpy.isfinite(slack)
    if not mine.any():
        return
    figure, axis = pyplot.subplots(figsize=(6.4, 3.4))
    axis.plot(rho[mine], 100 * slack[mine], ".", alpha=0.5)
    axis.axhline(0.0, color="black", linewidth=0.8)
    axis.set(xlabel="rho", ylabel="slack, % of the bound")
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


# ---- page ----------------------------------------------------------------------------------------------------------

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2em auto; padding: 0 1em; color: #222; }
figure { margin: 1.5em 0; } figure img { max-width: 100%; } figcaption { color: #555; font-size: 90%; }
table { border-collapse: collapse; font-size: 12px; } th, td { padding: 3px 8px; border-bottom: 1px solid #ddd;
text-align: right; white-space: nowrap; } td.text, th.text { text-align: left; }
td.long { min-width: 24em; white-space: normal; } td code { font-size: 11px; word-break: break-all; } pre { background: #f5f5f5; padding: 1em; overflow-x: auto; }
.scroll { overflow-x: auto; max-height: 34em; overflow-y: auto; } thead th { position: sticky; top: 0; background: #fff; }
.bad { color: #b00020; }
"""
TABLE = [("policy", "policy", None), ("first_slot", "from", None), ("forecast_kind", "forecast error", None),
         ("forecast_level", "level", "{:g}"), ("observe_kind", "observation error", None),
         ("observe_level", "level", "{:g}"), ("events", "events", None), ("carbon_weight", "carbon weight", "{:g}"),
         ("water_weight", "water weight", "{:g}"), ("objective", "J, USD", "{:.2f}"), ("ratio", "J / opt", "{:.5f}"),
         ("expert_ratio", "J / expert", "{:.5f}"), ("relative_slack", "slack / bound", "{:.5f}"),
         ("carbon_max", "carbon max, t", "{:.2f}"), ("water_max", "water max, m3", "{:.1f}"),
         ("command", "command", None)]
LONG = ("policy", "events", "command")


def cell_text(value, pattern):
    if pattern is None:
        return html.escape(str(value))
    return "" if numpy.isnan(value) else pattern.format(value)


def table_of(sweep):
    """All cells; columns that are the same empty thing everywhere are left out."""
    shown = [(name, head, pattern) for name, head, pattern in TABLE if name in sweep.columns and (
        any(sweep.columns[name]) if pattern is None else numpy.isfinite(sweep.columns[name]).any())]
    lines = ["<div class=scroll><table><thead><tr><th>cell</th>"]
    lines += [f"<th{' class=text' if pattern is None else ''}>{head}</th>" for _, head, pattern in shown]
    lines.append("</tr></thead><tbody>")
    for at in range(sweep.count):
        lines.append(f"<tr><td>{at}</td>")
        if sweep.columns["failure"][at]:
            lines.append(f"<td class='text bad' colspan={len(shown)}>failed: "
                         f"{html.escape(sweep.columns['failure'][at])}<br><code>"
                         f"{html.escape(sweep.columns['command'][at])}</code></td>")
        else:
            for name, _, pattern in shown:
                value = cell_text(sweep.columns[name][at], pattern)
                kind = " class='text long'" if name in LONG else " class=text" if pattern is None else ""
                lines.append(f"<td{kind}>{'<code>' + value + '</code>' if name == 'command' else value}</td>")
        lines.append("</tr>")
    return "".join(lines) + "</tbody></table></div>"


def svg_of(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def summary(sweep):
    broken = int((sweep.get("relative_slack") < -1e-9).sum())
    robust = int(numpy.isfinite(sweep.get("relative_slack")).sum())
    state = f"{sweep.count} cells, {len(sweep.failed)} failed"
    if robust:
        state += f"; {robust} with a bound, broken in {broken}"
    mark = " class=bad" if sweep.failed or broken else ""
    return (f"<p{mark}>{state}.</p><p>Made by <code>{html.escape(sweep.attributes.get('command', ''))}</code>, "
            f"{html.escape(sweep.attributes.get('generator', ''))}.</p>")


def page(sweep, logs, figures):
    title = sweep.attributes.get("title") or "Sweep" if sweep else "Runs"
    parts = ["<!DOCTYPE html><html lang=en><head><meta charset=utf-8>",
             f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><h1>{html.escape(title)}</h1>"]
    if sweep:
        parts.append(summary(sweep))
    for one in figures:
        data = base64.b64encode(svg_of(one.figure)).decode()
        parts.append(f"<h2>{html.escape(one.title)}</h2><figure id={one.name}><img alt=\"{html.escape(one.title)}\" "
                     f"src=\"data:image/svg+xml;base64,{data}\"><figcaption>{html.escape(one.caption)}</figcaption>"
                     "</figure>")
    if sweep:
        parts.append("<h2>All cells</h2><p>The last column repeats a row on its own.</p>" + table_of(sweep))
        parts.append(f"<h2>Configuration</h2><pre>{html.escape(sweep.attributes.get('config', ''))}</pre>")
    for log in logs:
        parts.append(f"<p>Run log: <code>{html.escape(log['path'])}</code>, {html.escape(log['policy'])}</p>")
    return "".join(parts) + "</body></html>\n"


def write(path, content):
    """All of it or nothing."""
    temporary = f"{path}.tmp-{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="PAGE.html")
    parser.add_argument("--figures", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("files", nargs="+", metavar="FILE.h5")
    arguments = parser.parse_args()
    sweep, logs = read(arguments.files)
    figures = []
    if sweep is not None and sweep.good.any():
        for make in (ratio_against_error, realised_error, frontier, burden, unevenness, cost_against_equity,
                     slack_of_cells):
            figures += make(sweep)
    figures += time_series(logs)
    if arguments.figures:
        arguments.figures.mkdir(parents=True, exist_ok=True)
        for one in figures:
            for kind in ("svg", "pdf"):
                one.figure.savefig(arguments.figures / f"{one.name}.{kind}",
                                   metadata={"Date": None} if kind == "svg" else {"CreationDate": None})
    write(arguments.out, page(sweep, logs, figures))
    if not arguments.quiet:
        print(f"{arguments.out}: " + (f"{sweep.count} cells, " if sweep else "") + f"{len(figures)} figures")


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(f"evenkeel: error: {error}")
