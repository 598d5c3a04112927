"""From the answers to a target: alternatives with their effort, and the cheapest set that reaches it."""

from evaluations.scoring.planner.alternatives import allowed, alternatives, blocked
from evaluations.scoring.planner.choosing import cheapest
from evaluations.scoring.planner.effort import DOCUMENTS, IMPOSSIBLE, REGULATION, Ease, default_ease
from evaluations.scoring.planner.outcome import Alternative, Blocked, Mode, Outcome, OutOfReach, Plan

__all__ = [
    "DOCUMENTS",
    "IMPOSSIBLE",
    "REGULATION",
    "Alternative",
    "Blocked",
    "Ease",
    "Mode",
    "OutOfReach",
    "Outcome",
    "Plan",
    "allowed",
    "alternatives",
    "blocked",
    "cheapest",
    "default_ease",
]
