"""The cheapest set of alternatives that reaches a total; proved by HiGHS, summed again with decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal, localcontext

from evaluations.scoring.planner.outcome import Alternative, Blocked, Mode, Outcome, OutOfReach, Plan
from evaluations.scoring.planner.solving import Item, NoSolution, solve
from evaluations.scoring.rules import EXACT
from evaluations.scoring.score import round_total

HALF_CENT = Decimal("0.005")
"""Totals are rounded half up: 700.005 is 700.01."""


def cheapest(
    alternatives: Iterable[Alternative],
    *,
    start: Decimal,
    target: Decimal,
    objective: Mode = Mode.LEAST_EFFORT,
    blocked: Sequence[Blocked] = (),
) -> Outcome:
    """At most one alternative per question so that the rounded total is at least ``target``, for the least cost.

    ``start``: the exact total now. ``objective`` only says what costs: which alternatives may be taken is said by
    which are given. Between sets of one effort the one with fewer questions wins, between sets of as many
    questions the one with less effort. ``blocked`` goes into the answer when the target is out of reach.
    """
    given = list(alternatives)
    with localcontext(EXACT):
        missing = target - HALF_CENT - start
        best = start + sum(_best_gains(given), Decimal(0))
    if best < target - HALF_CENT:
        reached = round_total(best)
        return OutOfReach(start, target, reached, target - reached, tuple(blocked))
    if missing <= 0:
        return _plan(start, target, [], proven=True)
    places = max(_places(one.gain) for one in given)
    gains = [int(one.gain.scaleb(places)) for one in given]
    needed = int(missing.scaleb(places).to_integral_value(ROUND_CEILING))
    useful = _useful(given, gains, needed, objective)
    chosen, proven = solve([item for _, item in useful], needed)
    return _plan(start, target, [useful[place][0] for place in chosen], proven=proven)


def _best_gains(given: Sequence[Alternative]) -> Iterable[Decimal]:
    best: dict[str, Decimal] = {}
    for one in given:
        best[one.code] = max(one.gain, best.get(one.code, one.gain))
    return best.values()


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def _useful(
    given: Sequence[Alternative], gains: Sequence[int], needed: int, objective: Mode
) -> list[tuple[Alternative, Item]]:
    """Without those that another of their question matches for the same cost or less. Order kept."""
    groups = {code: number for number, code in enumerate(dict.fromkeys(one.code for one in given))}
    # More than is needed counts as what is needed: the choice is the same, and fewer items remain.
    items = [
        Item(groups[one.code], min(gain, needed), _costs(one, objective))
        for one, gain in zip(given, gains, strict=True)
    ]
    best: dict[int, list[int]] = {}
    for place in sorted(range(len(items)), key=lambda n: (items[n].costs, -items[n].gain, n)):
        front = best.setdefault(items[place].group, [])
        if not any(_matches(items[kept], items[place]) for kept in front):
            front.append(place)
    return [(given[place], items[place]) for place in sorted(p for front in best.values() for p in front)]


def _matches(kept: Item, item: Item) -> bool:
    cheaper = all(one <= other for one, other in zip(kept.costs, item.costs, strict=True))
    return kept.gain >= item.gain and cheaper


def _costs(one: Alternative, objective: Mode) -> tuple[int, ...]:
    """What the objective counts first, then what decides between sets that are equal in it."""
    match objective:
        case Mode.FEWEST_QUESTIONS:
            return 1, one.effort
        case Mode.SAFE_FIRST:
            # New work first of all; the documents of what is claimed already after it.
            return one.effort if one.aim is not None else 0, one.effort, 1
    return one.effort, 1


def _plan(start: Decimal, target: Decimal, steps: Sequence[Alternative], *, proven: bool) -> Plan:
    """Summed anew with exact decimals, whatever the solver said. ``NoSolution`` when it does not hold."""
    with localcontext(EXACT):
        exact = start + sum((one.gain for one in steps), Decimal(0))
    reached = round_total(exact)
    if reached < target or len({one.code for one in steps}) < len(steps):
        raise NoSolution(f"the set reaches {exact}, asked was {target}")
    return Plan(start, target, tuple(steps), sum(one.effort for one in steps), reached, exact, proven)
