"""Collects the list of what is open before an evaluation goes in, per agency: what the check page finds, on paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from evaluations.checks import Context, Severity, run
from evaluations.checks.documents import Concern
from evaluations.domain import workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.checking import context_of
from evaluations.domain.evidence.raised import of_evaluation
from evaluations.domain.letterheads import district_letterhead
from evaluations.models import Evaluation, State
from evaluations.reports import gaps
from evaluations.reports.gaps import AgencyGaps, GapItem, GapsReport
from evaluations.reports.paper import printable
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User

KIND_OF = {
    "incomplete": gaps.INCOMPLETE,
    "unanswered": gaps.UNANSWERED,
    "missing_evidence": gaps.MISSING,
}
"""Rule of a finding -> kind in the list; other errors and warnings are to be compared, notes stay on the page."""

TOO_LATE = (
    "Daftar ini untuk evaluasi yang masih diisi, dan evaluasi ini sudah diajukan. "
    "Yang dikembalikan verifikator ada di halaman Kekurangan; hasilnya di halaman Laporan."
)


def gaps_report(evaluation: Evaluation, *, by: User) -> GapsReport:
    """As the person sees it: a mere contributor their own agencies' questions only.

    ``Refused`` once the evaluation went in. Eighteen queries at most beside the cached instrument.
    """
    if evaluation.state != State.FILLING:
        raise Refused(TOO_LATE)
    context, concerns = context_of(evaluation), of_evaluation(evaluation)
    own = codes_open_to(by, evaluation)
    district = evaluation.district
    return GapsReport(
        district_code=district.code,
        district_name=district.name,
        province_name=district.province.name,
        edition_name=evaluation.edition.name,
        agencies=by_agency(context, concerns, own),
        partial=own is not None,
        claim=context.tree.total if own is None else None,
        closes_at=workflow.closes_at(evaluation),
        printed_at=clock.now(),
        zone=district.province.zone,
        letterhead=district_letterhead(district),
    )


def by_agency(
    context: Context, concerns: Iterable[Concern], own: Collection[str] | None = None
) -> tuple[AgencyGaps, ...]:
    """Agencies with something open, most points first. ``own``: the codes to keep; ``None`` keeps all."""
    open_codes = context.instrument.by_code if own is None else own
    found: dict[str, list[GapItem]] = {}
    for agency, item in [*_of_answers(context, open_codes), *_of_documents(context, concerns, open_codes)]:
        found.setdefault(agency or gaps.NOBODY, []).append(item)
    parts = [_agency(name, items, context) for name, items in found.items()]
    return tuple(sorted(parts, key=lambda part: (-(part.gain + part.risk), part.name)))


def _of_answers(context: Context, open_codes: Collection[str]) -> Iterator[tuple[str, GapItem]]:
    """(agency, item) of each finding about an answer, gravest first."""
    for finding in run(replace(context, concerns=())):
        kind = KIND_OF.get(finding.rule, gaps.OTHER)
        code = finding.code
        if code not in open_codes or code is None:
            continue
        if kind == gaps.OTHER and finding.severity is Severity.NOTE:
            continue
        yield (
            context.responsible.get(code, ""),
            GapItem(
                kind=kind,
                codes=(code,),
                title=context.instrument.by_code[code].title,
                # The heading says it, and who is to answer it is on top of the page.
                words="" if kind == gaps.UNANSWERED else printable(finding.message),
                points=finding.points,
                must=finding.severity is Severity.ERROR,
            ),
        )


def _of_documents(
    context: Context, concerns: Iterable[Concern], open_codes: Collection[str]
) -> Iterator[tuple[str, GapItem]]:
    """(agency, item) of each open warning, at every agency whose questions the document stands at."""
    for concern in concerns:
        if not concern.blocks:
            continue
        by_name: dict[str, list[str]] = {}
        for code in sorted(concern.codes, key=context.order.__getitem__):
            if code in open_codes:
                by_name.setdefault(context.responsible.get(code, ""), []).append(code)
        for name, codes in by_name.items():
            points = gaps.total(context.points[code].points for code in codes)
            # Titles of documents at sensitive questions can name children, and paper travels.
            hidden = any(context.instrument.by_code[code].sensitive for code in concern.codes)
            title = "Dokumen dilindungi" if hidden else printable(concern.title)
            yield (
                name,
                GapItem(gaps.DOCUMENTS, tuple(codes), title, printable(concern.message), points, False),
            )


def _agency(name: str, items: Iterable[GapItem], context: Context) -> AgencyGaps:
    items = tuple(items)
    # A document may stand at a question whose other document is missing: its points are in danger once.
    endangered = {
        code for item in items if item.kind in (gaps.MISSING, gaps.DOCUMENTS) for code in item.codes
    }
    return AgencyGaps(
        name=printable(name),
        items=items,
        gain=gaps.total(item.points for item in items if item.kind in (gaps.UNANSWERED, gaps.INCOMPLETE)),
        risk=gaps.total(context.points[code].points for code in endangered),
    )
