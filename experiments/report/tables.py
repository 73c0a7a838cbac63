"""The page's tables. A cell is (HTML, value to sort by); the script of the page makes heads sort (page.js)."""
import html
import re

import numpy

from answer import number
from results import VERDICTS, in_order
from runs import leading

CELLS = [("first_slot", "from", None), ("forecast_kind", "forecast error", None),
         ("forecast_level", "level", "{:g}"), ("observe_kind", "observation error", None),
         ("observe_level", "level", "{:g}"), ("events", "events", None), ("carbon_weight", "carbon weight", "{:g}"),
         ("water_weight", "water weight", "{:g}"), ("objective", "J, USD", "{:,.2f}"),
         ("ratio", "J / optimum", "{:.5f}"),
         ("expert_ratio", "J / expert", "{:.5f}"), ("relative_slack", "slack / bound", "{:.5f}"),
         ("carbon_max", "carbon of the worst region, t", "{:,.2f}"),
         ("water_max", "water of the worst region, m3", "{:,.1f}")]
NOTHING = ("", "")


def value(one, pattern="{:,.0f}"):
    """A number, without the minus of one that rounds to zero."""
    return (re.sub(r"^-(?=[0.]+$)", "", pattern.format(one)), repr(float(one))) if numpy.isfinite(one) else NOTHING


def amount(one):
    """A load or a cost, with four digits."""
    return (number(one), repr(float(one))) if numpy.isfinite(one) else NOTHING


def words(text):
    return html.escape(str(text)), html.escape(str(text))


def code(text):
    return f"<code>{html.escape(str(text))}</code>", html.escape(str(text))


def policy(name, spec):
    return f'<span title="{html.escape(spec)}">{html.escape(name)}</span>', html.escape(name)


def table(columns, rows, kind=""):
    """columns: [(head, is text)]; rows: [cells]; a row that is one string spans the table. Columns that are empty
    everywhere are left out."""
    kept = [at for at in range(len(columns)) if any(not isinstance(row, str) and row[at][0] for row in rows)]
    def marks(at):
        return " class=text" if columns[at][1] else ""
    lines = [f'<div class="scroll {kind}" tabindex=0><table><thead><tr>']
    lines += [f"<th scope=col{marks(at)}>{html.escape(columns[at][0])}</th>" for at in kept]
    lines.append("</tr></thead><tbody>")
    for row in rows:
        if isinstance(row, str):
            lines.append(f"<tr><td class='text bad' colspan={max(1, len(kept))}>{row}</td></tr>")
            continue
        cells = (f'<td{marks(at)} data-v="{row[at][1]}">{row[at][0]}</td>' for at in kept)
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "".join(lines) + "</tbody></table></div>"


def folded(summary, content):
    return f"<details><summary>{html.escape(summary)}</summary>{content}</details>"


def with_rest(columns, rows, leaders, what):
    """The rows that matter, and the others folded."""
    first = [row for name, row in rows if name in leaders]
    rest = [row for name, row in rows if name not in leaders]
    return table(columns, first) + (folded(f"The other {len(rest)} {what}", table(columns, rest)) if rest else "")


def groups_of(runs):
    """Names and units of the groups that are by region."""
    return in_order((name, one["unit"]) for run in runs for name, one in run.log["groups"].items() if one["by_region"])


