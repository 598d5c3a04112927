"""The ruler's rows. They hold no rules: reading is domain/spec.py, writing domain/importing.py."""

from indicators.models.cluster import Cluster
from indicators.models.indicator import Indicator
from indicators.models.instrument import (
    EvidenceKind,
    Instrument,
    InstrumentAgency,
    InstrumentState,
    Scale,
    Theme,
)
from indicators.models.predikat import PredikatBand
from indicators.models.question import Level, Question, QuestionAgency, Slot

__all__ = [
    "Cluster",
    "EvidenceKind",
    "Indicator",
    "Instrument",
    "InstrumentAgency",
    "InstrumentState",
    "Level",
    "PredikatBand",
    "Question",
    "QuestionAgency",
    "Scale",
    "Slot",
    "Theme",
]
