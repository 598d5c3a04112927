"""The nation in a database: every district with every answer, in an open edition and in a published one.

    DJANGO_SETTINGS_MODULE=tests.bench.settings python -m tests.bench.national DISTRICTS

Rows go in by the thousand, yet they are those that the verbs write: answers with all their revisions, an event for
each save in whole chains, documents in slots, kept totals, and sealed results of the past edition.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from random import Random
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Max  # noqa: E402

from evaluations.domain import editions, progress  # noqa: E402
from evaluations.domain.submission import store_result  # noqa: E402
from evaluations.models import (  # noqa: E402
    Answer,
    AnswerRevision,
    Edition,
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    Stage,
    State,
)
from evaluations.scoring.rules import best_answer  # noqa: E402
from indicators.domain.importing import parse_instrument  # noqa: E402
from indicators.domain.loading import load_instrument  # noqa: E402
from indicators.domain.publishing import publish  # noqa: E402
from indicators.domain.spec import Loaded, loaded  # noqa: E402
from kla_portal import clock  # noqa: E402
from kla_portal.accounts.domain.agencies import ensure_agencies  # noqa: E402
from kla_portal.accounts.models import Agency, Membership, User  # noqa: E402
from kla_portal.accounts.roles import Role  # noqa: E402
from kla_portal.events.log import seal  # noqa: E402
from kla_portal.events.models import Event, EventAction, EventChain  # noqa: E402
from kla_portal.regions.loading import load_regions  # noqa: E402
from kla_portal.regions.models import District, Province  # noqa: E402
from tests.evaluations.domain.claims import some_value  # noqa: E402

INSTRUMENT = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"
PAST, OPEN = "2024", "2026"
CONTRIBUTORS = ("kesehatan", "dukcapil")
"""Agencies whose contributor fills in beside the coordinator."""
FIRST = "63"
"""The province with which a small data set begins."""
BATCH = 4000
DRAWN = 24
"""Values drawn for each question; a district takes one of them."""
DOCUMENTS, LINKS = 40, 160
"""Of one district in one edition."""
SPAN = timedelta(seconds=97)


def build(count: int) -> None:
    """Everything, for the first ``count`` districts. Nothing may be there yet."""
    random = Random(2026)
    load_regions()
    spec = parse_instrument(INSTRUMENT.read_text(encoding="utf-8"), name=INSTRUMENT.name)
    instrument = publish(load_instrument(spec, by=None)[0], by=None)
    districts = sorted(District.objects.all(), key=lambda d: (d.province_id != FIRST, d.code))[:count]
    ensure_agencies(districts, [(term.code, term.name) for term in spec.agencies])
    teams = people(districts)
    drawn = Drawn(loaded(instrument), random)
    previous = None
    for code, opens in ((PAST, date(2024, 2, 1)), (OPEN, date(2026, 1, 5))):
        previous = edition(code, instrument, opens, previous, by=teams.admin)
        chains = {chain.key: chain for chain in EventChain.objects.all()}
        rows = Evaluation.objects.bulk_create(Evaluation(edition=previous, district=d) for d in districts)
        for start in range(0, len(rows), 20):
            with transaction.atomic():
                fill(rows[start : start + 20], drawn, teams, chains, random)
        with transaction.atomic():
            total(previous, closed=code == PAST, teams=teams)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class Teams:
    """Who works where: ``of[district]`` is the coordinator and the contributors of two agencies."""

    def __init__(self) -> None:
        self.of: dict[str, list[User]] = {}
        self.admin: User | None = None


class Drawn:
    """A lawful value of every question, many times over."""

    def __init__(self, instrument: Loaded, random: Random) -> None:
        self.instrument = instrument
        self.values = {}
        for question in instrument.spec.questions():
            some = [some_value(question, random) for _ in range(DRAWN)]
            self.values[question.code] = [value or best_answer(question.rule) for value in some]
        self.slots = sorted(instrument.slots_by_id)


def people(districts: list[District]) -> Teams:
    """A coordinator and two contributors of each district, two verifiers and an administrator of each province."""
    teams, rows = Teams(), []
    hashed = make_password("kla-bench-2026")
    agencies = {(a.district_id, a.code): a for a in Agency.objects.filter(code__in=CONTRIBUTORS)}

    def person(username: str, role: Role, **place: Any) -> User:
        user = User(username=username, name=username, password=hashed, must_change_password=False)
        rows.append(Membership(user=user, role=role, **place))
        return user

    for district in districts:
        team = [person(f"koor.{district.code}", Role.COORDINATOR, district=district)]
        for code in CONTRIBUTORS:
            agency = agencies[district.code, code]
            team.append(person(f"{code}.{district.code}", Role.CONTRIBUTOR, district=district, agency=agency))
        teams.of[district.code] = team
    for province in Province.objects.filter(districts__in=districts).distinct():
        person(f"adm.{province.code}", Role.PROVINCIAL_ADMIN, province=province)
        for place in (1, 2):
            person(f"verif{place}.{province.code}", Role.PROVINCIAL_VERIFIER, province=province)
    teams.admin = person("adm.pusat", Role.NATIONAL_ADMIN)
    person("verif.pusat", Role.NATIONAL_VERIFIER)
    User.objects.bulk_create([row.user for row in rows], batch_size=BATCH)
    Membership.objects.bulk_create(rows, batch_size=BATCH)
    return teams


def edition(code: str, instrument: Any, opens: date, previous: Edition | None, *, by: User | None) -> Edition:
    """Open. The open one's stages overlap and end in many years, so that a kept data set stays good."""
    made = editions.create_edition(
        code=code,
        name=f"Evaluasi KLA {code}",
        instrument=instrument,
        evidence_years=(int(code) - 2, int(code) - 1),
        previous=previous,
        by=by,
    )
    until = date(2024, 6, 30) if code == PAST else date(2099, 12, 30)
    for place, stage in enumerate(Stage):
        shift = timedelta(days=60 * place if code == PAST else 0)
        editions.set_window(
            edition=made,
            stage=stage,
            opens=(opens + shift, clock_time(8)),
            closes=(until + shift, clock_time(23, 59)),
            by=by,
        )
    Edition.objects.filter(pk=made.pk).update(
        opened_at=datetime(opens.year, opens.month, opens.day, tzinfo=UTC),
        opened_by=by,
        results_public_at=datetime(2024, 12, 1, tzinfo=UTC) if code == PAST else None,
    )
    return Edition.objects.get(pk=made.pk)


