"""Refusals of evidence. ``str(refused)`` is the reason on screen, with the next step."""

from __future__ import annotations


class EvidenceRefused(ValueError):
    """What was given cannot become evidence, or not there."""


class AlreadyThere(EvidenceRefused):
    """The document stands in the slot: done before, or sent again after a lost reply."""


class FileRefused(EvidenceRefused):
    """The file itself is not accepted."""
