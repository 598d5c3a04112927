"""One district measured in one edition. Thin rows: constraints and visibility; the verbs stand in domain/."""

from evaluations.models.answer import Answer, AnswerRevision, AnswerSource, Assignment
from evaluations.models.closing import Objection, StageRecord, StateChange, VisitMode
from evaluations.models.edition import Edition, Stage, StageWindow
from evaluations.models.evaluation import Evaluation, State
from evaluations.models.evidence import Evidence, EvidenceForm, EvidenceLink
from evaluations.models.message import MailMode, Message, MessageKind, MessagePreference
from evaluations.models.report import ReportKind, StoredReport
from evaluations.models.result import PublishedResult, StageResult
from evaluations.models.returning import Extension, Return, ReturnItem
from evaluations.models.verdict import (
    VERIFYING,
    Decision,
    ReasonPhrase,
    Verdict,
    VerdictRevision,
    VerifierAssignment,
)

__all__ = [
    "VERIFYING",
    "Answer",
    "AnswerRevision",
    "AnswerSource",
    "Assignment",
    "Decision",
    "Edition",
    "Evaluation",
    "Evidence",
    "EvidenceForm",
    "EvidenceLink",
    "Extension",
    "MailMode",
    "Message",
    "MessageKind",
    "MessagePreference",
    "Objection",
    "PublishedResult",
    "ReasonPhrase",
    "ReportKind",
    "Return",
    "ReturnItem",
    "Stage",
    "StageRecord",
    "StageResult",
    "StageWindow",
    "State",
    "StateChange",
    "StoredReport",
    "Verdict",
    "VerdictRevision",
    "VerifierAssignment",
    "VisitMode",
]
