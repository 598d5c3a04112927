"""A district at a glance, where a person's work is, and the counts that are kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import assignments
from evaluations.domain.evidence import slots
from evaluations.domain.landing import current_edition, own_evaluation
from evaluations.domain.overview import overview
from evaluations.domain.progress import answer_values, filled_slots, open_slots, required_slots
from evaluations.models import Edition
from evaluations.scoring.score import score
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Membership
from kla_portal.accounts.roles import Role
from tests.cast import KALSEL, TABALONG, TANAH_BUMBU, agency
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, fresh, save


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def link(evaluation, by, code=HEALTH, slot=1, name="a"):
    return slots.add_web_link(
        evaluation=evaluation,
        code=code,
        slot_number=slot,
        url=f"https://contoh.go.id/{name}",
        title=name,
        by=by,
    )


def test_nothing_yet(evaluation, spec):
    glance = overview(evaluation)
    assert (glance.claim.total, glance.claim.answered, glance.slots_filled) == (0, 0, 0)
    assert glance.next_question == next(spec.questions())
    assert sum(row.open for row in glance.agencies) == 274
    assert glance.agencies[0].open == max(row.open for row in glance.agencies)
    assert all(row.open == row.count for row in glance.agencies)
    assert [cluster.count for cluster in glance.clusters] == [
        sum(1 for _ in cluster.questions()) for cluster in spec.clusters
    ]


def test_progress_per_cluster(evaluation, by, spec):
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by)
    link(evaluation, by, slot=1)
    link(evaluation, by, slot=2, name="b")
    glance = overview(fresh(evaluation))
    clusters = {cluster.code: cluster for cluster in glance.clusters}
    assert (clusters["K0"].answered, clusters["K0"].points) == (2, Decimal("11.5"))
    assert (clusters["K2"].answered, clusters["K2"].points) == (1, 5)
    assert (clusters["K3"].answered, clusters["K3"].points) == (2, 4)
    assert clusters["K3"].slots_filled == 1, "only required slots count"
    assert glance.slots_filled == 1
    assert glance.slots_required == sum(slot.required for q in spec.questions() for slot in q.slots)


@pytest.mark.parametrize("filled", ["nothing", "one of each", "half of a matrix", "everything"])
def test_the_head_of_the_claim_says_what_the_whole_tree_says(evaluation, by, spec, filled):
    values = {
        "nothing": {},
        "one of each": {code: value for code, value, _ in ONE_OF_EACH.values()},
        "half of a matrix": {},
        "everything": best(spec),
    }[filled]
    fill(evaluation, values, by=by)
    if filled == "half of a matrix":
        code, value, _ = ONE_OF_EACH["matrix"]
        save(evaluation, code, {"rows": [value["rows"][0], *(None for _ in value["rows"][1:])]}, by=by)
    evaluation = fresh(evaluation)
    glance = overview(evaluation)
    tree = score(spec, answer_values(evaluation, loaded(evaluation.edition.instrument)))
    for name in ("total", "predikat", "note", "next_band", "to_next", "answered", "questions_count"):
        assert getattr(glance.claim, name) == getattr(tree, name), name
    assert [(c.code, c.answered, c.count, c.points) for c in glance.clusters] == [
        (c.code, c.answered, c.count, c.points) for c in tree.clusters
    ]


def test_who_is_behind(evaluation, by, spec):
    health = {
        q.code: v for q in spec.questions() if q.agencies[0] == "kesehatan" for v in [best(spec)[q.code]]
    }
    fill(evaluation, health, by=by)
    glance = overview(evaluation)
    rows = {row.agency.code: row for row in glance.agencies}
    assert (rows["kesehatan"].open, rows["kesehatan"].count) == (0, 46)
    assert [row.open for row in glance.agencies] == sorted((r.open for r in glance.agencies), reverse=True)
    for cluster in glance.clusters:
        assert len(cluster.behind) <= 3
        assert all(row.open and row.agency.code != "kesehatan" for row in cluster.behind)


def test_a_half_filled_answer_is_still_open(evaluation, by):
    before = {row.agency.code: row.open for row in overview(evaluation).agencies}["kesehatan"]
    save(evaluation, HEALTH, {"numerator": "5", "denominator": None}, by=by)
    assert {row.agency.code: row.open for row in overview(evaluation).agencies}["kesehatan"] == before


def test_the_next_question_follows_the_one_saved_last(evaluation, by, spec):
    codes = [q.code for q in spec.questions()]
    save(evaluation, "12.2", best(spec)["12.2"], by=by)
    assert overview(evaluation).next_question.code == "12.3"
    save(evaluation, "1.1", {"option": 0}, by=by)
    assert overview(evaluation).next_question.code == codes[1]
    save(evaluation, codes[-1], best(spec)[codes[-1]], by=by)
    assert overview(evaluation).next_question.code == codes[1], "from the top when none follows"


def test_when_all_is_answered_there_is_no_next(evaluation, by, spec):
    fill(evaluation, best(spec), by=by)
    glance = overview(fresh(evaluation))
    assert glance.next_question is None
    assert glance.claim.total == 1000
    assert all(not cluster.behind for cluster in glance.clusters)


def test_questions_that_went_to_another_agency_are_counted_there(evaluation, by):
    assignments.assign(evaluation=evaluation, codes=[HEALTH], agency=agency(TABALONG, "kejaksaan"), by=by)
    rows = {row.agency.code: row.count for row in overview(evaluation).agencies}
    assert (rows["kesehatan"], rows["kejaksaan"]) == (45, 2)


def test_as_many_queries_full_as_empty(evaluation, by, spec):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            overview(evaluation)
        return len(seen)

    loaded(evaluation.edition.instrument)
    empty = queries()
    fill(evaluation, best(spec), by=by)
    link(evaluation, by)
    assert queries() == empty <= 4


# Slots


def test_a_slot_is_filled_while_a_document_stands_in_it(evaluation, by):
    instrument = loaded(evaluation.edition.instrument)
    slot = instrument.slot_ids[HEALTH, 1]
    first, second = link(evaluation, by), link(evaluation, by, name="b")
    assert filled_slots(evaluation) == {slot}
    assert fresh(evaluation).slots_filled == 1, "two documents in one slot fill one slot"
    slots.detach(link=first, by=by)
    assert filled_slots(evaluation) == {slot}
    slots.detach(link=second, by=by)
    assert filled_slots(evaluation) == set()
    assert fresh(evaluation).slots_filled == 0


def test_the_empty_slots_that_are_kept_are_those_without_a_document(evaluation, by):
    instrument = loaded(evaluation.edition.instrument)
    needed = {code: ids for code, ids in required_slots(instrument).items() if ids}

    def empty():
        filled = filled_slots(evaluation)
        return {code: sum(pk not in filled for pk in ids) for code, ids in needed.items()}

    assert open_slots(evaluation, instrument) == empty(), "before the first deed"
    placed = link(evaluation, by)
    assert open_slots(fresh(evaluation), instrument) == empty()
    assert empty()[HEALTH] == len(needed[HEALTH]) - 1
    slots.detach(link=placed, by=by)
    assert open_slots(fresh(evaluation), instrument) == empty()
    assert empty()[HEALTH] == len(needed[HEALTH])


def test_required_slots_can_be_asked_for_some_questions(evaluation, spec):
    instrument = loaded(evaluation.edition.instrument)
    every = required_slots(instrument)
    assert len(every) == 274
    assert every[HEALTH] == [instrument.slot_ids[HEALTH, 1]]
    assert required_slots(instrument, frozenset({HEALTH})) == {HEALTH: every[HEALTH]}


# Landing


def test_the_newest_edition_that_was_opened(instrument, edition):
    assert current_edition() == edition
    Edition.objects.create(
        code="2028", name="Nanti", instrument=instrument, first_evidence_year=2026, last_evidence_year=2027
    )
    assert current_edition() == edition, "2028 is only being prepared"
    Edition.objects.update(opened_at=None)
    assert current_edition() is None


def test_ones_own_evaluation_is_the_newest_of_ones_district(cast, evaluation):
    for who in ("coordinator_tabalong", "contributor_health_tabalong", "leader_tabalong"):
        assert own_evaluation(getattr(cast, who)) == evaluation
    for who in ("admin_kalsel", "verifier_kalsel", "auditor_kalsel", "admin_national", "stranger"):
        assert own_evaluation(getattr(cast, who)) is None
    assert own_evaluation(cast.coordinator_tanahbumbu).district_id == TANAH_BUMBU


def test_the_first_district_role_decides(cast, evaluation):
    user = cast.verifier_kalsel
    Membership.objects.create(user=user, role=Role.LEADER, district_id=TABALONG)
    Membership.objects.create(user=user, role=Role.AUDITOR, province_id=KALSEL)
    assert own_evaluation(user) == evaluation
