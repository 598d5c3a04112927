"""The integer programme behind a plan: at most one alternative per question, enough points, the least cost.

The only importer of HiGHS, which is loaded with the first plan: with numpy it takes 21 MB of every process.
Everything comes in as whole numbers, so that nothing is rounded on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import highspy

OPTIONS: dict[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
    # Never met so far (0.2 s at most): a page must not hang on a programme that nobody foresaw.
    "time_limit": 10.0,
}


@dataclass(frozen=True, slots=True)
class Item:
    """``group``: the question's number, from 0. ``gain`` is whole and positive; ``costs``: the first counts first."""

    group: int
    gain: int
    costs: tuple[int, ...]


class NoSolution(RuntimeError):
    """HiGHS came back without a set: a fault of the programme, for enough points exist."""


def solve(items: Sequence[Item], needed: int) -> tuple[list[int], bool]:
    """Places of the chosen items, and whether HiGHS proved that no set costs less.

    First the first cost is made as small as it can be, then, with that kept, the next. One after the other is much
    faster than one weighted sum: small costs leave few values between bound and solution. The gains of the best
    item per group must together reach ``needed``; else ``NoSolution``. The same items in the same order give the
    same choice: one thread, one seed. Out of time it is the best set found, and not proven.
    """
    chosen, proven = _best_of_each(items), True
    limits: list[tuple[list[int], int]] = []
    for place in range(len(items[0].costs)):
        costs = [item.costs[place] for item in items]
        found, optimal = _solve(_programme(items, costs, needed, limits))
        chosen, proven = chosen if found is None else found, proven and optimal
        limits.append((costs, sum(costs[number] for number in chosen)))
    return chosen, proven


def _best_of_each(items: Sequence[Item]) -> list[int]:
    best: dict[int, int] = {}
    for place, item in enumerate(items):
        if item.group not in best or item.gain > items[best[item.group]].gain:
            best[item.group] = place
    return sorted(best.values())


def _solve(programme: highspy.HighsLp) -> tuple[list[int] | None, bool]:
    """The chosen places, ``None`` when time ran out before any set was found; and whether they are optimal."""
    import highspy  # noqa: PLC0415

    solver = highspy.Highs()
    for option, value in OPTIONS.items():
        solver.setOptionValue(option, value)
    solver.passModel(programme)
    solver.run()
    status = solver.getModelStatus()
    if solver.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible:
        values = solver.getSolution().col_value
        chosen = [place for place, value in enumerate(values) if value > 0.5]
        return chosen, status == highspy.HighsModelStatus.kOptimal
    if status == highspy.HighsModelStatus.kTimeLimit:
        return None, False
    raise NoSolution(solver.modelStatusToString(status))


def _programme(
    items: Sequence[Item], costs: Sequence[int], needed: int, limits: Sequence[tuple[list[int], int]]
) -> highspy.HighsLp:
    """Row 0: the gains reach ``needed``. Row n + 1: of group n at most one. Then one row per earlier cost."""
    import highspy  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    count, groups = len(items), 1 + max(item.group for item in items)
    rows = 1 + groups + len(limits)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, rows
    lp.col_cost_ = np.array(costs, dtype=np.double)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.row_lower_ = np.array([needed] + [-highspy.kHighsInf] * (rows - 1), dtype=np.double)
    lp.row_upper_ = np.array(
        [highspy.kHighsInf] + [1] * groups + [limit for _, limit in limits], dtype=np.double
    )
    lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    entries = [
        [(0, item.gain), (item.group + 1, 1)]
        + [(1 + groups + n, earlier[place]) for n, (earlier, _) in enumerate(limits)]
        for place, item in enumerate(items)
    ]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(count + 1) * (2 + len(limits))
    lp.a_matrix_.index_ = np.array([row for column in entries for row, _ in column])
    lp.a_matrix_.value_ = np.array([value for column in entries for _, value in column], dtype=np.double)
    return lp
