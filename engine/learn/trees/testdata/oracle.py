# What XGBoost says of the public data of scikit-learn: run by hand with Debian's
# python3-xgboost (1.7.4) and python3-sklearn (1.2.1), here, on one thread:
#
#     OMP_NUM_THREADS=1 /usr/bin/python3 oracle.py
#
# It writes data (label first, an empty field is missing), models as JSON and UBJ, their
# predictions for the rows whose number is a multiple of 4, and how well larger models do
# that are trained on the other rows.
import os
import json
import numpy as np
import xgboost as xgb
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits


def data():
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, :10].astype(np.float32)
    for i in range(len(X)):
        for j in range(10):
            if (7 * i + 3 * j) % 11 == 0:
                X[i, j] = np.nan
    yield "cancer", X, y
    X, y = load_diabetes(return_X_y=True, scaled=False)
    yield "diabetes", X.astype(np.float32), y
    X, y = load_digits(return_X_y=True)
    yield "digits", X[:700].astype(np.float32), y[:700]


def number(v):
    return "" if np.isnan(v) else np.format_float_positional(v, trim="-")


objectives = {
    "cancer": dict(objective="binary:logistic", base_score=0.3),
    "diabetes": dict(objective="reg:squarederror", base_score=0.5),
    "digits": dict(objective="multi:softprob", num_class=10, base_score=0.5),
}
fixed = dict(nthread=1, seed=1, tree_method="hist", eta=0.3)
metrics = {}
for name, X, y in data():
    with open(name + ".csv", "w") as f:
        for row, label in zip(X, y):
            fields = [number(v) for v in row]
            if name == "digits":  # of 64 values from 0 (a) to 16 (q)
                fields = ["".join(chr(ord("a") + int(v)) for v in row)]
            f.write(",".join([format(label, "g")] + fields) + "\n")
    test = np.arange(len(X)) % 4 == 0
    train, held = xgb.DMatrix(X[~test], y[~test]), xgb.DMatrix(X[test], y[test])
    rounds, depth = {"cancer": (5, 3), "diabetes": (5, 3), "digits": (2, 2)}[name]
    small = dict(fixed, max_depth=depth, **objectives[name])
    if name == "diabetes":  # whose pruning leaves deleted nodes behind
        small.update(tree_method="exact", gamma=90000)
    b = xgb.train(small, train, rounds)
    b.save_model(name + ".json")
    b.save_model(name + ".ubj")
    with open(name + ".ubj", "rb") as f:  # kept as text: hexadecimal, 64 bytes a line
        raw = f.read()
    with open(name + ".ubj.hex", "w") as f:
        f.writelines(raw[i : i + 64].hex() + "\n" for i in range(0, len(raw), 64))
    os.remove(name + ".ubj")
    out = b.predict(held)
    np.savetxt(name + ".pred", out[:: 4 if name == "digits" else 1], fmt="%.9g")
    for kind, extra in [
        ("plain", {}),
        ("drawn", dict(subsample=0.7, colsample_bytree=0.5)),
        ("held back", dict(gamma=1.0, min_child_weight=5, **{"lambda": 3.0})),
    ]:
        got = {}
        xgb.train(dict(fixed, max_depth=4, **objectives[name], **extra), train, 40,
                  evals=[(train, "train"), (held, "held")], evals_result=got, verbose_eval=False)
        metrics[name + " " + kind] = {k: list(v.values())[0][-1] for k, v in got.items()}
with open("metrics.json", "w") as f:
    json.dump(metrics, f, indent=1, sort_keys=True)
    f.write("\n")
