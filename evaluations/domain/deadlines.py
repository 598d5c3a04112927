"""Until when: the stage's window in the province's own time, a return's deadline, and extensions of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from evaluations.models import Edition, Evaluation, Extension, Return, Stage, StageWindow, State
from kla_portal.indonesian import tanggal_jam
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Limit:
    """``due_at``: tepat waktu sampai; ``locks_at``: dikunci mulai, the first moment nothing can be saved."""

    due_at: datetime
    locks_at: datetime
    reason: str = ""
    """Of the extension, where one was granted."""

    @property
    def extended(self) -> bool:
        return bool(self.reason)


def window_of(evaluation: Evaluation, stage: Stage) -> StageWindow | None:
    """No query for the self-assessment's where it came along (``with_place``)."""
    if stage == Stage.EM and hasattr(evaluation, "em_window"):
        return evaluation.em_window
    return next((window for window in _windows_of(evaluation.edition) if window.stage == stage), None)


def _windows_of(edition: Edition) -> list[StageWindow]:
    """The prefetched ones where there are any; else read once per object."""
    if "windows" in getattr(edition, "_prefetched_objects_cache", ()):
        return list(edition.windows.all())
    kept: list[StageWindow] | None = getattr(edition, "_windows", None)
    if kept is None:
        kept = edition._windows = _windows(edition.pk)  # type: ignore[attr-defined]
    return kept


@prepared
def _windows(edition: int) -> QuerySet[StageWindow]:
    return StageWindow.objects.filter(edition=edition)


def open_return(evaluation: Evaluation) -> Return | None:
    """The return that waits for the district, read once per object; ``None`` in every other state."""
    if evaluation.state != State.RETURNED:
        return None
    kept: Return | None = getattr(evaluation, "_open_return", None)
    if kept is None:
        kept = (
            evaluation.returns.prefetch_related("items", "extensions").filter(ended_at__isnull=True).first()
        )
        evaluation._open_return = kept  # type: ignore[attr-defined]
    return kept


def limit_of(evaluation: Evaluation, stage: Stage) -> Limit | None:
    """The deadline that counts now; ``None`` when the edition has no window for the stage."""
    sent_back = open_return(evaluation)
    if sent_back:
        return limit_of_return(sent_back)
    window = window_of(evaluation, stage)
    if window is None:
        return None
    closes = _closes(evaluation, window)
    return _extended(Limit(closes, closes), _extension_of(evaluation, stage))


def late(evaluation: Evaluation, stage: Stage, at: datetime) -> bool:
    """Whether what the district did in a stage ``at`` was after "tepat waktu sampai", as it stood then.

    Only an extension leaves time between that moment and "dikunci mulai". A query only after the window's end.
    """
    window = window_of(evaluation, stage)
    closes = _closes(evaluation, window) if window else at
    if at <= closes:
        return False
    granted = _extension_of(evaluation, stage, by=at)
    return granted is not None and at > _extended(Limit(closes, closes), granted).due_at


def limit_of_return(sent_back: Return) -> Limit:
    """The deadline of one return: its newest extension's, else its own. From the prefetched extensions, if any."""
    newest = max(sent_back.extensions.all(), key=lambda e: (e.granted_at, e.pk), default=None)
    return _extended(Limit(sent_back.due_at, sent_back.locks_at), newest)


def _extended(own: Limit, newest: Extension | None) -> Limit:
    """An extension gives time and takes none: also where the window was moved beyond it since."""
    if newest is None or (newest.due_at <= own.due_at and newest.locks_at <= own.locks_at):
        return own
    return Limit(max(own.due_at, newest.due_at), max(own.locks_at, newest.locks_at), newest.reason)


def _closes(evaluation: Evaluation, window: StageWindow) -> datetime:
    return window.closes_at(evaluation.district.province.zone)


def no_extension(evaluation: Evaluation, due_at: datetime) -> str | None:
    """Why ``due_at`` gives the district no time that it does not have anyway, in words; ``None`` when it does."""
    sent_back, window = open_return(evaluation), window_of(evaluation, Stage.EM)
    if sent_back:
        own = sent_back.due_at
    elif window:
        own = _closes(evaluation, window)
    else:
        return None
    if due_at > own:
        return None
    return f"Tanpa perpanjangan pun waktunya sampai {words(evaluation, own)}. Pilih waktu sesudahnya."


def _extension_of(evaluation: Evaluation, stage: Stage, by: datetime | None = None) -> Extension | None:
    """The stage's newest extension, or the newest that was granted ``by`` then; read once per object."""
    kept: list[Extension] | None = getattr(evaluation, "_extensions", None)
    if kept is None:
        kept = evaluation._extensions = list(_extensions(evaluation.pk))  # type: ignore[attr-defined]
    fitting = [one for one in kept if one.stage == stage and (by is None or one.granted_at <= by)]
    return fitting[-1] if fitting else None


@prepared
def _extensions(evaluation: int) -> QuerySet[Extension]:
    return Extension.objects.filter(evaluation=evaluation, sent_back__isnull=True).order_by(
        "granted_at", "pk"
    )


def words(evaluation: Evaluation, moment: datetime) -> str:
    """A moment in the district's own time: ``30 Juni 2026 23.59 WITA``."""
    return tanggal_jam(moment, evaluation.district.province.zone)


def refusal(evaluation: Evaluation, stage: Stage, now: datetime) -> str | None:
    """Why it is too early or too late, in words. Extensions are read only when the window is over."""
    sent_back, window = open_return(evaluation), window_of(evaluation, stage)
    if sent_back:
        locks_at = limit_of_return(sent_back).locks_at
        late = now >= locks_at
        return f"Waktu melengkapi kekurangan sudah berakhir {words(evaluation, locks_at)}." if late else None
    if window is None:
        return f"Jadwal {stage.label} untuk {evaluation.edition} belum ditetapkan."
    opens = window.opens_at(evaluation.district.province.zone)
    if now < opens:
        return f"{stage.label} baru dibuka {words(evaluation, opens)}."
    limit = limit_of(evaluation, stage) if now >= _closes(evaluation, window) else None
    if limit and now >= limit.locks_at:
        return f"{stage.label} sudah ditutup {words(evaluation, limit.locks_at)}."
    return None


def return_refusal(evaluation: Evaluation, question_id: int) -> str | None:
    """In a return, only the returned questions can be changed."""
    sent_back = open_return(evaluation)
    if sent_back and all(item.question_id != question_id for item in sent_back.items.all()):
        return "Hanya pertanyaan yang dikembalikan dapat diubah; yang lain tetap terkunci."
    return None


def returned_ids(evaluation: Evaluation) -> frozenset[int] | None:
    """Ids of the questions that are back with the district; ``None`` outside a return."""
    sent_back = open_return(evaluation)
    return frozenset(item.question_id for item in sent_back.items.all()) if sent_back else None


def needed_in_return(evaluation: Evaluation) -> dict[int, str]:
    """Question id -> what its return asks for, in the verifier's words; empty outside a return."""
    sent_back = open_return(evaluation)
    return {item.question_id: item.needed for item in sent_back.items.all()} if sent_back else {}


def stage_of_change(evaluation: Evaluation) -> Stage:
    """The stage in which the district changes something now: EM, or the stage that returned it."""
    sent_back = open_return(evaluation)
    return Stage(sent_back.stage) if sent_back else Stage.EM
