"""Charts: panels that are drawn alone for the page, where they stand beside or below each other and tell values on
hover, and all in one picture for files."""
import collections
import html
import io
import re
import xml.etree.ElementTree as xml

import matplotlib
matplotlib.use("svg")
from matplotlib import pyplot
import numpy

from results import InputError

# panels: functions that draw onto an axis; height: inches of one; columns: of the picture for files.
Chart = collections.namedtuple("Chart", "name title caption panels height columns", defaults=(3.2, 3))
WIDTH = 4.4  # inches of a panel: at the 350 pixels that a phone leaves, letters of 10 points are 11 pixels high
HOVER = 70  # points squared around a point in which it tells its value

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
xml.register_namespace("", SVG)
xml.register_namespace("xlink", XLINK)

pyplot.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "evenkeel", "font.size": 10, "axes.titlesize": 10.5,
                        "axes.grid": True, "grid.alpha": 0.3, "figure.constrained_layout.use": True,
                        "axes.spines.top": False, "axes.spines.right": False, "legend.fontsize": 10,
                        "text.parse_math": False, "axes.axisbelow": True})


def tell(axis, artist, text):
    """An artist, such as a bar, that says a text on hover."""
    tips_of(axis).append((artist, text))


def tell_points(axis, x, y, texts):
    """Points that say a text each on hover."""
    tips_of(axis).append(((list(x), list(y)), list(texts)))


def tips_of(axis):
    if not hasattr(axis, "evenkeel_tips"):
        axis.evenkeel_tips = []
    return axis.evenkeel_tips


def bare(tag):
    return tag.rpartition("}")[2]


def panel_svg(draw, height, label, prefix):
    """A panel as an SVG element, and its legend's entries as {name: handle}."""
    figure, axis = pyplot.subplots(figsize=(WIDTH, height))
    draw(axis)
    legend = dict(zip(*reversed(axis.get_legend_handles_labels())))
    texts = mark_tips(axis)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    pyplot.close(figure)
    root = xml.fromstring(buffer.getvalue())
    put_titles(root, texts)
    make_inline(root, label, prefix)
    return re.sub(r"font: ([^;\"]*?)'DejaVu Sans'[^;\"]*", r"font: \1'DejaVu Sans', Verdana, sans-serif",
                  xml.tostring(root, encoding="unicode")), legend


def mark_tips(axis):
    """Gives what tells something an id; {id: text or texts}."""
    limits = axis.get_xlim(), axis.get_ylim()
    texts = {}
    for at, (artist, text) in enumerate(tips_of(axis)):
        if isinstance(artist, tuple):
            x, y = (numpy.asarray(convert(one), dtype=float) for convert, one in
                    zip((axis.convert_xunits, axis.convert_yunits), artist))
            shown = inside(x, *limits[0]) & inside(y, *limits[1])
            text = [one for one, here in zip(text, shown) if here]
            if not text:
                continue
            artist = axis.scatter(x[shown], y[shown], s=HOVER, color="black", zorder=9)
        artist.set_gid(f"tip{at}")
        texts[f"tip{at}"] = text
    axis.set(xlim=limits[0], ylim=limits[1])
    return texts


def inside(values, first, last):
    return numpy.isfinite(values) & (values >= min(first, last)) & (values <= max(first, last))


def put_titles(root, texts):
    for group in root.iter():
        text = texts.get(group.get("id"))
        if text is None:
            continue
        if isinstance(text, str):
            marks, words = [group], [text]
        else:
            marks = [one for part in group if bare(part.tag) != "defs" for one in part.iter()
                     if bare(one.tag) in ("use", "path")]
            words = text
        if len(marks) != len(words):
            raise InputError(f"{len(words)} values are to be told by {len(marks)} marks")
        for mark, word in zip(marks, words):
            title = xml.Element(f"{{{SVG}}}title")
            title.text = word
            mark.insert(0, title)
            mark.set("class", "tip" if isinstance(text, str) else "tip dot")