def run_table(runs, leaders):
    groups = groups_of(runs)
    columns = [("policy", True), ("J, USD", False), ("against the expert, %", False), ("against the optimum, %", False),
               ("energy cost, USD", False)]
    for name, unit in groups:
        columns += [(f"worst region's {name}, {unit}", False), ("which", True), ("max / mean", False)]
    columns += [("smallest slack, USD", False), (" / ".join(VERDICTS) + ", slots", False), ("spec", True)]
    rows = []
    for run in runs:
        log = run.log
        row = [policy(run.name, run.spec), value(log["objective"][-1]), value(100 * run.against(run.expert), "{:+.2f}"),
               value(100 * run.against(run.optimum), "{:+.2f}"), value(log["energy_cost"])]
        for name, _ in groups:
            if name not in log["groups"]:
                row += [NOTHING] * 3
                continue
            load = log["groups"][name]["load"][-1]
            at = int(load.argmax())
            row += [amount(load[at]), words(log["regions"][at]),
                    value(load[at] / load.mean() if load.sum() > 0 else numpy.nan, "{:.3f}")]
        row.append(value(log["slack"].min(), "{:,.2f}") if log["slack"] is not None else NOTHING)
        verdicts = [log["verdicts"].get(one, 0) for one in VERDICTS] if log["verdicts"] else []
        row.append((" / ".join(f"{one:,}" for one in verdicts), str(verdicts[0])) if verdicts else NOTHING)
        rows.append((run.name, [*row, code(run.spec)]))
    return with_rest(columns, rows, leaders, "runs")


def load_tables(runs):
    """The numbers behind the bars: a row per region, a column per run."""
    parts = []
    for regions in in_order(tuple(run.log["regions"]) for run in runs):
        mine = [run for run in runs if tuple(run.log["regions"]) == regions]
        for name, unit in [*groups_of(mine), ("energy cost", "USD"), ("workload", "units")]:
            columns = [("region", True)] + [(run.name, False) for run in mine]
            last = [loads_at_end(run, name) for run in mine]
            rows = [[words(region), *(amount(load[at]) for load in last)] for at, region in enumerate(regions)]
            parts.append(f"<h3>{html.escape(name.capitalize())}, {html.escape(unit)}</h3>" + table(columns, rows))
    return "".join(parts)


def loads_at_end(run, name):
    own = {"energy cost": run.log["region_cost"], "workload": run.log["region_workload"]}
    if name in own:
        return own[name][-1]
    if name not in run.log["groups"]:
        return numpy.full(len(run.log["regions"]), numpy.nan)
    return run.log["groups"][name]["load"][-1]


def policy_table(sweep, entries):
    """Mean and worst of each policy over its cells; those that matter first, the others folded."""
    columns = [("policy", True), ("cells", False), ("J / optimum, mean", False), ("worst", False),
               ("against the expert, mean %", False), ("worst %", False)]
    groups = [one for one in sweep.loads() if one[0] != "performance"]
    columns += [(f"worst region's {group}, mean {unit}", False) for group, unit in groups] + [("spec", True)]
    rows = []
    for one in entries:
        mine = sweep.labels == one.spec
        row = [policy(one.name, one.spec), value(one.count)]
        row += summary(1 + one.against_optimum, "{:.4f}") + summary(100 * one.against_expert, "{:+.2f}")
        row += [value(numpy.mean(sweep.get(f"{group}_max")[mine]), "{:,.1f}") for group, _ in groups]
        rows.append((one.name, [*row, code(one.spec)]))
    return with_rest(columns, rows, [one.name for one in leading(entries)], "policies")


def summary(values, pattern):
    known = values[numpy.isfinite(values)]
    return [value(known.mean(), pattern), value(known.max(), pattern)] if len(known) else [NOTHING] * 2


def cell_table(sweep):
    """All cells, each with the command that repeats it."""
    columns = [("cell", False), ("policy", True)]
    shown = [one for one in CELLS if one[0] in sweep.columns]
    columns += [(head, pattern is None) for _, head, pattern in shown] + [("command", True)]
    rows, good = [], 0
    for at in range(sweep.count):
        command = sweep.columns["command"][at]
        if sweep.columns["failure"][at]:
            failure = html.escape(sweep.columns["failure"][at])
            rows.append(f"cell {at} failed: {failure}<br><code>{html.escape(command)}</code>")
            continue
        row = [value(at, "{:.0f}"), policy(sweep.names[sweep.labels[good]], sweep.columns["policy"][at])]
        for name, _, pattern in shown:
            one = sweep.columns[name][at]
            row.append(words(one) if pattern is None else value(one, pattern))
        rows.append([*row, code(command)])
        good += 1
    return table(columns, rows, "tall")
