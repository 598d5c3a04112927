"""One district measured in one edition. Thin rows: constraints and visibility; the verbs stand in domain/."""

from evaluations.models.answer import Answer, AnswerRevision, AnswerSource, Assignment
from evaluations.models.edition import Edition, Stage, StageWindow
from evaluations.models.evaluation import Evaluation, State
from evaluations.models.evidence import Evidence, EvidenceForm, EvidenceLink
from evaluations.models.report import ReportKind, StoredReport
from evaluations.models.result import PublishedResult, StageResult

__all__ = [
    "Answer",
    "AnswerRevision",
    "AnswerSource",
    "Assignment",
    "Edition",
    "Evaluation",
    "Evidence",
    "EvidenceForm",
    "EvidenceLink",
    "PublishedResult",
    "ReportKind",
    "Stage",
    "StageResult",
    "StageWindow",
    "State",
    "StoredReport",
]
