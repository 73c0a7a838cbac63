"""The answer in three sentences: did the bound hold, what did ML bring, who carries the burden."""
import collections

import numpy

from results import in_order
from runs import TOLERANCE, leading, score

Answer = collections.namedtuple("Answer", "question text bad")


def number(value, digits=4):
    """Four digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def percent(value):
    """A share or a change as people say it."""
    value = abs(100 * value)
    return "0 %" if value < 5e-4 else f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"


def count_of(count, what):
    return f"{count} {what}{'' if count == 1 else 's'}"


def listed(words):
    words = list(words)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def answers(sweep, runs, entries):
    return [bound_answer(sweep, runs), ml_answer(entries), burden_answer(entries)]


def bound_answer(sweep, runs):
    question = "Did the bound hold?"
    parts = [part for part in (bound_of_sweep(sweep), bound_of_runs(runs)) if part is not None]
    if not parts:
        parts = [("Nothing here has a bound, as no policy is robust.", False)]
    failed = len(sweep.failed) if sweep is not None else 0
    if failed:
        parts.append((f"{count_of(failed, 'cell')} of {sweep.count} failed and {'has' if failed == 1 else 'have'} no "
                      "numbers.", True))
    return Answer(question, " ".join(text for text, _ in parts), any(bad for _, bad in parts))


def bound_of_sweep(sweep):
    if sweep is None:
        return None
    slack = sweep.get("relative_slack")
    mine = numpy.isfinite(slack) | numpy.isfinite(sweep.get("bound"))  # a slack that is no number is a broken bound
    if not mine.any():
        return None
    broken = mine & ~(slack >= -TOLERANCE)
    rho = in_order(f"{one:g}" for one in sorted(set(sweep.get("rho")[mine])))
    promise = f"(1 + {rho[0]}) times the expert's" if len(rho) == 1 else \
        f"(1 + rho) times the expert's (rho from {rho[0]} to {rho[-1]})"
    meters = " and the part for wrong meters" if (sweep.get("observation_cost")[mine] > 0).any() else ""
    if broken.any():
        worst = numpy.flatnonzero(broken)[numpy.argmin(numpy.nan_to_num(slack[broken], nan=-numpy.inf))]
        return (f"No: in {broken.sum()} of {count_of(mine.sum(), 'robust cell')} J ended above its bound, {promise}"
                f"{meters}; worst is {sweep.names[sweep.labels[worst]]}, {percent(slack[worst])} above it. This is a "
                "bug in evenkeel: please report it.", True)
    least = numpy.flatnonzero(mine)[numpy.argmin(slack[mine])]
    cells = ("all " if mine.sum() > 1 else "") + count_of(mine.sum(), "robust cell")
    return (f"Yes, in {cells}: J is at most {promise}{meters}, and the smallest slack was "
            f"{percent(max(slack[least], 0))} of the bound ({sweep.names[sweep.labels[least]]}).", False)


def promise_of(run):
    told = run.log["guarantee"]
    rho = float(told.get("rho", "nan"))
    more = any(float(told.get(name, 0)) for name in ("bonus", "spend")) or told.get("trust", "fixed") != "fixed"
    return f"(1 + {rho:g}) times the expert's" + (" as its options widen or narrow it" if more else "")


def bound_of_runs(runs):
    robust = [run for run in runs if run.log["slack"] is not None]
    if not robust:
        return None
    promises = in_order(promise_of(run) for run in robust)
    promise = promises[0] if len(promises) == 1 else "(1 + rho) times the expert's, each with its rho,"
    broken = [run for run in robust if run.broken_by() and not run.log["seen"]]
    if broken:
        worst = max(broken, key=lambda run: run.broken_by())
        return (f"No: {listed(run.name for run in broken)} went beyond the bound, {promise}, by up to "
                f"{number(worst.broken_by())} USD. This is a bug in evenkeel: please report it.", True)
    least = min(robust, key=lambda run: run.log["slack"].min())
    left = least.log["slack"].min()
    slots = max(len(run.log["time"]) for run in robust)
    text = (f"Yes, in {'all ' if len(robust) > 1 else ''}{count_of(len(robust), 'robust run')}: after every one of "
            f"{number(slots)} slots J was at most {promise}, and the smallest slack was "
            f"{number(max(left, 0.0))} USD ({least.name}).")
    wrong = [run for run in robust if run.broken_by()]
    if wrong:
        text = (f"As far as logs tell: {listed(run.name for run in wrong)} saw other values than the meters', which "
                f"brought the budget {number(max(run.broken_by() for run in wrong))} USD below zero, as theorem 5 "
                "allows; `evenkeel run` (of a live period `serve replay`) states the bound that follows.")
    return text, False


def change(value):
    return "leaves J as it is" if abs(value) < 5e-6 else f"{'lowers' if value < 0 else 'raises'} J by {percent(value)}"


def spread_of(entries, values_of, change=change):
    """`lowers J by 2 %`; of two cells or policies the best and the worst, of more the mean as well."""
    values = numpy.concatenate([values_of(one) for one in entries])
    known = values[numpy.isfinite(values)]
    if len(known) == 1 or numpy.ptp(known) < 5e-6:
        return change(known[0])
    worst_name = max(entries, key=lambda one: numpy.nanmax(numpy.append(values_of(one), -numpy.inf))).name
    if len(known) == 2:
        return f"{change(known.min())} at best and {change(known.max())} at worst" + (
            f" ({worst_name})" if len(entries) > 1 else "")
    best, worst = (f"{'-' if value < 0 else '+'}{percent(value)}" for value in (known.min(), known.max()))
    which = f" with {worst_name}" if len(entries) > 1 else ""
    return f"{change(known.mean())} on average (best {best}, worst {worst}{which})"


def above(value):
    if abs(value) < 5e-6:
        return "at the optimum"
    return f"{percent(value)} {'above' if value > 0 else 'below'} the optimum"


def ml_answer(entries):
    question = "What did ML bring?"
    def known(kind, values_of, ml=True):
        mine = [one for one in entries if one.role == kind and ml in (None, one.ml)]
        return [one for one in mine if numpy.isfinite(values_of(one)).any()]
    def expert(one):
        return one.against_expert
    def optimum(one):
        return one.against_optimum
    following = [one for one in entries if one.ml]
    tail = ""
    for one in [one for one in entries if one.role == "expert" and numpy.isfinite(one.against_optimum).any()][:1]:
        tail = f" The expert itself ends {spread_of([one], optimum, above)}."
    if not following:
        robust = known("robust", expert, None)
        if robust:
            return Answer(question, "Nothing here follows forecasts. Around other advice, robust "
                          f"{spread_of(robust, expert)}, against the expert.{tail}", False)
        return Answer(question, "Nothing here follows forecasts, so there is no ML to judge." + tail, False)
    for values_of, against, say in ((expert, "Against the expert, ", change), (optimum, "", above)):
        parts = []
        for kind, name in (("ml", "ML-only"), ("robust", "robust")):
            mine = known(kind, values_of)
            if mine:
                name = mine[0].name if kind == "ml" and len(mine) == 1 else name  # that of a program of one's own
                mine_text = spread_of(mine, values_of, say)
                parts.append(f"{name} {'ends ' if say is above else ''}{mine_text}")
        if parts:
            long = any("," in one or " and " in one for one in parts)
            text = f"{against}{'; '.join(parts) if long else listed(parts)}."
            return Answer(question, text[0].upper() + text[1:] + (tail if values_of is expert else ""), False)
    who = f"{listed(one.name for one in leading(following, 4))} {'follows' if len(following) == 1 else 'follow'}"
    return Answer(question, f"{who} forecasts, but neither the expert's run nor the optimum's over the same period is "
                  "here to compare with.", False)


def carriers(entries):
    """Of whom the page says who carries the burden: the expert, and the best ones of ML-only and robust."""
    chosen = []
    for kind in ("expert", "ml", "robust"):
        mine = [one for one in entries if one.role == kind and one.loads]
        mine.sort(key=lambda one: (not one.ml, score(one)))
        chosen += mine[:1]
    if not chosen:
        chosen = [one for one in sorted(entries, key=score) if one.loads and one.role != "optimum"][:2]
    return chosen or [one for one in entries if one.loads][:1]


def burden_answer(entries):
    question = "Who carries the burden?"
    chosen = carriers(entries)
    parts = []
    for group in in_order(group for one in chosen for group in one.loads):
        words = [words for words in (carrier(one, group) for one in chosen) if words]
        if words:
            parts.append(f"the most {group} falls {listed(words)}")
    text = "; ".join(parts)
    return Answer(question, text[0].upper() + text[1:] + "." if text else "No loads by region are here.", False)


def carrier(entry, group):
    """`on Texas under the expert (120 t, ..)`; empty where there are no such loads."""
    unit, regions, load = entry.loads.get(group, ("", [], numpy.array([])))
    known = numpy.isfinite(load)
    if not known.any() or not load[known].sum() > 0:
        return ""
    at = int(numpy.argmax(numpy.where(known, load, -numpy.inf)))
    name = f"the {entry.name}" if entry.name in ("expert", "optimum") else entry.name
    share = load[at] / load[known].sum()
    return (f"on {regions[at]} under {name} ({number(load[at])} {unit}, {percent(share)} of all, "
            f"{load[at] / load[known].mean():.2f} times the mean)")
