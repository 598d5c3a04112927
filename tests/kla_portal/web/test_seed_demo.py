"""The demo is built once and looked at from all sides."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from shutil import copy

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from evaluations.checks import Severity
from evaluations.checks.documents.register import WORDS
from evaluations.domain import deadlines
from evaluations.domain.checking import findings_of
from evaluations.domain.progress import current_score
from evaluations.domain.rulings import stage_trees
from evaluations.domain.snapshots import snapshot_at
from evaluations.domain.units.coverage import coverage, tallies
from evaluations.domain.units.places import places_of
from evaluations.models import (
    ActionStatus,
    AnswerRevision,
    AnswerSource,
    Edition,
    Evaluation,
    Evidence,
    EvidenceFile,
    Objection,
    PublishedResult,
    SharedPractice,
    Stage,
    StageResult,
    State,
    Target,
)
from evaluations.scoring.ranking import rank
from evaluations.scoring.score import digest, tree_from_dict
from indicators.domain.spec import loaded
from kla_portal.accounts.models import User
from kla_portal.events.log import verify
from kla_portal.events.models import Event
from kla_portal.web.demo import planned
from kla_portal.web.demo.build import Codes, build
from kla_portal.web.demo.people import ACCOUNTS, PASSWORD
from kla_portal.web.demo.places import KALSEL, PLACES, TABALONG, TANAH_BUMBU
from tests import demo as shared_demo

FILES = "django.core.files.storage.FileSystemStorage"
DEMO_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def codes(request, settings, tmp_path, tmp_path_factory, django_db_setup, django_db_blocker):
    """Of the demo's editions. On SQLite it is a copy of the one that the browser tests look at, built as by ``make run``;
    on PostgreSQL it is built here, beside the suite's own editions."""
    if connection.vendor != "sqlite":
        request.getfixturevalue("db")
        names = Codes(past="demo-2024", present="demo-2026")
        build(names)
        yield names
        return
    folder = shared_demo.built(shared_demo.shared_folder(tmp_path_factory))
    copy(folder / shared_demo.DATABASE, tmp_path)
    evidence = {"BACKEND": FILES, "OPTIONS": {"location": folder / "evidence"}}
    settings.STORAGES = settings.STORAGES | {"evidence": evidence}
    settings.PASSWORD_HASHERS = DEMO_HASHERS
    with django_db_blocker.unblock(), shared_demo.instead(tmp_path):
        yield Codes()


@pytest.mark.timeout(600)
def test_the_whole_demo(codes, client):
    past, present = (Edition.objects.get(code=code) for code in (codes.past, codes.present))
    assert (past.evidence_years, present.evidence_years) == ([2022, 2023], [2024, 2025])
    assert present.previous == past
    look_at_the_past(past)
    look_at_the_verified(past)
    look_at_the_present(present)
    look_at_the_documents()
    look_at_the_plans(past, present)
    look_at_the_people(client)
    assert list(verify()) == []
    assert PublishedResult.objects.filter(district=TABALONG, total=Decimal("955.25")).exists()


def look_at_the_past(edition):
    stored = StageResult.objects.filter(evaluation__edition=edition, stage=Stage.EM)
    results = {r.evaluation.district_id: r for r in stored}
    assert {code: result.total for code, result in results.items()} == {p.code: p.total for p in PLACES}
    for result in results.values():
        evaluation = result.evaluation
        tree = tree_from_dict(result.snapshot["score"])
        assert result.digest == digest(result.snapshot)
        assert tree.total_exact == result.total == evaluation.claimed_total
        assert current_score(evaluation) == tree
        assert evaluation.state != State.FILLING
        assert (tree.answered, evaluation.answered_count) == (274, 274)
        assert datetime(2024, 6, 1, tzinfo=UTC) < evaluation.submitted_at == result.taken_at
        assert result.taken_at < datetime(2024, 6, 30, 15, 59, tzinfo=UTC)
        # The answers contradict nothing; what a verifier would ask about the documents is there, as everywhere.
        warnings = [f for f in findings_of(evaluation) if f.severity is Severity.WARNING]
        assert {f.rule for f in warnings} <= set(WORDS)
    assert edition.evaluations.filter(state=State.FILLING).count() == 514 - 14
    in_province = [r for r in results.values() if r.evaluation.district.province_id == KALSEL]
    assert len(in_province) == 13
    ranked = rank((r.evaluation.district_id, r.total) for r in in_province)
    assert [row for row in ranked if row[0] == 1] == [(1, TABALONG, Decimal("955.25"))]
    assert len({row[0] for row in ranked}) == 12  # two share a rank
    assert {r.predikat for r in results.values()} == {
        "kla",
        "utama",
        "nindya",
        "madya",
        "pratama",
        "inisiasi",
    }
    assert sum(bool(r.snapshot["score"]["note"]) for r in results.values()) == 1