def make_inline(root, label, prefix):
    """Ready to stand in a page with others: ids of its own, no style of its own, the page's width."""
    for parent in list(root.iter()):
        for child in list(parent):
            if bare(child.tag) in ("metadata", "style"):
                parent.remove(child)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', xml.tostring(root, encoding="unicode")))
    for one in root.iter():
        if one.get("id") is not None:
            if one.get("id") in used:
                one.set("id", f"{prefix}-{one.get('id')}")
            else:
                del one.attrib["id"]
        for name, value in list(one.attrib.items()):
            if name.endswith("href") and value.startswith("#"):
                one.set(name, f"#{prefix}-{value[1:]}")
            elif "url(#" in value:
                one.set(name, value.replace("url(#", f"url(#{prefix}-"))
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", label)


def swatch(handle):
    """A legend's sign: a box for bars, else a line as it is drawn, with its marker."""
    patch = handle[0] if isinstance(handle, tuple) and len(handle) else handle
    start = '<svg class=sign viewBox="0 0 26 12">'
    if not hasattr(patch, "get_marker"):
        return f'{start}<rect width="26" height="12" fill="{hexed(patch.get_facecolor())}"/></svg>'
    dash = {"--": "5 3", ":": "2 3", "-.": "6 3 2 3"}.get(patch.get_linestyle(), "")
    color = hexed(patch.get_color())
    line = "" if patch.get_linestyle() in ("None", "") else \
        f'<line x1="0" x2="26" y1="6" y2="6" stroke="{color}" stroke-width="2"' + (
            f' stroke-dasharray="{dash}"/>' if dash else "/>")
    dot = f'<circle cx="13" cy="6" r="3.5" fill="{color}"/>' if patch.get_marker() not in ("None", "", None) else ""
    return f"{start}{line}{dot}</svg>"


def hexed(color):
    return matplotlib.colors.to_hex(color)


def chart_html(chart, specs):
    """A chart as a figure of the page. `specs` are {policy's name: its text}, said on hover over the legend."""
    drawn = [panel_svg(draw, chart.height, chart.title, f"{chart.name}-{at}") for at, draw in enumerate(chart.panels)]
    legend = {name: handle for _, entries in drawn for name, handle in entries.items()}
    parts = [f"<figure id={chart.name}><h3>{html.escape(chart.title)}</h3>"]
    if legend:
        parts.append("<ul class=legend>")
        for name, handle in legend.items():
            title = f' title="{html.escape(specs[name])}"' if name in specs else ""
            parts.append(f"<li{title}>{swatch(handle)}{html.escape(name)}</li>")
        parts.append("</ul>")
    wide = " class=panels" if len(drawn) > 1 else ""
    parts.append(f"<div{wide}>" + "".join(f"<div class=panel>{svg}</div>" for svg, _ in drawn) + "</div>")
    parts.append(f"<figcaption>{html.escape(chart.caption)}</figcaption></figure>" if chart.caption else "</figure>")
    return "".join(parts)


def picture(chart):
    """All panels in one, with one legend above."""
    columns = min(chart.columns, len(chart.panels))
    rows = -(-len(chart.panels) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(WIDTH * columns, chart.height * rows), squeeze=False)
    for axis, draw in zip(axes.flat, chart.panels):
        draw(axis)
    for axis in axes.flat[len(chart.panels):]:
        axis.set_visible(False)
    entries = {name: line for axis in axes.flat for line, name in zip(*axis.get_legend_handles_labels())}
    if entries:
        figure.legend(entries.values(), entries.keys(), loc="lower center", bbox_to_anchor=(0.5, 1.0),
                      ncol=min(columns + 1, 3), fontsize=8, frameon=False)
    return figure


def write_pictures(charts, folder):
    """Each as SVG and PDF."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in charts:
            figure = picture(one)
            for kind, date in (("svg", "Date"), ("pdf", "CreationDate")):
                figure.savefig(folder / f"{one.name}.{kind}", metadata={date: None}, bbox_inches="tight")
            pyplot.close(figure)
    except OSError as error:
        raise InputError(f"cannot write figures to {folder}: {error.strerror}") from error