def fill(
    evaluations: list[Evaluation],
    drawn: Drawn,
    teams: Teams,
    chains: dict[str, EventChain],
    random: Random,
) -> None:
    """Answers, revisions, events and documents of some evaluations."""
    answers, revisions, events = [], [], []
    codes = list(drawn.values)
    for evaluation in evaluations:
        at = datetime(int(evaluation.edition.code), 2, 2, 1, tzinfo=UTC)
        team = teams.of[evaluation.district_id]
        key = evaluation.district_id
        chain = chains.setdefault(key, EventChain(key=key, length=0, head=""))
        for place, code in enumerate(codes):
            at += SPAN
            answer, history = answered(evaluation, code, drawn, by=team[0], at=at, random=random)
            answers.append(answer)
            revisions += history
            events += [saved(chain, evaluation, code, revision) for revision in history]
            if place % 3 == 2:
                at += SPAN
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    AnswerRevision.objects.bulk_create(revisions, batch_size=BATCH)
    touched = [chains[evaluation.district_id] for evaluation in evaluations]
    EventChain.objects.bulk_create(
        touched, update_conflicts=True, unique_fields=["key"], update_fields=["length", "head"]
    )
    Event.objects.bulk_create(events, batch_size=BATCH)
    documents(evaluations, drawn, teams, random)


def answered(
    evaluation: Evaluation, code: str, drawn: Drawn, *, by: User, at: datetime, random: Random
) -> tuple[Answer, list[AnswerRevision]]:
    """An answer and what it was before: one revision in three answers is a second thought."""
    versions = random.choice((1, 1, 2))
    values = [random.choice(drawn.values[code]) for _ in range(versions)]
    answer = Answer(
        evaluation=evaluation,
        question_id=drawn.instrument.question_ids[code],
        value=values[-1],
        note=f"Dicatat oleh dinas, butir {code}." if random.random() < 0.3 else "",
        version=versions,
        updated_at=at,
        updated_by=by,
    )
    return answer, [
        AnswerRevision(answer=answer, version=place, value=value, note=answer.note, at=at, by=by)
        for place, value in enumerate(values, 1)
    ]


