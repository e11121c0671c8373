"""Median and quartiles of the last column of a CSV table.

Reads /data/table and writes /out/quartiles.json; /params.json may hold
{"digits": N}. It uses the standard library as any script would: csv, json and
statistics come from inside the module.
"""
import csv
import json
import os
import statistics
import sys


def params():
    if not os.path.exists("/params.json"):
        return 6
    with open("/params.json") as f:
        p = json.load(f)
    if not isinstance(p, dict) or set(p) - {"digits"} or not isinstance(p.get("digits", 6), int):
        sys.exit("quartiles: the parameters are not {\"digits\": N}")
    return p.get("digits", 6)


def column(path):
    with open(path, newline="") as f:
        rows = csv.reader(f)
        next(rows)
        for row in rows:
            try:
                yield float(row[-1])
            except (ValueError, IndexError):
                sys.exit(f"quartiles: line {rows.line_num}: the last column is no number")


digits = params()
values = list(column("/data/table"))
if len(values) < 2:
    sys.exit("quartiles: there are fewer than two rows")
low, median, high = (round(q, digits) for q in statistics.quantiles(values, n=4))
with open("/out/quartiles.json", "w") as f:
    json.dump({"rows": len(values), "low": low, "median": median, "high": high}, f)
    f.write("\n")
