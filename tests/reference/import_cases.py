#!/usr/bin/python3
"""The right values of the cases in ../shared/data/cases, by numpy alone, as tests/integration/cli_import_cases_test.cc
has them: total and three slots of the signal that each case is about.

Usage: tests/reference/import_cases.py CASES
"""
import csv
import datetime
import json
import pathlib
import sys

import numpy as np

HOURS = 72


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def show(name, values):
    values = np.asarray(values, dtype=float)
    print(f"{name}: sum {values.sum():.17g}, [0] {values[0]:.17g}, [5] {values[5]:.17g}, [-1] {values[-1]:.17g}")


def requests_mwh(seconds, context, generated):
    """Hours from the first on, the last one left out, repeated over 72 hours."""
    wh = 10 + 0.01 * np.asarray(context, dtype=float) + 0.5 * np.asarray(generated, dtype=float)
    hour = np.asarray(seconds, dtype=float) // 3600
    bins = np.bincount(hour.astype(int), weights=wh)[:-1] / 1e6
    return np.resize(bins, HOURS)


def wet_bulb_water(celsius, humidity):
    """Stull 2011, then the tower of six cycles."""
    t, rh = np.asarray(celsius, float), np.asarray(humidity, float)
    wet = (t * np.arctan(0.151977 * np.sqrt(rh + 8.313659)) + np.arctan(t + rh) - np.arctan(rh - 1.676331)
           + 0.00391838 * rh ** 1.5 * np.arctan(0.023101 * rh) - 4.686035)
    f = wet * 9 / 5 + 32
    return np.maximum(0.05, 6 / 5 * (6e-5 * f ** 3 - 0.01 * f ** 2 + 0.61 * f - 10.4))


def quarter_hours(path):
    """Half-hour means of a price that is hourly first: every quarter has its hour's price."""
    table = rows(path)
    start = datetime.datetime.fromisoformat(table[0]["Datetime (UTC)"])
    minute = [int((datetime.datetime.fromisoformat(r["Datetime (UTC)"]) - start).total_seconds() // 60) for r in table]
    price = np.array([float(r["Price (USD/MWh)"]) for r in table])
    quarters = np.full(4 * 24 * 4, np.nan)
    for k, begin in enumerate(minute):
        quarters[begin // 15:begin // 15 + (4 if begin < minute[-1] and minute[k + 1] - begin == 60 else 1)] = price[k]
    return quarters.reshape(-1, 2).mean(axis=1)


def weather_hours(folder):
    """Water by hour in UTC from 2023-12-30 on; the hour that both files have is the same in both."""
    water = {}
    for year in (2023, 2024):
        document = json.loads((folder / f"weather-{year}.json").read_text(encoding="utf-8"))
        values = wet_bulb_water(document["hourly"]["temperature_2m"], document["hourly"]["relative_humidity_2m"])
        for text, value in zip(document["hourly"]["time"], values):
            time = datetime.datetime.fromisoformat(text) - datetime.timedelta(seconds=document["utc_offset_seconds"])
            assert water.get(time, value) == value
            water[time] = value
    start = datetime.datetime(2023, 12, 30)
    return np.array([water[start + datetime.timedelta(hours=t)] for t in range(96)])


def main(cases):
    burst = rows(cases / "burstgpt/demand.csv")
    show("burstgpt", requests_mwh([float(r["Timestamp"]) for r in burst], [r["Request tokens"] for r in burst],
                                  [r["Response tokens"] for r in burst]))
    lines = [json.loads(line) for line in (cases / "mooncake-jsonl/demand.csv").read_text().splitlines()]
    show("mooncake-jsonl", requests_mwh([entry["timestamp"] / 1000 for entry in lines],
                                        [entry["input_length"] for entry in lines],
                                        [entry["output_length"] for entry in lines]))
    naive = rows(cases / "requests-with-offset/demand-naive.csv")
    first = datetime.datetime.fromisoformat(naive[0]["TIMESTAMP"]).replace(microsecond=0)
    show("requests-with-offset", requests_mwh(
        [(datetime.datetime.fromisoformat(r["TIMESTAMP"]) - first).total_seconds() for r in naive],
        [r["ContextTokens"] for r in naive], [r["GeneratedTokens"] for r in naive]))
    history = json.loads((cases / "json-named-csv/zones/AA/carbon-2024.csv").read_text())["history"]
    show("json-named-csv", np.array([entry["carbonIntensity"] for entry in history]) / 1000)
    euros = np.array([float(r["Price (EUR/MWhe)"]) for r in rows(cases / "price-in-eur/zones/AA/price-2024.csv")])
    show("price-in-eur at 1.08", euros * 1.08)
    show("price-quarter-hours", quarter_hours(cases / "price-quarter-hours-from-october/zones/AA/price-2025.csv"))
    gappy = rows(cases / "long-gap/zones/AA/carbon-2024.csv")
    start = datetime.datetime(2024, 3, 30)
    hour = [(datetime.datetime.fromisoformat(r["Datetime (UTC)"]) - start).total_seconds() / 3600 for r in gappy]
    column = "Carbon intensity gCO₂eq/kWh (Life cycle)"
    show("long-gap", np.interp(np.arange(HOURS), hour, [float(r[column]) / 1000 for r in gappy]))
    coal, gas = 1000.0, 500.0
    offsite = (coal * .45 + gas * .30) / (coal + gas) * 3.785412
    print("fuel-mix-eia-bulk: carbon", (coal * .968 + gas * .44) / (coal + gas))
    hourly = json.loads((cases / "fuel-mix-eia-bulk/zones/AA/weather-2024.json").read_text(encoding="utf-8"))["hourly"]
    show("fuel-mix-eia-bulk, water",
         wet_bulb_water(hourly["temperature_2m"], hourly["relative_humidity_2m"]) + 1.2 * offsite)
    show("weather-two-offsets, on-site + 1.2 * 1.8", weather_hours(cases / "weather-two-offsets/zones/AA") + 1.2 * 1.8)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
