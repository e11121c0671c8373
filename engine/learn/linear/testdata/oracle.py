#!/usr/bin/python3
"""Writes the tables and oracle.txt beside this script with scikit-learn 1.2.1 (Debian
package python3-sklearn). Rows whose number from 0 is 3 modulo 4 are held out."""
import os
import numpy as np
import sklearn
from scipy import optimize
from sklearn import datasets
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import _logistic
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

here = os.path.dirname(os.path.abspath(__file__))
out = open(os.path.join(here, "oracle.txt"), "w")
out.write("# scikit-learn %s, numpy %s\n" % (sklearn.__version__, np.__version__))


def say(name, *values):
    flat = np.concatenate([np.ravel(v) for v in values]).astype(float)
    out.write(name + " " + " ".join("%.13g" % v for v in flat) + "\n")


def table(name, x, y):
    with open(os.path.join(here, name + ".csv"), "w") as f:
        for row, label in zip(x, y):
            f.write(",".join("%.10g" % v for v in row) + ",%g\n" % label)
    held = np.arange(len(y)) % 4 == 3
    return x[~held], y[~held], x[held], y[held]


d = datasets.load_diabetes(scaled=False)
x, y, tx, ty = table("diabetes", d.data, d.target)
s = StandardScaler().fit(x)
for name, m, a, b in [
    ("ols", LinearRegression(), x, tx),
    ("ridge", Ridge(alpha=10, solver="svd"), x, tx),
    ("ridge_standard", Ridge(alpha=10, solver="svd"), s.transform(x), s.transform(tx)),
]:
    m.fit(a, y)
    coef = m.coef_ / s.scale_ if "standard" in name else m.coef_
    at = m.intercept_ - (coef @ s.mean_ if "standard" in name else 0)
    say("diabetes." + name, [at], coef)
    say("diabetes." + name + ".r2", [m.score(a, y), m.score(b, ty)])


def logistic(name, m, x, y, tx, ty, standard):
    s = StandardScaler().fit(x)
    a, b = (s.transform(x), s.transform(tx)) if standard else (x, tx)
    m.fit(a, y)
    coef, at = m.coef_, m.intercept_
    if standard:
        coef = coef / s.scale_
        at = at - coef @ s.mean_
    say(name, at, coef)
    say(name + ".score", [m.score(a, y), m.score(b, ty), log_loss(ty, m.predict_proba(b), labels=m.classes_)])


d = datasets.load_breast_cancer()
x, y, tx, ty = table("cancer", d.data, d.target)
chol = dict(solver="newton-cholesky", tol=1e-10, max_iter=1000)
lbfgs = dict(solver="lbfgs", tol=1e-9, max_iter=20000, multi_class="multinomial")

# scikit-learn leaves lbfgs scipy's own tolerance of the loss, which ends it too early.
minimize = optimize.minimize


def patient(*args, options, **rest):
    return minimize(*args, options=dict(options, ftol=0, maxfun=100000), **rest)


_logistic.optimize.minimize = patient
logistic("cancer.logistic", LogisticRegression(C=1, **chol), x, y, tx, ty, True)
logistic("cancer.raw", LogisticRegression(C=0.1, **chol), x, y, tx, ty, False)
logistic("cancer.bare", LogisticRegression(penalty=None, **chol), x[:, :2], y, tx[:, :2], ty, False)
p = PCA(5, svd_solver="full").fit(StandardScaler().fit_transform(x))
say("cancer.pca", p.components_)
say("cancer.pca.variance", p.explained_variance_, p.explained_variance_ratio_)
say("cancer.kmeans", [KMeans(3, n_init=20, random_state=1).fit(StandardScaler().fit_transform(x)).inertia_])

d = datasets.load_iris()
x, y, tx, ty = table("iris", d.data, d.target)
logistic("iris.logistic", LogisticRegression(C=1, **lbfgs), x, y, tx, ty, False)
logistic("iris.standard", LogisticRegression(C=10, **lbfgs), x, y, tx, ty, True)
p = PCA(4, svd_solver="full").fit(x)
say("iris.pca", p.components_)
say("iris.pca.variance", p.explained_variance_, p.explained_variance_ratio_)
k = KMeans(3, n_init=20, random_state=1, tol=0, max_iter=1000).fit(x)
say("iris.kmeans", [k.inertia_])
say("iris.kmeans.centres", k.cluster_centers_[np.argsort(k.cluster_centers_[:, 0])])

d = datasets.load_digits()
keep = np.ptp(d.data[:300], axis=0) > 0
keep &= np.ptp(d.data[:300][np.arange(300) % 4 != 3], axis=0) > 0
x, y, tx, ty = table("digits", d.data[:300][:, keep], d.target[:300])
logistic("digits.logistic", LogisticRegression(C=1, **lbfgs), x / 16, y, tx / 16, ty, False)
p = PCA(8, svd_solver="full").fit(x)
say("digits.pca", p.components_)
say("digits.pca.variance", p.explained_variance_, p.explained_variance_ratio_)
say("digits.kmeans", [KMeans(10, n_init=50, random_state=1).fit(x).inertia_])
