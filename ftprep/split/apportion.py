"""Dividing a whole number of groups by shares and counts, so that one group more makes exactly one part grow by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..steps import Split


def webster(seats: int, weights: Sequence[int], least: Sequence[int]) -> list[int]:
    """So many seats for each weight.

    Webster's method (Sainte-Laguë; Balinski and Young, Fair Representation, 1982): the next seat goes to the largest
    weight / (seats it has + 1/2), of equal ones to the first. Where the shares of the seats are whole numbers, those
    are it. Before that, the parties get their `least` in turn, one each.
    """
    taken = [0] * len(weights)
    for _ in range(min(seats, sum(least))):
        taken[min((taken[i], i) for i in range(len(weights)) if taken[i] < least[i])[1]] += 1
    if seats > sum(least):  # jump to just below the end: with three parties each gets its quota, rounded up or down
        quotas = (seats * weight // sum(weights) for weight in weights)
        taken = [max(n, quota - sum(least)) for n, quota in zip(least, quotas, strict=True)]
    for _ in range(seats - sum(taken)):
        taken[_next(weights, taken)] += 1
    return taken


def _next(weights: Sequence[int], taken: Sequence[int]) -> int:
    best = 0
    for i in range(1, len(weights)):
        if weights[i] * (2 * taken[best] + 1) > weights[best] * (2 * taken[i] + 1):
            best = i
    return best


def fill(groups: int, counts: Mapping[Split, int]) -> dict[Split, int]:
    """So many groups for each count: one each in turn, then up to the count, one after the other; one group is left."""
    free = max(groups - 1, 0)
    taken = dict.fromkeys(counts, 0)
    for most in (lambda count: 1, lambda count: count):
        for split, count in counts.items():
            more = min(most(count) - taken[split], free)
            taken[split] += more
            free -= more
    return taken
