"""Checks of documents: what a verifier would ask, asked before."""

from evaluations.checks.documents.base import Concern, FileFacts, Library, Paper, Placement, Reply
from evaluations.checks.documents.register import RULES, WORDS, answered, run

__all__ = [
    "RULES",
    "WORDS",
    "Concern",
    "FileFacts",
    "Library",
    "Paper",
    "Placement",
    "Reply",
    "answered",
    "run",
]
