"""The nation in a database: every district with every answer, in an open edition and in a published one.

    DJANGO_SETTINGS_MODULE=tests.bench.settings python -m tests.bench.national DISTRICTS

Rows go in by the thousand, yet they are those that the verbs write: answers with all their revisions, an event for
each save in whole chains, documents in slots, kept totals, and sealed results of the past edition. What is drawn
is the same on every run, on however many cores.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
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
from tests.bench.bulk import number_on, put  # noqa: E402
from tests.evaluations.domain.claims import some_value  # noqa: E402

INSTRUMENT = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"
PAST, OPEN = "2024", "2026"
CONTRIBUTORS = ("kesehatan", "dukcapil")
"""Agencies whose contributor fills in beside the coordinator."""
FIRST = "63"
"""The province with which a small data set begins."""
DRAWN = 24
"""Values drawn for each question; a district takes one of them."""
DOCUMENTS, LINKS = 40, 160
"""Of one district in one edition."""
SPAN = timedelta(seconds=97)
SHARE = 6
"""Districts of one transaction."""
ANSWER = ("id", "evaluation_id", "question_id", "value", "note", "version", "updated_at", "updated_by_id")
REVISION = ("answer_id", "version", "value", "note", "at", "by_id")
EVENT = ("chain_id", "number", "action", "at", "by_id", "district_id", "subject", "data", "previous", "hash")
EVIDENCE = ("id", "district_id", "form", "title", "years", "added_at", "added_by_id")
FILE = (
    *("id", "evidence_id", "filename", "content_type", "size", "sha256", "source_sha256", "storage_name"),
    *("added_at", "added_by_id"),
)
LINK = ("evaluation_id", "slot_id", "evidence_id", "added_at", "added_by_id")


def build(count: int) -> None:
    """Everything, for the first ``count`` districts. Nothing may be there yet."""
    load_regions()
    spec = parse_instrument(INSTRUMENT.read_text(encoding="utf-8"), name=INSTRUMENT.name)
    instrument = publish(load_instrument(spec, by=None)[0], by=None)
    districts = sorted(District.objects.all(), key=lambda d: (d.province_id != FIRST, d.code))[:count]
    ensure_agencies(districts, [(term.code, term.name) for term in spec.agencies])
    nation = Nation(people(districts), Drawn(loaded(instrument), Random(2026)))
    previous = None
    for code, opens in ((PAST, date(2024, 2, 1)), (OPEN, date(2026, 1, 5))):
        previous = edition(code, instrument, opens, previous, by=nation.teams.admin)
        Evaluation.objects.bulk_create(Evaluation(edition=previous, district=d) for d in districts)
    nation.first = Evaluation.objects.order_by("pk")[0].pk
    shares = [[d.code for d in districts[at : at + SHARE]] for at in range(0, count, SHARE)]
    everywhere(nation, shares)
    number_on(Answer)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def everywhere(nation: Nation, shares: list[list[str]]) -> None:
    """Every share, on all cores: districts have nothing in common. SQLite has room for one writer."""
    if connection.vendor == "sqlite":
        for share in shares:
            nation.fill(share)
        return
    # A connection must not be in two processes.
    connections.close_all()
    _known.append(nation)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        list(pool.map(_fill, shares))


_known: list[Nation] = []
"""For the processes that are forked: the nation itself is too much to send with every share."""


def _fill(districts: list[str]) -> None:
    _known[0].fill(districts)


@dataclass
class Nation:
    """What the rows of a district are drawn from."""

    teams: Teams
    drawn: Drawn
    first: int = 0
    """The key of the first evaluation."""

    @transaction.atomic
    def fill(self, districts: list[str]) -> None:
        """Some districts, both editions, from the first answer to the results."""
        rows = Evaluation.objects.with_place().prefetch_related("edition__windows")
        for district in districts:
            chain = EventChain.objects.filter(key=district).first() or EventChain(key=district)
            for evaluation in rows.filter(district=district).order_by("pk"):
                # Drawn for itself: the same rows, whoever makes them and when.
                random = Random(f"{evaluation.edition.code} {district}")
                by = self.teams.of[district][0]
                answers(evaluation, self, chain, by, random)
                documents(evaluation, self.drawn, by, random)
                total(evaluation, by, closed=evaluation.edition.code == PAST)
            chain.save()


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
    User.objects.bulk_create([row.user for row in rows])
    Membership.objects.bulk_create(rows)
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


def answers(evaluation: Evaluation, nation: Nation, chain: EventChain, by: User, random: Random) -> None:
    """Every answer, what it was before, and an event for each: one answer in three is a second thought."""
    rows, revisions, events = [], [], []
    at = datetime(int(evaluation.edition.code), 2, 2, 1, tzinfo=UTC)
    values, ids = nation.drawn.values, nation.drawn.instrument.question_ids
    first = (evaluation.pk - nation.first) * len(values) + 1
    for pk, (code, drawn) in enumerate(values.items(), first):
        at += SPAN
        versions = random.choice((1, 1, 2))
        note = f"Dicatat oleh dinas, butir {code}." if random.random() < 0.3 else ""
        for version in range(1, versions + 1):
            value = random.choice(drawn)
            revisions.append((pk, version, value, note, at, by.pk))
            events.append(saved(chain, evaluation, at, by, {"code": code, "version": version}))
        rows.append((pk, evaluation.pk, ids[code], value, note, versions, at, by.pk))
    put(Answer, ANSWER, rows)
    put(AnswerRevision, REVISION, revisions)
    put(Event, EVENT, events)


def saved(
    chain: EventChain, evaluation: Evaluation, at: datetime, by: User, data: dict[str, Any]
) -> tuple[Any, ...]:
    """The next event of the chain, which moves on."""
    event = Event(
        chain_id=chain.key,
        number=chain.length + 1,
        action=EventAction.ANSWER_SAVED,
        at=at,
        by_id=by.pk,
        district_id=evaluation.district_id,
        subject=f"evaluasi:{evaluation.pk}",
        data=data,
        previous=chain.head,
    )
    event.hash = seal(event)
    chain.length, chain.head = event.number, event.hash
    return tuple(getattr(event, name) for name in EVENT)


def documents(evaluation: Evaluation, drawn: Drawn, by: User, random: Random) -> None:
    """Papers of the library with one file each, standing in slots. Their bytes are nowhere: no page reads them."""
    year, years = evaluation.edition.code, evaluation.edition.evidence_years
    at = datetime(int(year), 3, 1, tzinfo=UTC)
    papers, files = [], []
    for number in range(DOCUMENTS):
        paper, file = (
            UUID(int=random.getrandbits(128), version=4),
            UUID(int=random.getrandbits(128), version=4),
        )
        title = f"Keputusan nomor {number} tahun {year}"
        papers.append((paper, evaluation.district_id, "file", title, years, at, by.pk))
        digest, size = f"{random.getrandbits(256):064x}", random.randrange(20_000, 3_000_000)
        name = f"keputusan-{number}.pdf"
        files.append(
            (file, paper, name, "application/pdf", size, digest, digest, f"bench/{paper}", at, by.pk)
        )
    slots = random.sample(drawn.slots, min(LINKS, len(drawn.slots)))
    put(Evidence, EVIDENCE, papers)
    put(EvidenceFile, FILE, files)
    put(EvidenceLink, LINK, [(evaluation.pk, slot, random.choice(papers)[0], at, by.pk) for slot in slots])


def total(evaluation: Evaluation, by: User, *, closed: bool) -> None:
    """The kept totals; of a closed edition also the results of the first and the last stage, and the final state."""
    moment = datetime(int(evaluation.edition.code), 6, 1, tzinfo=UTC)
    with clock.at(moment):
        progress.refresh(evaluation)
    if closed:
        for stage in (Stage.EM, Stage.VF):
            store_result(evaluation, stage=stage, by=by, at=moment)
        evaluation.state = State.FINAL
        evaluation.submitted_at, evaluation.submitted_by = moment, by
        evaluation.save(update_fields=["state", "submitted_at", "submitted_by"])


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
