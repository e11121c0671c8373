#!/usr/bin/python3
"""The oracle of the demo: what the model must be, by scikit-learn.

    expected.py folder > expected.json

folder holds left.csv and right.csv as `split` wrote them. Needs python3-sklearn.
scikit-learn's own solver stops before a gradient of 1e-10, so its solution is
polished by Newton steps in numpy, and both must agree.
"""

import csv
import json
import os
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

C = 1.0


def read(path):
    with open(path, newline="") as f:
        rows = list(csv.reader(f))
    return rows[0][1:], {r[0]: [float(v) for v in r[1:]] for r in rows[1:]}


def main(folder):
    lcols, left = read(os.path.join(folder, "left.csv"))
    rcols, right = read(os.path.join(folder, "right.csv"))
    ids = sorted(left.keys() & right.keys())
    at = lcols.index("malignant")
    y = np.array([left[i][at] for i in ids])
    x = np.array([left[i][:at] + left[i][at + 1:] + right[i] for i in ids])
    x = StandardScaler().fit_transform(x)
    names = lcols[:at] + lcols[at + 1:] + rcols

    model = LogisticRegression(penalty="l2", C=C, solver="newton-cg", tol=1e-12, max_iter=10000).fit(x, y)
    sk = np.append(model.coef_[0], model.intercept_[0])

    a = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.append(np.ones(x.shape[1]), 0.0)

    def gradient(w):
        p = 1 / (1 + np.exp(-(a @ w)))
        return penalty * w + C * (a.T @ (p - y)), p

    w = sk.copy()
    for _ in range(50):
        g, p = gradient(w)
        if np.abs(g).max() <= 1e-10:
            break
        h = np.diag(penalty) + C * (a.T * (p * (1 - p))) @ a
        w = w - np.linalg.solve(h, g)
    g, _ = gradient(w)
    assert np.abs(g).max() <= 1e-10, np.abs(g).max()
    assert np.abs(w - sk).max() <= 1e-6, np.abs(w - sk).max()

    json.dump(
        {
            "features": names,
            "coefficients": [float(v) for v in w[:-1]],
            "intercept": float(w[-1]),
            "gradient": float(np.abs(g).max()),
            "rows": len(ids),
            "accuracy": float(((a @ w > 0) == (y == 1)).mean()),
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: expected.py folder")
    main(sys.argv[1])
