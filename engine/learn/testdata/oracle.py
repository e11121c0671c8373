#!/usr/bin/python3
"""Writes wine.csv and oracle.txt: what scikit-learn 1.2.1 and XGBoost 1.7.4 (Debian's
python3-sklearn and python3-xgboost) say of public data when they learn from the rows that
builtin/learn@1 learns from, and are judged by those that it validates with. Run it here:

    OMP_NUM_THREADS=1 /usr/bin/python3 oracle.py

The other tables are those of ../linear/testdata, which have no names and the label last."""
import hashlib
import numpy as np
import sklearn
import xgboost as xgb
from scipy import optimize
from sklearn.cluster import KMeans
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, _logistic
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

SEED, SHARE = 7, 0.25
out = open("oracle.txt", "w")
out.write("# scikit-learn %s, XGBoost %s, numpy %s\n" % (sklearn.__version__, xgb.__version__, np.__version__))

# scikit-learn leaves lbfgs scipy's own tolerance of the loss, which ends it too early.
minimize = optimize.minimize
_logistic.optimize.minimize = lambda *a, options, **k: minimize(*a, options=dict(options, ftol=0, maxfun=100000), **k)


def validates(name):
    """Says where a row goes: docs/learn.md has the rule."""
    h = hashlib.sha256(f"tacit split\n{SEED}\n{name}".encode()).digest()
    return int.from_bytes(h[:8], "big") < int(SHARE * 2**64)


def say(name, **values):
    for k, v in values.items():
        out.write("%s.%s %s\n" % (name, k, " ".join("%.12g" % x for x in np.ravel(v))))


def classes(name, y, p):
    v = {"accuracy": accuracy_score(y, p.argmax(1)), "logloss": log_loss(y, p.astype(float), labels=range(p.shape[1]))}
    if p.shape[1] == 2:
        v["auc"] = roc_auc_score(y, p[:, 1])
    say(name, rows=len(y), **v)


def number(name, y, p):
    say(name, rows=len(y), rmse=mean_squared_error(y, p, squared=False), mae=mean_absolute_error(y, p), r2=r2_score(y, p))


def table(name):
    t = np.loadtxt("../linear/testdata/%s.csv" % name, delimiter=",")
    held = np.array([validates(str(i + 1)) for i in range(len(t))])
    return t[~held, :-1], t[~held, -1], t[held, :-1], t[held, -1]


def trees(name, x, y, tx, ty, **how):
    how = dict(max_depth=4, learning_rate=0.2, nthread=1, tree_method="hist", base_score=0.5, verbosity=0, **how)
    m = xgb.train(how, xgb.DMatrix(x, y), 60)
    for part, a, b in [("training", x, y), ("validation", tx, ty)]:
        p = m.predict(xgb.DMatrix(a))
        if how["objective"] == "reg:squarederror":
            number("%s.trees.%s" % (name, part), b, p)
        else:
            classes("%s.trees.%s" % (name, part), b, np.c_[1 - p, p] if p.ndim == 1 else p)


def fit(name, m, x, y, tx, ty, standard=False):
    if standard:
        s = StandardScaler().fit(x)
        x, tx = s.transform(x), s.transform(tx)
    m.fit(x, y)
    for part, a, b in [("training", x, y), ("validation", tx, ty)]:
        if hasattr(m, "predict_proba"):
            classes("%s.%s" % (name, part), b, m.predict_proba(a))
        else:
            number("%s.%s" % (name, part), b, m.predict(a))


lbfgs = dict(solver="lbfgs", tol=1e-9, max_iter=20000, multi_class="multinomial")
diabetes, cancer, iris, digits = map(table, ["diabetes", "cancer", "iris", "digits"])
fit("diabetes.linear", LinearRegression(), *diabetes)
fit("diabetes.ridge", Ridge(alpha=10, solver="svd"), *diabetes)
fit("diabetes.ridge-standard", Ridge(alpha=10, solver="svd"), *diabetes, standard=True)
trees("diabetes", *diabetes, objective="reg:squarederror")
fit("cancer.logistic", LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-10, max_iter=1000), *cancer, standard=True)
trees("cancer", *cancer, objective="binary:logistic")
fit("iris.logistic", LogisticRegression(C=1, **lbfgs), *iris)
trees("iris", *iris, objective="multi:softprob", num_class=3)
trees("digits", *digits, objective="multi:softprob", num_class=10)

d = load_wine()
names = ["barolo", "grignolino", "barbera"]
with open("wine.csv", "w") as f:
    f.write("id," + ",".join(d.feature_names) + ",cultivar\n")
    ids = ["w%03d" % (i * 37 % len(d.target)) for i in range(len(d.target))]
    for i, row, y in zip(ids, d.data, d.target):
        f.write(i + "," + ",".join("%.10g" % v for v in row) + "," + names[y] + "\n")
held = np.array([validates(i) for i in ids])
wine = d.data[~held], d.target[~held], d.data[held], d.target[held]
fit("wine.logistic", LogisticRegression(C=1, **lbfgs), *wine, standard=True)
trees("wine", *wine, objective="multi:softprob", num_class=3)

for name, (x, _, tx, _), k in [("iris", iris, 3), ("wine", wine, 3)]:
    s = StandardScaler().fit(x)
    a, b = s.transform(x), s.transform(tx)
    m = KMeans(k, n_init=50, random_state=1, tol=0, max_iter=1000).fit(a)
    say(name + ".kmeans", training=m.inertia_, validation=(m.transform(b).min(1) ** 2).sum())
    p = PCA(2, svd_solver="full").fit(a)
    say(name + ".pca", ratios=p.explained_variance_ratio_)
    for part, v in [("training", a), ("validation", b)]:
        c = v - p.mean_
        say(name + ".pca", **{part: (p.transform(v) ** 2).sum() / (c**2).sum()})