def saved(chain: EventChain, evaluation: Evaluation, code: str, revision: AnswerRevision) -> Event:
    """The next event of the chain, which moves on."""
    event = Event(
        chain=chain,
        number=chain.length + 1,
        action=EventAction.ANSWER_SAVED,
        at=revision.at,
        by=revision.by,
        district_id=evaluation.district_id,
        subject=f"evaluasi:{evaluation.pk}",
        data={"code": code, "version": revision.version},
        previous=chain.head,
    )
    event.hash = seal(event)
    chain.length, chain.head = event.number, event.hash
    return event


def documents(evaluations: list[Evaluation], drawn: Drawn, teams: Teams, random: Random) -> None:
    """Papers of the library with one file each, standing in slots. Their bytes are nowhere: no page reads them."""
    papers, files, links = [], [], []
    for evaluation in evaluations:
        by = teams.of[evaluation.district_id][0]
        at = datetime(int(evaluation.edition.code), 3, 1, tzinfo=UTC)
        own = []
        for number in range(DOCUMENTS):
            paper = Evidence(
                district_id=evaluation.district_id,
                form="file",
                title=f"Keputusan nomor {number} tahun {evaluation.edition.code}",
                years=evaluation.edition.evidence_years,
                added_at=at,
                added_by=by,
            )
            digest = f"{random.getrandbits(256):064x}"
            own.append(paper)
            files.append(
                EvidenceFile(
                    evidence=paper,
                    filename=f"keputusan-{number}.pdf",
                    content_type="application/pdf",
                    size=random.randrange(20_000, 3_000_000),
                    sha256=digest,
                    source_sha256=digest,
                    storage_name=f"bench/{paper.pk}",
                    added_at=at,
                    added_by=by,
                )
            )
        papers += own
        for slot in random.sample(drawn.slots, min(LINKS, len(drawn.slots))):
            paper = random.choice(own)
            links.append(
                EvidenceLink(evaluation=evaluation, slot_id=slot, evidence=paper, added_at=at, added_by=by)
            )
    Evidence.objects.bulk_create(papers, batch_size=BATCH)
    EvidenceFile.objects.bulk_create(files, batch_size=BATCH)
    EvidenceLink.objects.bulk_create(links, batch_size=BATCH)


def total(of: Edition, *, closed: bool, teams: Teams) -> None:
    """The kept totals; a closed edition's results, first and last stage, and its final state."""
    moment = datetime(int(of.code), 6, 1, tzinfo=UTC)
    rows = Evaluation.objects.with_place().prefetch_related("edition__windows").filter(edition=of)
    for evaluation in rows:
        with clock.at(moment):
            progress.refresh(evaluation)
        if closed:
            by = teams.of[evaluation.district_id][0]
            for stage in (Stage.EM, Stage.VF):
                store_result(evaluation, stage=stage, by=by, at=moment)
    if closed:
        for evaluation in rows:
            evaluation.state = State.FINAL
            evaluation.submitted_at, evaluation.submitted_by = moment, teams.of[evaluation.district_id][0]
        Evaluation.objects.bulk_update(rows, ["state", "submitted_at", "submitted_by"], batch_size=200)


def counted() -> Iterator[str]:
    """What stands there now, one line each."""
    tables = Counter(
        {
            model._meta.verbose_name or "": model.objects.count()
            for model in (Evaluation, Answer, AnswerRevision)
        }
    )
    tables |= Counter({"event": Event.objects.count(), "link": EvidenceLink.objects.count()})
    yield from (f"{name}: {number}" for name, number in tables.items())
    yield f"highest version: {Answer.objects.aggregate(top=Max('version'))['top']}"


if __name__ == "__main__":
    began = time.monotonic()
    build(int(sys.argv[1]))
    print(f"built in {time.monotonic() - began:.0f} s: {', '.join(counted())}")
