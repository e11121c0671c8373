#!/usr/bin/python3
"""Writes oracle.txt beside this file with scipy 1.10.1: what rounds of the Gaussian mechanism
cost, computed otherwise than by our accountant.

exact:   all parties take part. Balle and Wang, 2018: delta(epsilon) of the Gaussian mechanism
         in closed form; n rounds of noise s are one of noise s/sqrt(n). Solved for epsilon.
         What we say must be no less, and not much more.
renyi:   parties are drawn with rate q. The Renyi divergence by numerical integration of
         E[(p/q)^a] of the mixture, at whole orders, not by the binomial sum.
"""
import math
import os

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

DELTA = 1e-5


def exact(noise, rounds):
    mu = math.sqrt(rounds) / noise

    def over(e):
        return norm.cdf(mu / 2 - e / mu) - math.exp(e + norm.logcdf(-mu / 2 - e / mu)) - DELTA

    return 0.0 if over(0) <= 0 else brentq(over, 0, 10 * mu * mu + 20 * mu + 1, xtol=1e-12)


def renyi(noise, q, a):
    def f(x):
        ratio = np.logaddexp(math.log1p(-q), math.log(q) + (2 * x - 1) / (2 * noise**2))
        return math.exp(a * ratio + norm.logpdf(x, scale=noise))

    total = sum(quad(f, lo, lo + 1, epsabs=0, epsrel=1e-11)[0] for lo in np.arange(-12 * noise, a + 12 * noise))
    return math.log(total) / (a - 1)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.txt"), "w") as f:
    for noise in (0.5, 1, 2, 4, 10, 50):
        for rounds in (1, 10, 100):
            f.write("exact %g %d %.8f\n" % (noise, rounds, exact(noise, rounds)))
    for noise in (1.1, 4):
        for q in (0.01, 0.1, 0.5):
            for a in (2, 3, 8, 32):
                f.write("renyi %g %g %d %.10g\n" % (noise, q, a, renyi(noise, q, a)))