def look_at_the_verified(edition):
    """Every state is there, verification lowered the claims, and the past can be told from the history."""
    states = set(edition.evaluations.values_list("state", flat=True))
    assert states == set(State) - {State.VL_CLOSED}
    for evaluation in edition.evaluations.filter(state=State.FINAL).with_place():
        totals = {stage: tree.total for stage, tree in stage_trees(evaluation).items()}
        assert totals[Stage.EM] > totals[Stage.VL] > totals[Stage.VA]
        for result in evaluation.results.all():
            assert snapshot_at(evaluation, result.taken_at, stage=Stage(result.stage)) == result.snapshot
    decided, waiting = Objection.objects.filter(evaluation__edition=edition).order_by("decided_at")[::-1]
    assert (decided.granted, waiting.granted) in {(True, None), (None, True)}
    returned = edition.evaluations.with_place().get(state=State.RETURNED)
    limit = deadlines.limit_of(returned, Stage.VA)
    assert limit.extended
    assert timezone.now() < limit.due_at < limit.locks_at
    assert edition.results_public_at < timezone.now()


def look_at_the_present(edition):
    tabalong, tanah_bumbu = (edition.evaluations.get(district=code) for code in (TABALONG, TANAH_BUMBU))
    assert tabalong.state == tanah_bumbu.state == State.FILLING
    assert 120 <= tabalong.answered_count <= 155
    assert 20 <= tanah_bumbu.answered_count <= 40
    for evaluation in (tabalong, tanah_bumbu):
        assert current_score(evaluation).total == evaluation.claimed_total > 0
        assert evaluation.last_activity_at < timezone.now()
    others = Evaluation.objects.filter(edition=edition).exclude(district__in=(TABALONG, TANAH_BUMBU))
    assert others.count() == 512
    assert not others.filter(last_activity_at__isnull=False).exists()
    found = {finding.rule for finding in findings_of(tabalong)}
    assert found >= {
        "incomplete",
        "unanswered",
        "missing_evidence",
        "same_denominator",
        "level_denominator",
        "dropped_points",
    }
    assert AnswerRevision.objects.filter(answer__evaluation=tabalong, source=AnswerSource.REUSE).count() == 3
    assert tabalong.assignments.count() == 3
    assert Evidence.objects.filter(district=TABALONG, form="link").count() == 1
    # Some agencies are done, some have not begun.
    done = set(tabalong.answers.values_list("question__code", flat=True))
    assert {"4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7"} <= done
    assert not done & {"24B.1", "24B.2", "24B.3"}


def look_at_the_plans(past, present):
    """Tanah Bumbu aims for Nindya and works on it, Banjar for Utama; kecamatan said what they have; Tabalong shares."""
    aims = dict(
        Target.objects.filter(evaluation__edition=present).values_list("evaluation__district", "predikat")
    )
    assert aims == {TANAH_BUMBU: "nindya", planned.BANJAR: "utama"}
    tanah_bumbu = present.evaluations.get(district=TANAH_BUMBU)
    actions = tanah_bumbu.planned_actions.filter(removed_at__isnull=True)
    assert actions.count() == planned.ACTIONS
    assert set(actions.values_list("status", flat=True)) == set(ActionStatus)
    assert actions.exclude(agency=None).values("agency").distinct().count() >= 8
    assert all(sum(q.points_expected - q.points_before for q in a.questions.all()) > 0 for a in actions)
    questions = loaded(present.instrument).spec.counting_units
    rows = coverage(tanah_bumbu, questions, places_of(TANAH_BUMBU), tallies(tanah_bumbu))
    assert {row.question.code for row in rows if 0 < row.told < row.total} == set(planned.SAID)
    shared = SharedPractice.objects.filter(evaluation__edition=past, withdrawn_at=None)
    assert [row.with_evidence for row in shared] == [True, True]


def look_at_the_documents():
    storage = storages["evidence"]
    assert all(storage.exists(name) for name in EvidenceFile.objects.values_list("storage_name", flat=True))
    for place in PLACES:
        library = Evidence.objects.filter(district=place.code, added_at__year=2024, letters__isnull=True)
        count = library.count()
        assert 40 <= count <= 80, place


def look_at_the_people(client):
    assert User.objects.filter(username__in=[a.username for a in ACCOUNTS]).count() == len(ACCOUNTS)
    assert not User.objects.filter(must_change_password=True).exists()
    answer = client.post("/akun/masuk/", {"username": "koordinator.tabalong", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(username="koordinator.tabalong").pk)
    # Every event of a district follows the one before it, and none lies in the future.
    for place in PLACES:
        moments = list(Event.objects.filter(chain=place.code).order_by("number").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[-1] < timezone.now()


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{}, {"accounts": True}])
def test_production_refuses(settings, options):
    settings.MODE = "production"
    with pytest.raises(CommandError, match="hanya untuk mode demo"):
        call_command("seed_demo", **options)
    assert not User.objects.filter(username="admin.pusat").exists()


@pytest.mark.django_db
def test_a_second_run_changes_nothing_and_prints_the_accounts():
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert "Data contoh sudah ada" in out.getvalue()
    assert "koordinator.tabalong" in out.getvalue()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_accounts_prints_every_account_and_nothing_else():
    out = StringIO()
    call_command("seed_demo", accounts=True, stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2 + len(ACCOUNTS)
    assert all(PASSWORD in line for line in lines[2:])
    assert [account.username in line for account, line in zip(ACCOUNTS, lines[2:], strict=True)] == [
        True
    ] * len(ACCOUNTS)
