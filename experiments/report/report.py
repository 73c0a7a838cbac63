#!/usr/bin/python3
"""The page of `evenkeel report`: figures and a table of a sweep's results, and of run logs, in one HTML file.

Usage: report.py [--figures DIR] [--quiet] --out PAGE.html FILE.h5...

One FILE is what `evenkeel sweep` wrote, the others are logs of `evenkeel run --out` (any number, may be none; logs
alone do as well). Figures are drawn where the data for them is there; which ones, and from which cells, the page says.
With --figures each is also written to DIR as SVG and PDF. Needs python3-h5py and python3-matplotlib.
"""
import argparse
import base64
import contextlib
import fcntl
import glob
import html
import io
import os
import pathlib
import re
import signal
import sys

sys.dont_write_bytecode = True  # the modules lie beside the program
try:
    import numpy
    from figures import all_figures, write_figures
    from results import InputError, in_order, read
except ImportError as error:
    sys.exit(f"evenkeel: error: {error}; the report needs the Debian packages python3-h5py and python3-matplotlib "
             "(scripts/setup)")

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2em auto; padding: 0 1em; color: #222; }
figure { margin: 1.5em 0; } figure img { max-width: 100%; } figcaption { color: #555; font-size: 90%; }
table { border-collapse: collapse; font-size: 12px; } th, td { padding: 3px 8px; border-bottom: 1px solid #ddd;
text-align: right; white-space: nowrap; } td.text, th.text { text-align: left; }
td.long { min-width: 24em; white-space: normal; }
td code { font-size: 11px; word-break: break-all; } pre { background: #f5f5f5; padding: 1em; overflow-x: auto; }
.scroll { overflow-x: auto; max-height: 34em; overflow-y: auto; }
thead th { position: sticky; top: 0; background: #fff; }
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


def by_policy(sweep):
    """Mean and worst of each policy over its cells."""
    lines = ["<div class=scroll><table><thead><tr><th class=text>policy</th><th>cells</th><th>J / opt, mean</th>"
             "<th>worst</th><th>J / expert, worst</th></tr></thead><tbody>"]
    for name in in_order(sweep.labels):
        mine = sweep.labels == name
        ratio, expert = sweep.get("ratio")[mine], sweep.get("expert_ratio")[mine]
        values = [ratio.mean(), ratio.max(), expert.max()]
        lines.append(f"<tr><td class='text long'>{html.escape(name)}</td><td>{int(mine.sum())}</td>"
                     + "".join(f"<td>{cell_text(value, '{:.4f}')}</td>" for value in values) + "</tr>")
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
        parts += [summary(sweep), "<h2>By policy</h2>", by_policy(sweep)]
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


def sweep_leftovers(path):
    """What killed writers left beside the page; who still writes holds a lock, as evenkeel's own files do."""
    for left in pathlib.Path(path).parent.glob(glob.escape(pathlib.Path(path).name) + ".tmp-*"):
        if not re.fullmatch(r"\d+", left.name.rpartition("-")[2]) or not left.is_file() or left.is_symlink():
            continue
        with contextlib.suppress(OSError), open(left, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def write(path, content):
    """All of it or nothing."""
    path = os.path.realpath(path)
    sweep_leftovers(path)
    temporary = f"{path}.tmp-{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8", errors="replace") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
    finally:  # also when a signal ends it
        pathlib.Path(temporary).unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="PAGE.html")
    parser.add_argument("--figures", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("files", nargs="+", metavar="FILE.h5")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    sweep, logs = read(arguments.files)
    try:
        figures = all_figures(sweep, logs)
        content = page(sweep, logs, figures)
    except Exception as error:  # values that no run has
        raise InputError(f"cannot draw {', '.join(arguments.files)}: {error}") from error
    if arguments.figures:
        write_figures(figures, arguments.figures)
    write(arguments.out, content)
    if not arguments.quiet:
        print(f"{arguments.out}: " + (f"{sweep.count} cells, " if sweep else "") + f"{len(figures)} figures")


def fail(error):
    sys.stderr.write(f"evenkeel: error: {error}\n")
    sys.stderr.flush()
    os._exit(2)  # whatever is left in standard output cannot be written either


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except InputError as error:
        fail(error)
    except OSError as error:
        fail(f"standard output: cannot write: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(130)
