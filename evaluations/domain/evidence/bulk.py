"""Many files at once: what each is proposed for, and saving the list. Each file stands or falls by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from evaluations.domain import workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import placing, slots, uploads
from evaluations.domain.evidence.library import offered_to
from evaluations.domain.workflow import Action
from evaluations.files.faults import AlreadyThere, EvidenceRefused
from evaluations.files.naming import title_of
from evaluations.models import Evaluation, Evidence, EvidenceFile, Upload, UploadState
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User

SECONDS = 15
"""How long one request saves; what is left over stays in the list and is saved by the next."""


@dataclass(frozen=True)
class Wish:
    """What a person wants of one upload, as typed: ``place`` may be empty (library only) or name several slots."""

    upload: UUID
    title: str
    place: str
    wanted: bool = True


@dataclass(frozen=True)
class Proposal:
    """One upload in the list. ``fault``: why it cannot be saved as it is; ``known``: the library's document with this
    content, as far as the person sees it; ``twin``: the file before it in the list with the same content."""

    upload: Upload
    title: str
    place: str
    wanted: bool
    known: Evidence | None = None
    twin: str = ""
    fault: str = ""

    @property
    def name(self) -> str:
        return uploads.name_of(self.upload)

    @property
    def refused(self) -> bool:
        return self.upload.state == UploadState.REFUSED


@dataclass(frozen=True)
class Outcome:
    """What became of one file, as it is said on screen."""

    name: str
    ok: bool
    text: str


@dataclass(frozen=True)
class Saved:
    """``faults``: reasons by upload of those that stay in the list; ``left``: how many there was no time for."""

    outcomes: Sequence[Outcome] = ()
    faults: Mapping[UUID, str] = field(default_factory=dict)
    left: int = 0


def open_codes(evaluation: Evaluation, *, by: User) -> frozenset[str]:
    """Codes of the questions that a file of this person can be meant for."""
    codes = codes_open_to(by, evaluation)
    return frozenset(loaded(evaluation.edition.instrument).spec.by_code) if codes is None else codes


def proposals(
    evaluation: Evaluation,
    *,
    by: User,
    wishes: Iterable[Wish] = (),
    saved: Saved | None = None,
    only: UUID | None = None,
) -> list[Proposal]:
    """The person's list, by path; what was typed already (``wishes``) stays, ``saved`` says what failed.

    A fixed number of queries. ``only``: the one upload, with what the others say of it.
    """
    staged = sorted(uploads.staged(evaluation, by=by), key=lambda upload: upload.path)
    typed = {wish.upload: wish for wish in wishes}
    codes = open_codes(evaluation, by=by)
    asked = [upload for upload in staged if only in (None, upload.pk)]
    known = _known(evaluation, {upload.sha256 for upload in asked} - {""}, by=by)
    first: dict[str, Upload] = {}
    for upload in staged:
        first.setdefault(upload.sha256 or str(upload.pk), upload)
    return [
        _proposal(
            upload,
            evaluation,
            codes,
            typed.get(upload.pk),
            known=upload.evidence or known.get(upload.sha256),
            first=first[upload.sha256 or str(upload.pk)],
            fault=saved.faults.get(upload.pk, "") if saved else "",
        )
        for upload in asked
    ]


def _proposal(
    upload: Upload,
    evaluation: Evaluation,
    codes: frozenset[str],
    wish: Wish | None,
    *,
    known: Evidence | None,
    first: Upload,
    fault: str,
) -> Proposal:
    """``first``: the first upload of the list with this content, often itself."""
    twin = "" if first == upload else uploads.name_of(first)
    if upload.state == UploadState.REFUSED:
        return Proposal(upload, "", "", wanted=False, fault=upload.refusal)
    if wish is not None:
        return Proposal(upload, wish.title, wish.place, wish.wanted and not fault, known, twin, fault)
    spec = loaded(evaluation.edition.instrument).spec
    places = placing.proposed(upload.path, spec, codes)
    # What the library has and no question asks for needs no saving.
    wanted = bool(places) or not (known or twin)
    title = upload.title or title_of(upload.path)
    return Proposal(upload, title, placing.written(places, spec), wanted, known, twin, fault)


def _known(evaluation: Evaluation, hashes: set[str], *, by: User) -> dict[str, Evidence]:
    """sha256 -> the oldest document with it that ``by`` may put into a slot."""
    if not hashes:
        return {}
    files = (
        EvidenceFile.objects.filter(
            Q(sha256__in=hashes) | Q(source_sha256__in=hashes),
            retired_at__isnull=True,
            evidence__in=offered_to(by, evaluation.district_id),
        )
        .select_related("evidence")
        .order_by("-evidence__added_at")
    )
    return {sha256: file.evidence for file in files for sha256 in (file.source_sha256, file.sha256)}


def save(*, evaluation: Evaluation, wishes: Sequence[Wish], by: User) -> Saved:
    """Put the wanted uploads into the library and their slots, one after the other, for at most ``SECONDS``.

    What cannot be saved stays in the list with its reason. Raises ``Refused`` when data dukung cannot be changed now.
    """
    workflow.ensure(evaluation, Action.ATTACH, by=by)
    until = clock.now() + timedelta(seconds=SECONDS)
    wanted = {wish.upload: wish for wish in wishes if wish.wanted}
    waiting = [upload for upload in uploads.staged(evaluation, by=by) if upload.pk in wanted]
    complete = sorted((u for u in waiting if u.state == UploadState.RECEIVED), key=lambda upload: upload.path)
    codes = open_codes(evaluation, by=by)
    outcomes: list[Outcome] = []
    faults: dict[UUID, str] = {}
    left = len(complete)
    for upload in complete:
        if outcomes and clock.now() >= until:
            break
        left -= 1
        upload.evaluation = evaluation
        outcome = _saved(upload, wanted[upload.pk], codes, by=by)
        outcomes.append(outcome)
        if not outcome.ok:
            faults[upload.pk] = outcome.text
    return Saved(outcomes, faults, left)


def _saved(upload: Upload, wish: Wish, codes: frozenset[str], *, by: User) -> Outcome:
    name = uploads.name_of(upload)
    spec = loaded(upload.evaluation.edition.instrument).spec
    try:
        places = placing.places_in(wish.place, upload.path, spec, codes)
        settled = uploads.settle(upload=upload, by=by, place=places[0] if places else None, title=wish.title)
    except (EvidenceRefused, Refused) as refused:
        return Outcome(name, False, str(refused))
    if settled.evidence is None:
        return Outcome(name, False, settled.refusal)
    said = [_words(settled, places)]
    said += [_also(settled.evidence, upload.evaluation, place, by=by) for place in places[1:]]
    return Outcome(name, True, " ".join(said))


def _words(settled: uploads.Outcome, places: Sequence[uploads.Place]) -> str:
    if settled.known and settled.evidence is not None:
        title = settled.evidence.title
        if not places:
            return f"isinya sudah ada di pustaka sebagai “{title}”; tidak disimpan dua kali."
        return f"isinya sudah ada di pustaka sebagai “{title}”; dokumen itu dipasang di {places[0].code}."
    if not places:
        return "tersimpan di pustaka, belum dipasang di pertanyaan."
    return f"tersimpan dan dipasang di {places[0].code}."


def _also(evidence: Evidence, evaluation: Evaluation, place: uploads.Place, *, by: User) -> str:
    try:
        slots.attach(evaluation=evaluation, code=place.code, slot_number=place.slot, evidence=evidence, by=by)
    except AlreadyThere:
        return f"Sudah ada di {place.code}."
    except (EvidenceRefused, Refused) as refused:
        return f"Belum dipasang di {place.code}: {refused}"
    return f"Dipasang juga di {place.code}."
