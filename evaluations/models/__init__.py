"""One district measured in one edition. Thin rows: constraints and visibility; the verbs stand in domain/."""

from evaluations.models.answer import Answer, AnswerRevision, AnswerSource, Assignment
from evaluations.models.closing import Objection, StageRecord, StateChange, VisitMode
from evaluations.models.edition import Edition, Stage, StageWindow
from evaluations.models.evaluation import Evaluation, State
from evaluations.models.evidence import (
    Evidence,
    EvidenceFile,
    EvidenceForm,
    EvidenceLink,
    Scan,
    current_files,
)
from evaluations.models.message import MailMode, Message, MessageKind, MessagePreference
from evaluations.models.planning import (
    ActionEvidence,
    ActionNote,
    ActionQuestion,
    ActionStatus,
    Effort,
    Need,
    PlannedAction,
    Target,
)
from evaluations.models.practice import SharedPractice
from evaluations.models.reading import ConcernAnswer, FileBand, FileReading, PageText
from evaluations.models.report import ReportKind, StoredReport
from evaluations.models.result import PublishedResult, StageResult
from evaluations.models.returning import Extension, Return, ReturnItem
from evaluations.models.unit import UnitAnswer
from evaluations.models.upload import Upload, UploadPiece, UploadState
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
    "ActionEvidence",
    "ActionNote",
    "ActionQuestion",
    "ActionStatus",
    "Answer",
    "AnswerRevision",
    "AnswerSource",
    "Assignment",
    "ConcernAnswer",
    "Decision",
    "Edition",
    "Effort",
    "Evaluation",
    "Evidence",
    "EvidenceFile",
    "EvidenceForm",
    "EvidenceLink",
    "Extension",
    "FileBand",
    "FileReading",
    "MailMode",
    "Message",
    "MessageKind",
    "MessagePreference",
    "Need",
    "Objection",
    "PageText",
    "PlannedAction",
    "PublishedResult",
    "ReasonPhrase",
    "ReportKind",
    "Return",
    "ReturnItem",
    "Scan",
    "SharedPractice",
    "Stage",
    "StageRecord",
    "StageResult",
    "StageWindow",
    "State",
    "StateChange",
    "StoredReport",
    "Target",
    "UnitAnswer",
    "Upload",
    "UploadPiece",
    "UploadState",
    "Verdict",
    "VerdictRevision",
    "VerifierAssignment",
    "VisitMode",
    "current_files",
]
