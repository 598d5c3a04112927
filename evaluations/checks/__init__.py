"""Checks before submission: what is missing or inconsistent, gravest first."""

from evaluations.checks.base import Context, Finding, Severity
from evaluations.checks.register import RULES, run

__all__ = ["RULES", "Context", "Finding", "Severity", "run"]
