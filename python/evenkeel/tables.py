"""The program's JSON as pandas' tables, each with `attrs["units"]`: unit by column."""
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Sequence, Union

if TYPE_CHECKING:
    import pandas as pd

Document = Dict[str, Any]
Units = Dict[str, str]

# Units of what isn't in the document's own `units`.
_UNITS = {
    "ratio": "1", "certified_ratio": "1", "own_objective": "USD", "shift": "USD", "lower_bound": "USD", "gap": "1",
    "seconds": "s", "unconverged_slots": "slots", "program_failures": "1", "bound": "USD", "rho": "1",
    "expert_objective": "USD", "min_slack": "USD", "delta": "1", "observation_error": "USD",
    "taken": "slots", "pulled": "slots", "expert": "slots", "rejected": "slots", "unconverged": "slots",
    "below_floor": "slots", "floor_error": "USD",
    "overshoot_share": "1", "overshoot_worst_region": "1", "overshoot_slots": "slots",
    "overshoot_central_slots": "slots",
    "energy_sum": "USD", "energy_mean": "USD", "energy_max": "USD", "energy_par": "1",
}
_SPREAD = ("sum", "mean", "max", "par", "gini", "jain")
_WITHOUT_UNIT = ("par", "gini", "jain")


def number(value: Any) -> Any:
    """JSON has no infinity: it is the text "inf"."""
    return float(value) if value in ("inf", "-inf", "nan") else value


def with_units(table: "pd.DataFrame") -> "pd.DataFrame":
    """A copy whose columns are named with their units, such as "carbon_max [t]"."""
    units = table.attrs.get("units", {})
    return table.rename(columns={name: f"{name} [{unit}]" for name, unit in units.items() if unit not in ("", "1")})


def labelled(rows: Sequence[Mapping[str, Any]], index: Union[str, List[str]], units: Units) -> "pd.DataFrame":
    """Rows as a table with the units of its columns."""
    import pandas as pd

    table = pd.DataFrame(list(rows)).set_index(index)
    table.attrs["units"] = {name: units[name] for name in table.columns if name in units}
    return table


def row(outcome: Document) -> Document:
    """The figures of a run, of a policy in a comparison, or of the optimum, without anything nested."""
    flat: Document = {}
    for name, value in outcome.items():
        if name == "groups":
            for group, spread in value.items():
                flat.update({f"{group}_{one}": number(spread[one]) for one in _SPREAD})
        elif name == "energy":
            flat.update({f"energy_{one}": number(figure) for one, figure in value.items()})
        elif name == "guarantee" and value:
            flat.update({key: number(one) for key, one in value.items() if key not in ("verdicts", "first_failure")})
            flat.update(value["verdicts"])
            failure = value["first_failure"]
            flat["first_failure"] = None if failure is None else str(failure)
        elif name == "overshoot" and value:
            flat.update({f"overshoot_{key}": number(one) for key, one in value.items()})
        elif not isinstance(value, (dict, list)) and name not in (
            "guarantee", "virtual_loads", "overshoot", "certificate"
        ):
            flat[name] = number(value)
    return {name: value for name, value in flat.items() if value is not None}


def row_units(document: Document) -> Units:
    """Units of the columns that `row` makes."""
    given = document["units"]
    costs = ("objective", "energy_cost", "shed", "shed_cost")
    units = {**_UNITS, **{name: given[name] for name in costs if name in given}}
    for group in _groups(document):
        units.update({f"{group}_{one}": "1" if one in _WITHOUT_UNIT else given[group] for one in _SPREAD})
    return units


def places(rows: Sequence[Document], names: Union[str, List[str]], document: Document) -> "pd.DataFrame":
    """`regions` or `gateways` of the document as a table."""
    numbers = [{key: number(value) for key, value in one.items()} for one in rows]
    return labelled(numbers, names, document["units"])


def _groups(document: Document) -> List[str]:
    criteria = document.get("criteria") or document["objective"]
    return list(criteria["weights"])
