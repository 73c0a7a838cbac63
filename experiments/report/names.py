"""Policies' specs as people call them: expert, ML-only, robust, optimum; told apart by what they differ in."""
import collections
import re

Spec = collections.namedtuple("Spec", "name parameters")  # parameters: {name: Spec}

EXPERT = "norm-greedy(q=8)"  # robust's own, where its spec names none (experiments/catalog/advice.cc)
LEARNED = ("plan", "learned-price", "process")  # what follows forecasts, a network or a program of one's own
TESTS = ("adversary", "random", "mix", "nan", "faulty", "late")  # made to try guarantees out
ROLES = {"offline": "optimum", "robust": "robust", **dict.fromkeys(LEARNED, "ml"), **dict.fromkeys(TESTS, "test")}
ALONE = {"optimum": "optimum", "expert": "expert", "ml": "ML-only", "robust": "robust"}
SILENT = ("of", "advice", "forecast", "expert")  # the policy or predictor in them says enough
PLAIN = {"forecast": "seasonal-naive"}  # what `plan` predicts with where its spec names nothing


def parse(text):
    """A policy's text as a Spec. What is no spec, such as one with placeholders in it, becomes names as they are."""
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|[(),=]|[^(),="]+', text)
    spec, _ = _spec(tokens, 0)
    return spec


def _spec(tokens, at):
    name, parameters = "", {}
    while at < len(tokens) and tokens[at] not in "(),=":
        name, at = name + tokens[at].strip('"'), at + 1
    if at < len(tokens) and tokens[at] == "(":
        at += 1
        while at < len(tokens) and tokens[at] != ")":
            key, at = tokens[at], at + 1
            if at < len(tokens) and tokens[at] == "=":
                parameters[key], at = _spec(tokens, at + 1)
            if at < len(tokens) and tokens[at] == ",":
                at += 1
        at += 1
    return Spec(name, parameters), at


def role(text, experts=(EXPERT,)):
    """optimum, expert, ml, robust, test (advice made to try guarantees out), or other: what knows no forecast."""
    if text in experts or (text == "norm-greedy" and EXPERT in experts):
        return "expert"
    return ROLES.get(parse(text).name, "other")


def experts_of(texts):
    """Texts of the experts that robust policies among these are bound to; the usual one where there are none."""
    robust = [text for text in texts if parse(text).name == "robust"]
    return tuple(dict.fromkeys(inner(text, "expert") or EXPERT for text in robust)) or (EXPERT,)


def inner(policy, parameter):
    """The text of a parameter of a policy's own."""
    depth, start, quoted = 0, None, False
    for at, letter in enumerate(policy):
        quoted ^= letter == '"' and policy[at - 1:at] != "\\"
        if quoted:
            continue
        if depth == 1 and letter in ",)" and start is not None:
            return policy[start:at]
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 1 and letter in "(," and policy.startswith(parameter + "=", at + 1):
            start = at + len(parameter) + 2
    return ""


def without(policy, parameter):
    """A policy's text without a parameter of its own; one that other policies have as well is left."""
    value = inner(policy, parameter)
    if not value:
        return policy
    short = re.sub(r"(?<=[(,])" + re.escape(f"{parameter}={value}") + ",?", "", policy, count=1)
    return short.replace(",)", ")").replace("()", "")


def short(value):
    """A file without folder and ending, a number or a word as it is."""
    return re.sub(r"\.(pt|csv|h5)$", "", value.rpartition("/")[2])


def program_of(spec):
    """(mine.py, -v) of "python3 folder/mine.py -v": the file that an own program is in, and what it is given."""
    words = spec.parameters["command"].name.split() if "command" in spec.parameters else []
    words = words or [spec.name]
    at = next((at for at, word in enumerate(words) if re.search(r"\w\.\w+'?$", word)), 0)
    return words[at].strip("'").rpartition("/")[2], " ".join(words[at + 1:])


def features(spec, path=""):
    """What a spec says, as {what: words for people}. An error that was put in is one feature; a wrapper that puts it in
    is none."""
    if spec.name == "noisy":
        error = spec.parameters
        words = [error[key].name for key in ("kind", "level") if key in error]
        words += [f"{key} {error[key].name}" for key in ("from", "to") if key in error]
        found = {"error": " ".join(words)} if words else {}
        found.update({key: f"{key} {error[key].name}" for key in ("seed",) if key in error})
        return {**features(error["of"] if "of" in error else Spec(PLAIN["forecast"], {}), path), **found}
    what = path.rstrip(".")
    own = spec.name == "process"
    found = {what: short(spec.name)} if what else {}
    if own:
        found[what or "program"], found[f"{path}arguments"] = program_of(spec)
    for key, value in spec.parameters.items():
        if own and key == "command":
            continue
        if key in SILENT:
            found.update(features(value, key + "."))
        elif value.parameters:
            found[f"{path}{key}"] = f"{key} {short(value.name)}"
        else:
            found[f"{path}{key}"] = short(value.name) if key == "file" else f"{key} {short(value.name)}"
    return found


def base_names(texts, experts):
    """{text: expert, ML-only, robust, mine.py, ..}; robust ones around advice of several kinds say which."""
    bases = {}
    around = {text: parse(inner(text, "advice")).name for text in texts if role(text, experts) == "robust"}
    several = len({"ML" if name in LEARNED else name for name in around.values()}) > 1
    for text in texts:
        kind = role(text, experts)
        spec = parse(text)
        bases[text] = program_of(spec)[0] if spec.name == "process" else ALONE.get(kind) or spec.name or text
        if several and around.get(text, LEARNED[0]) not in LEARNED:
            bases[text] += f" around {around[text]}"
    return bases


def full_features(text, facts):
    """Those of the text, and facts that a file knows though the text does not say them, such as rho."""
    spec = parse(text)
    found = dict(facts)
    if spec.name == "robust":
        advice = inner(text, "advice")
        found.update(full_features(advice, {}) if advice else {})
        found.update({key: value for key, value in features(Spec(spec.name, {
            key: value for key, value in spec.parameters.items() if key != "advice"})).items() if key != "robust"})
        return found
    found.update(features(spec))
    if spec.name == "plan":
        found.setdefault("forecast", PLAIN["forecast"])
    return found


ORDER = ("rho", "mode", "forecast", "of", "error", "file")  # what people ask for first


def names_of(texts, facts=None, experts=None):
    """{text: name}, a name each: as short as tells it from all others. `facts` are {text: {what: words}} beside what
    the texts say."""
    texts = list(dict.fromkeys(texts))
    experts = experts_of(texts) if experts is None else experts
    groups = collections.defaultdict(list)
    for text, base in base_names(texts, experts).items():
        groups[base].append(text)
    names = {}
    for base, members in groups.items():
        known = {text: full_features(text, (facts or {}).get(text, {})) for text in members}
        keys = list(dict.fromkeys(key for text in members for key in known[text]))
        telling = [key for key in keys if len({known[text].get(key) for text in members}) > 1]
        telling.sort(key=lambda key: (*ORDER, key.rpartition(".")[2]).index(key.rpartition(".")[2]))
        for text in members:
            names[text] = _name(base, known[text], telling)
    return _apart(names)


def _name(base, known, telling):
    return ", ".join([base, *(known[key] for key in telling if known.get(key))])


def _apart(names):
    """Numbers behind names that are the same after all."""
    taken = collections.Counter()
    apart = {}
    for text, name in names.items():
        taken[name] += 1
        apart[text] = name if taken[name] == 1 else f"{name} ({taken[name]})"
    return apart
