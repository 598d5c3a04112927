"""The verifier's risk list."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from evaluations.domain import risk, submission
from evaluations.models import Decision, Evaluation, Stage
from kla_portal.accounts.access import Refused
from tests.cast import KALSEL
from tests.evaluations.cycle import decide
from tests.evaluations.domain.claims import fill, fresh, hand_in
from tests.evaluations.views.common import put_evidence, same_queries, signed_in, text_of, url


def rows_of(evaluation) -> dict[str, risk.Risk]:
    return {row.question.code: row for row in risk.risks(fresh(evaluation)).rows}


def neighbours(edition, number):
    return list(
        Evaluation.objects.with_place()
        .prefetch_related("edition__windows")
        .filter(edition=edition, district__province=KALSEL)
        .exclude(district="63.09")[:number]
    )


@pytest.fixture
def claimed(evaluation, cast):
    """1.1 (12 points) with nothing in its slots, 12.1 (3 points) with its evidence, 2.3 unanswered."""
    fill(
        evaluation,
        {"1.1": {"option": 0}, "12.1": {"numerator": "95", "denominator": "100"}},
        by=cast.coordinator_tabalong,
    )
    put_evidence(evaluation, ["12.1"], by=cast.coordinator_tabalong)
    return fresh(evaluation)


def test_claims_without_required_evidence(claimed):
    rows = rows_of(claimed)
    assert set(rows) == {"1.1"}
    assert rows["1.1"].points == 12
    assert rows["1.1"].reasons[0].startswith("Data dukung wajib belum ada: ")
    assert rows["1.1"].standing is None


def test_no_points_no_missing_evidence(evaluation, cast):
    fill(evaluation, {"12.1": {"numerator": "1", "denominator": "100"}}, by=cast.coordinator_tabalong)
    assert rows_of(evaluation) == {}


def test_the_most_valuable_points_first(evaluation, cast, spec):
    from tests.evaluations.domain.claims import best

    fill(evaluation, best(spec), by=cast.coordinator_tabalong)
    found = risk.risks(fresh(evaluation))
    points = [row.points for row in found.rows]
    assert len(points) > 100
    assert points == sorted(points, reverse=True)
    assert points[0] > points[-1]
    assert found.at_stake == sum(points)


def test_a_jump_since_last_edition(claimed, cast):
    old = (
        Evaluation.objects.with_place()
        .prefetch_related("edition__windows")
        .get(edition__code="2024", district="63.09")
    )
    fill(
        old,
        {"12.1": {"numerator": "10", "denominator": "100"}, "1.1": {"option": 0}},
        by=cast.coordinator_tabalong,
    )
    submission.store_result(old, stage=Stage.EM, by=cast.coordinator_tabalong)
    rows = rows_of(claimed)
    assert rows["12.1"].reasons == ("Naik dari 0 menjadi 3 poin sejak periode sebelumnya, tanpa catatan",)
    assert len(rows["1.1"].reasons) == 1, "as much as last time"


def submit_neighbours(edition, cast, number, value):
    for other in neighbours(edition, number):
        if value:
            fill(other, {"12.1": value}, by=cast.coordinator_tabalong)
        Evaluation.objects.filter(pk=other.pk).update(
            state="submitted", submitted_at=other.edition.opened_at, submitted_by=cast.coordinator_tabalong
        )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "3 poin, jauh di atas nilai tengah provinsi 0 (5 kabupaten/kota)"),
        ({"numerator": "95", "denominator": "100"}, None),
    ],
)
def test_far_from_the_provinces_median(claimed, edition, cast, value, said):
    hand_in(claimed, by=cast.coordinator_tabalong)
    submit_neighbours(edition, cast, 4, value)
    found = risk.risks(fresh(claimed))
    assert found.compared == 5
    reasons = {row.question.code: row.reasons for row in found.rows}
    assert reasons.get("12.1") == ((said,) if said else None)


def test_below_the_median_stands_out_too(evaluation, edition, cast):
    fill(evaluation, {"12.1": {"numerator": "1", "denominator": "100"}}, by=cast.coordinator_tabalong)
    submit_neighbours(edition, cast, 5, {"numerator": "95", "denominator": "100"})
    (row,) = risk.risks(fresh(evaluation)).rows
    assert row.reasons == ("0 poin, jauh di bawah nilai tengah provinsi 3 (5 kabupaten/kota)",)


def test_four_claims_make_no_median_and_drafts_do_not_count(claimed, edition, cast):
    hand_in(claimed, by=cast.coordinator_tabalong)
    submit_neighbours(edition, cast, 3, None)
    for other in neighbours(edition, 8)[3:]:
        fill(other, {"12.1": None}, by=cast.coordinator_tabalong)
    found = risk.risks(fresh(claimed))
    assert found.compared == 4
    assert {row.question.code for row in found.rows} == {"1.1"}


def test_it_shows_what_is_decided_already(claimed, cast):
    hand_in(claimed, by=cast.coordinator_tabalong)
    evaluation = fresh(claimed)
    assert rows_of(evaluation)["1.1"].standing.open
    decide(evaluation, Stage.VA, "1.1", Decision.REJECT, cast.verifier_kalsel, reason="Tidak ada dokumen.")
    assert rows_of(evaluation)["1.1"].decided


@pytest.mark.parametrize(
    ("decision", "more", "shown"),
    [
        (Decision.REJECT, {"reason": "Tidak ada dokumen."}, "state-block"),
        (Decision.ACCEPT, {}, "state-ok"),
        (Decision.CHANGE, {"reason": "Satu saja.", "value": {"option": 1}}, "state-warn"),
    ],
)
def test_a_verdict_looks_as_it_is(claimed, cast, decision, more, shown):
    hand_in(claimed, by=cast.coordinator_tabalong)
    decide(fresh(claimed), Stage.VA, "1.1", decision, cast.verifier_kalsel, **more)
    page = signed_in(cast.verifier_kalsel).get(url("risk", claimed.pk)).content.decode()
    assert re.findall(r'class="state (state-\w+)">(\w+)<', page).count((shown, decision.label)) == 1


def test_the_rows_lead_to_the_desk_of_whoever_verifies_now(claimed, cast):
    hand_in(claimed, by=cast.coordinator_tabalong)
    desk, question = url("desk", claimed.pk, "va", "1.1"), url("question", claimed.pk, "1.1")
    page = signed_in(cast.verifier_kalsel).get(url("risk", claimed.pk)).content.decode()
    assert desk in page
    page = signed_in(cast.verifier_national).get(url("risk", claimed.pk)).content.decode()
    assert desk not in page
    assert question in page


# The page


def test_the_page(claimed, cast, sign_in):
    page = text_of(sign_in(cast.verifier_kalsel).get(url("risk", claimed.pk)))
    assert "1.1" in page
    assert "12 / 12" in page
    assert "Data dukung wajib belum ada" in page
    assert "Nilai tengah provinsi belum dihitung: baru 0 kabupaten/kota" in page


def test_the_page_without_risks(evaluation, cast, sign_in):
    page = text_of(sign_in(cast.admin_kalsel).get(url("risk", evaluation.pk)))
    assert "Tidak ada klaim yang menonjol" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("verifier_kalsel", 200), ("admin_kalsel", 200), ("verifier_national", 200), ("admin_national", 200),
        ("auditor_kalsel", 403), ("coordinator_tabalong", 403), ("leader_tabalong", 403),
        ("contributor_health_tabalong", 403), ("coordinator_tanahbumbu", 404), ("verifier_kalteng", 404),
        ("stranger", 404),
    ],
)  # fmt: skip
def test_who_sees_it(evaluation, cast, who, status):
    assert signed_in(getattr(cast, who)).get(url("risk", evaluation.pk)).status_code == status


def test_nobody_looks_for_risks_in_their_own_district(evaluation, cast):
    from kla_portal.accounts.models import Membership
    from kla_portal.accounts.roles import Role

    Membership.objects.create(user=cast.verifier_kalsel, role=Role.LEADER, district=evaluation.district)
    with pytest.raises(Refused, match="orang lain"):
        risk.ensure_verifier(evaluation, by=cast.verifier_kalsel)


def test_anonymous_and_writing(evaluation, client, cast, sign_in):
    assert client.get(url("risk", evaluation.pk)).status_code == 302
    assert sign_in(cast.verifier_kalsel).post(url("risk", evaluation.pk), {"x": "1"}).status_code == 405


def test_as_many_queries_for_one_risk_as_for_many(claimed, edition, cast, spec):
    from tests.evaluations.domain.claims import best

    hand_in(claimed, by=cast.coordinator_tabalong)
    submit_neighbours(edition, cast, 4, None)

    def more():
        values = {code: value for code, value in best(spec).items() if code not in {"1.1", "12.1"}}
        fill(claimed, values, by=cast.coordinator_tabalong)

    assert same_queries(signed_in(cast.verifier_kalsel), url("risk", claimed.pk), more) <= 22
    assert risk.risks(fresh(claimed)).at_stake > Decimal(100)
