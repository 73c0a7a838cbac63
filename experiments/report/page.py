"""The page: the answer first, then runs side by side, a sweep's figures, and the rest folded. One file that needs
nothing from elsewhere; the same input gives the same bytes."""
import html
import pathlib

from answer import answers
from drawing import chart_html
from figures import sweep_charts
from run_figures import run_charts
from runs import entries_of_runs, entries_of_sweep, leading, runs_of
from tables import cell_table, folded, load_tables, policy_table, run_table

NOTE = ("<p class=note>J is what policies are judged by, in USD: energy cost plus the groups' weights times the norms "
        "of their loads, by default the worst region's carbon and water. Changes are of the J that is shifted so that "
        "no cost is negative. A name's spec is shown on hover and in the tables.</p>")
HERE = pathlib.Path(__file__).parent


class Report:
    """What a page is made of."""

    def __init__(self, sweep, logs):
        self.sweep, self.runs = sweep, runs_of(logs)
        of_runs = entries_of_runs(self.runs)
        self.entries = entries_of_sweep(sweep) if sweep is not None else of_runs
        self.answers = answers(sweep, self.runs, self.entries or of_runs)
        names = [one.name for one in leading(of_runs)]
        self.leaders = [run for run in self.runs if run.name in names]
        self.sweep_charts = sweep_charts(sweep, self.entries)
        self.run_charts = run_charts(self.leaders)
        self.specs = {run.name: run.spec for run in self.runs}
        if sweep is not None:
            self.specs.update({name: label for label, name in sweep.names.items()})

    @property
    def charts(self):
        return self.sweep_charts + self.run_charts

    @property
    def title(self):
        if self.sweep is not None:
            return self.sweep.attributes.get("title") or "Sweep"
        what = f"{len(self.runs)} runs" if len(self.runs) > 1 else f"A run: {self.runs[0].name}"
        if len({run.period for run in self.runs}) > 1:
            return f"{what} over several periods"
        log = self.runs[0].log
        days = [str(one)[:10] for one in log["time"][[0, -1]].astype("datetime64[s]")]
        return f"{what} over {pathlib.Path(log['trace']).name}, {' to '.join(dict.fromkeys(days))}"


def answer_html(report):
    lines = ["<section class=answer>"]
    for one in report.answers:
        mark = " class=bad" if one.bad else ""
        lines.append(f"<p{mark}><b>{html.escape(one.question)}</b> {html.escape(one.text)}</p>")
    return "".join(lines) + NOTE + "</section>"


def grid(charts, specs):
    """Charts of one panel stand beside each other, those of several have the width to themselves."""
    parts, open_grid = [], False
    for chart in charts:
        if (len(chart.panels) == 1) != open_grid:
            parts.append("</div>" if open_grid else "<div class=panels>")
            open_grid = not open_grid
        parts.append(chart_html(chart, specs))
    return "".join(parts) + ("</div>" if open_grid else "")


def runs_html(report):
    if not report.runs:
        return ""
    names = [run.name for run in report.leaders]
    hidden = len(report.runs) - len(names)
    note = f"<p>Figures show the {len(names)} runs that matter most; {hidden} more are folded.</p>" if hidden else ""
    first = "Runs" if len(report.runs) > 1 else "The run"
    parts = [f"<h2>{first}{' side by side' if len(report.runs) > 1 else ''}</h2>", note, run_table(report.runs, names),
             grid(report.run_charts, report.specs), folded("The numbers behind the bars", load_tables(report.runs))]
    logs = "".join(f"<li><b>{html.escape(run.name)}</b>: <code>{html.escape(run.log['path'])}</code>, made by "
                   f"<code>{html.escape(run.log['command'])}</code></li>" for run in report.runs)
    return "".join(parts) + folded("Where the runs come from", f"<ul>{logs}</ul>")


def sweep_html(report):
    sweep = report.sweep
    if sweep is None:
        return ""
    command, generator = (html.escape(sweep.attributes.get(name, "")) for name in ("command", "generator"))
    made = (f"<p class=made>{sweep.count} cells, {len(sweep.failed)} failed. Made by <code>{command}</code>, "
            f"{generator}.</p>")
    parts = ["<h2>By policy</h2>", policy_table(sweep, report.entries) if report.entries else "", made,
             grid(report.sweep_charts, report.specs)]
    if sweep.failed:
        parts.append(folded(f"The {len(sweep.failed)} cells that failed, and all others", cell_table(sweep)).replace(
            "<details>", "<details open>", 1))
    else:
        parts.append(folded(f"All {sweep.count} cells, each with the command that repeats it", cell_table(sweep)))
    parts.append(folded("Configuration", f"<pre>{html.escape(sweep.attributes.get('config', ''))}</pre>"))
    return "".join(parts)


def page(report):
    title = html.escape(report.title)
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8>"
            f"<meta name=viewport content=\"width=device-width, initial-scale=1\"><title>{title}</title>"
            f"<style>{style}</style></head><body><h1>{title}</h1>{answer_html(report)}{sweep_html(report)}"
            f"{runs_html(report)}<script>{script}</script></body></html>\n")
