# XGBoost's half of bench learn: python3 - HOME. It prints one JSON object.
import json, sys, time
import numpy as np
import xgboost as xgb

home = sys.argv[1]


def read(name):
    with open(f"{home}/{name}") as f:
        f.readline()
        rows = np.array([line.split(",") for line in f.read().splitlines()], dtype=np.float32)
    return np.ascontiguousarray(rows[:, :-1]), rows[:, -1]


def auc(p, y):
    values, where, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    ones, zeros = (y == 1).sum(), (y == 0).sum()
    return float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


(x, y), (held, truth) = read("train.csv"), read("test.csv")
how = json.load(open(f"{home}/params.json"))
rounds = how.pop("n_estimators")
how.update(tree_method="hist", nthread=1, verbosity=0)
d = xgb.DMatrix(x, y, nthread=1)
began = time.perf_counter()
model = xgb.train(how, d, rounds)
train = time.perf_counter() - began
infer = []
for _ in range(7):
    # Without what a matrix remembers: it would say what it said before.
    fresh = xgb.DMatrix(x, nthread=1)
    began = time.perf_counter()
    model.predict(fresh)
    infer.append(time.perf_counter() - began)
    began = time.perf_counter()
    model.inplace_predict(x)
    infer.append(time.perf_counter() - began)
print(json.dumps({
    "version": xgb.__version__, "train_s": train, "infer_s": min(infer),
    "auc": auc(model.predict(xgb.DMatrix(held, nthread=1)), truth),
}))
