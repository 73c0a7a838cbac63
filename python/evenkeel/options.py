"""Keyword arguments as options of the program, by one rule.

    name_of_option=value        --name-of-option=value
    from_="2023-01-31"          --from=2023-01-31: one `_` at the end is for Python's own words
    json=True                   --json, a switch
    quiet=False, out=None       left out
    event=["..", ".."]          the option several times
    weight={"carbon": 1000}     --weight=carbon=1000, for every key
    bucket_weight={"carbon": "w.csv"}   --bucket-weight=carbon:w.csv
    times                       UTC, without an offset

Names and values are judged by the program, which says what it allows.
"""
import datetime
import os
from typing import Any, List, Mapping

Option = Any  # str, a number, a path, a time, a bool, None, or a list or mapping of them
Words = List[str]

_WITH_COLON = {"bucket_weight"}


def arguments(options: Mapping[str, Option]) -> Words:
    words: Words = []
    for name, value in options.items():
        flag = "--" + (name[:-1] if name.endswith("_") else name).replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(flag)
        elif isinstance(value, Mapping):
            sign = ":" if name in _WITH_COLON else "="
            words += [f"{flag}={key}{sign}{text(one)}" for key, one in value.items()]
        elif isinstance(value, (list, tuple)):
            words += [f"{flag}={text(one)}" for one in value]
        else:
            words.append(f"{flag}={text(value)}")
    return words


def text(value: Option) -> str:
    """A value as it is typed."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if isinstance(value, float):
        return repr(float(value))  # numpy's floats are floats
    return str(value)
