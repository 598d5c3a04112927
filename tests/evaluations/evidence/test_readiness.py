"""What is kept of the safe score: right after every deed, cheap with every save, sealed with the submission."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import editions, submission
from evaluations.domain.evidence import concerns, raised, readiness, readings, slots
from evaluations.domain.progress import current_score, filled_slots
from evaluations.models import Evaluation, Evidence, EvidenceLink, Stage
from evaluations.scoring.safe import safe_score, unready
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.domain.claims import ONE_OF_EACH, best, fill, fresh, hand_in, save, some_value
from tests.evaluations.evidence import shelf
from tests.evaluations.evidence.raising import fill_slots, put
from tests.evaluations.evidence.test_concerns import OLD, reply, withdraw

CODES = ("1.1", "12.1", "2.1", "8.1", "3.1a", "26.17")


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def kept_is_true(evaluation):
    """Recomputes everything from the rows."""
    row = fresh(evaluation)
    instrument = loaded(row.edition.instrument)
    filled = {instrument.slots_by_id[pk] for pk in filled_slots(row)}
    reasons = unready(instrument.spec, filled, raised.warned(concerns.of_evaluation(row)))
    tree = current_score(row)
    safe = safe_score(instrument.spec, {q.code: q.points for q in tree.questions()}, reasons)
    assert row.unready == reasons
    assert row.safe_total == safe.total
    assert row.safe_total <= row.claimed_total == tree.total
    return row


def test_a_claim_without_documents_is_not_safe(evaluation, by):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    row = kept_is_true(evaluation)
    assert (row.claimed_total, row.safe_total) == (2, 0)
    assert row.unready["12.1"] == ["slot.1"]
    assert "26.17" not in row.unready, "it has no required slot"


def test_with_its_slots_filled_it_is(evaluation, by):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    (evidence, *_) = fill_slots(evaluation, "12.1", by=by)
    assert kept_is_true(evaluation).safe_total == 2
    Evidence.objects.filter(pk=evidence.pk).update(years=[])
    readiness.refresh(fresh(evaluation))
    row = kept_is_true(evaluation)
    assert (row.safe_total, row.unready["12.1"]) == (0, ["undated"])


def test_what_the_documents_say_outlives_the_saving_of_answers(evaluation, by):
    fill_slots(evaluation, "12.1", by=by, **OLD)
    saved = save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    assert saved.safe == 0
    assert kept_is_true(evaluation).unready["12.1"] == ["expired"]


def test_a_save_reads_no_documents(evaluation, by):
    fill_slots(evaluation, "12.1", by=by)
    save(evaluation, "12.1", {"numerator": "1", "denominator": "10"}, by=by)
    row = fresh(evaluation)
    with CaptureQueriesContext(connection) as seen:
        save(row, "12.1", ONE_OF_EACH["percentage"][1], by=by, version=1)
    words = (
        "filereading",
        "evidencefile",
        "fileband",
        "concernanswer",
        "evidencelink",
        'evaluations_evidence"',
    )
    assert not [q["sql"] for q in seen if any(word in q["sql"] for word in words)]
    assert kept_is_true(evaluation).safe_total == 2


def test_a_save_that_finds_no_marks_makes_them(evaluation, by):
    """As with the first answer of all, and when everything was safe."""
    fill_slots(evaluation, "12.1", by=by)
    save(evaluation, "12.1", {"numerator": "1", "denominator": "10"}, by=by)
    marked = fresh(evaluation)
    Evaluation.objects.filter(pk=evaluation.pk).update(unready={}, slots_filled=0)
    save(fresh(evaluation), "12.1", ONE_OF_EACH["percentage"][1], by=by, version=1)
    row = kept_is_true(evaluation)
    assert (row.unready, row.slots_filled) == (marked.unready, marked.slots_filled)
    assert row.slots_filled > 0


def test_what_nobody_did_is_no_activity(evaluation, by):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    before = fresh(evaluation).last_activity_at
    with clock.at(before + timedelta(hours=1)):
        readiness.refresh(fresh(evaluation), deed=False)
        assert fresh(evaluation).last_activity_at == before
        readiness.refresh(fresh(evaluation))
        assert fresh(evaluation).last_activity_at > before


def test_submission_seals_the_safe_score_beside_the_claim(evaluation, by):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    save(evaluation, "1.1", {"option": 0}, by=by)
    fill_slots(evaluation, "12.1", by=by)
    Evaluation.objects.filter(pk=evaluation.pk).update(safe_total=0, unready={})
    result = hand_in(evaluation, by=by)
    assert (result.total, result.safe_total) == (14, 2)
    assert result.unready["1.1"] == ["slot.1"]
    assert "12.1" not in result.unready
    later = submission.store_result(fresh(evaluation), stage=Stage.VA, by=by)
    assert (later.safe_total, later.unready) == (None, None)


def test_the_explanation_adds_up_to_what_is_kept(evaluation, by, spec):
    fill(evaluation, best(spec), by=by)
    for code in ("1.1", "12.1", "12.2"):
        fill_slots(evaluation, code, by=by)
    row = fresh(evaluation)
    tree = readiness.explain(row, current_score(row), row.unready)
    assert (tree.total, tree.predikat) == (readiness.kept(row).total, readiness.kept(row).predikat)
    assert 0 < tree.total < row.claimed_total
    lost = [q.reason for q in tree.questions() if q.code not in {"1.1", "12.1", "12.2"} and q.weight]
    assert all(reason.startswith("Tidak dihitung aman: data dukung wajib kosong") for reason in lost)


def test_after_an_upgrade_everything_is_recomputed(evaluation, neighbour_evaluation, by, cast):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    fill_slots(evaluation, "12.1", by=by, **OLD)
    before = fresh(evaluation).last_activity_at
    Evaluation.objects.filter(pk=evaluation.pk).update(safe_total=2, unready={})
    call_command("refresh_safe_scores", verbosity=0)
    row = kept_is_true(evaluation)
    assert (row.safe_total, row.last_activity_at) == (0, before)
    assert fresh(neighbour_evaluation).unready == {}, "nothing begun there"


class Walk:
    """Random deeds of a district; documents come straight into the tables, all else through the verbs."""

    def __init__(self, evaluation, by, seed):
        self.evaluation, self.by, self.random = evaluation, by, Random(seed)
        self.spec = loaded(evaluation.edition.instrument).spec

    def step(self):
        getattr(
            self, self.random.choice(["save", "save", "put", "put", "web", "unlink", "answer", "take_back"])
        )()

    def save(self):
        code = self.random.choice(CODES)
        save(self.evaluation, code, some_value(self.spec.by_code[code], self.random), by=self.by)

    def put(self):
        more = self.random.choice([{}, {}, OLD, {"years": []}, {"reading": {"children_list": True}}])
        put(self.evaluation, self.random.choice(CODES[:5]), by=self.by, **more)

    def web(self):
        code = self.random.choice(CODES[:5])
        url = f"https://contoh.go.id/{self.random.randrange(10**9)}"
        slots.add_web_link(evaluation=self.evaluation, code=code, slot_number=1, url=url, by=self.by)

    def unlink(self):
        links = (
            EvidenceLink.objects.filter(removed_at__isnull=True).order_by("pk").select_related("evaluation")
        )
        if links:
            slots.detach(link=self.random.choice(list(links)), by=self.by)

    def _concern(self, answered):
        found = [
            c
            for c in concerns.of_evaluation(fresh(self.evaluation))
            if c.answerable and bool(c.answered) is answered
        ]
        return self.random.choice(found) if found else None

    def answer(self):
        if concern := self._concern(False):
            reply(self.evaluation, Evidence(pk=concern.evidence_id), concern, self.by)

    def take_back(self):
        if concern := self._concern(True):
            withdraw(self.evaluation, Evidence(pk=concern.evidence_id), concern, self.by)


@pytest.mark.parametrize("deed", ["a reading", "the command"])
def test_what_is_handed_in_while_its_lock_is_waited_for_stays(evaluation, by, monkeypatch, deed):
    document = put(evaluation, "12.1", by=by)
    Evaluation.objects.filter(pk=evaluation.pk).update(unready={"12.1": ["expired"]})
    manager, waited = type(Evaluation.objects), []
    real = manager.select_for_update

    def handed_in_meanwhile(self, *args, **more):
        if not waited:
            waited.append(True)
            shelf.submit(evaluation, by)
        return real(self, *args, **more)

    monkeypatch.setattr(manager, "select_for_update", handed_in_meanwhile)
    if deed == "a reading":
        readings.refresh_around([document.pk])
    else:
        readiness.refresh_all()
    assert waited
    assert fresh(evaluation).unready == {"12.1": ["expired"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_random_deeds_what_is_kept_is_true(evaluation, by, seed):
    walk = Walk(evaluation, by, seed)
    walk.put()
    for _ in range(25):
        walk.step()
        kept_is_true(evaluation)


def move_end(edition, days):
    window = edition.windows.get(stage=Stage.EM)
    editions.set_window(
        edition=edition,
        stage=Stage.EM,
        opens=(window.opens_on, window.opens_time),
        closes=(window.closes_on + timedelta(days=days), window.closes_time),
        by=None,
    )


def test_a_window_that_moves_past_a_documents_end_is_reckoned_with(
    evaluation, by, django_capture_on_commit_callbacks
):
    end = evaluation.edition.windows.get(stage=Stage.EM).closes_on
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    fill_slots(evaluation, "12.1", by=by, valid_until=end + timedelta(days=10))
    readiness.refresh(fresh(evaluation))
    assert kept_is_true(evaluation).safe_total == 2
    with django_capture_on_commit_callbacks(execute=True):
        move_end(evaluation.edition, 30)
    assert kept_is_true(evaluation).unready["12.1"] == ["expired"]
    with django_capture_on_commit_callbacks(execute=True):
        move_end(evaluation.edition, -30)
    assert kept_is_true(evaluation).safe_total == 2


def test_only_the_editions_own_evaluations_are_recomputed_and_only_for_a_new_end(
    evaluation, by, monkeypatch, django_capture_on_commit_callbacks
):
    save(evaluation, "12.1", ONE_OF_EACH["percentage"][1], by=by)
    other = Evaluation.objects.get(edition__code="2024", district=evaluation.district)
    Evaluation.objects.filter(pk=other.pk).update(last_activity_at=clock.now())
    seen = []
    monkeypatch.setattr(readiness, "refresh", lambda row, deed: seen.append(row.pk))
    with django_capture_on_commit_callbacks(execute=True):
        move_end(evaluation.edition, 0)
    assert seen == []
    with django_capture_on_commit_callbacks(execute=True):
        move_end(evaluation.edition, 1)
    assert seen == [evaluation.pk]
