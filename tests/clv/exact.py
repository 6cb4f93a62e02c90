"""The likelihoods of the papers in decimal arithmetic of 60 digits, one customer at a time and nothing rearranged.

Gamma and beta functions occur in quotients whose arguments differ by whole numbers: products. The one integral, of
Pareto/NBD, is a sum of trapezoids after the substitution tanh(sinh(v)), which loses no digit to a pole near its end.
"""

from decimal import Decimal, localcontext
from math import prod

DIGITS = 60


def log_likelihood(model: str, log_parameters: list[Decimal], x: int, t_x: float, T: float) -> Decimal:
    with localcontext(prec=DIGITS):
        parameters = [value.exp() for value in log_parameters]
        likelihood = {"BGNBD": _bg, "MBGNBD": _mbg, "ParetoNBD": _pareto}[model]
        return likelihood(*parameters, x, Decimal(t_x), Decimal(T)).ln()


def slopes(model: str, log_parameters: list[float], x: int, t_x: float, T: float) -> list[float]:
    """Return the slopes of the log-likelihood in the log-parameters: differences so small that 15 digits are right."""
    step, found = Decimal("1e-16"), []
    for position in range(len(log_parameters)):
        with localcontext(prec=DIGITS):
            up, down = ([Decimal(value) for value in log_parameters] for _ in range(2))
            up[position] += step
            down[position] -= step
            rise = log_likelihood(model, up, x, t_x, T) - log_likelihood(model, down, x, t_x, T)
            found.append(float(rise / (2 * step)))
    return found


def _rising(start: Decimal, steps: int) -> Decimal:
    """Return Gamma(start + steps) / Gamma(start)."""
    return prod((start + step for step in range(steps)), start=Decimal(1))


def _bg(r: Decimal, alpha: Decimal, a: Decimal, b: Decimal, x: int, t_x: Decimal, T: Decimal) -> Decimal:
    stayed = _rising(b, x) / _rising(a + b, x)
    left = a / (b + x - 1) * (alpha + t_x) ** -(r + x) if x else Decimal(0)
    return _rising(r, x) * alpha**r * stayed * ((alpha + T) ** -(r + x) + left)


def _mbg(r: Decimal, alpha: Decimal, a: Decimal, b: Decimal, x: int, t_x: Decimal, T: Decimal) -> Decimal:
    stayed = _rising(b, x + 1) / _rising(a + b, x + 1)
    return _rising(r, x) * alpha**r * stayed * ((alpha + T) ** -(r + x) + a / (b + x) * (alpha + t_x) ** -(r + x))


def _pareto(r: Decimal, alpha: Decimal, s: Decimal, beta: Decimal, x: int, t_x: Decimal, T: Decimal) -> Decimal:
    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    left = s * _integral(lambda u: ((alpha + u).ln() * -(r + x) + (beta + u).ln() * -(s + 1)).exp(), t_x, T)
    return _rising(r, x) * alpha**r * beta**s * (alive + left)


def _integral(function, lower: Decimal, upper: Decimal, step: Decimal = Decimal("0.03")) -> Decimal:
    total, half_pi = Decimal(0), Decimal("1.5707963267948966192313216916397514420985846996875529")
    for node in range(-int(4 / step), int(4 / step) + 1):
        grown, shrunk = (node * step).exp(), (-node * step).exp()
        stretched = (half_pi * (grown - shrunk)).exp()  # e^(2 * pi/2 * sinh v)
        share = stretched / (1 + stretched)  # of the way from lower to upper
        slope = half_pi * (grown + shrunk) * stretched / (1 + stretched) ** 2
        total += function(lower + (upper - lower) * share) * slope
    return total * step * (upper - lower)
