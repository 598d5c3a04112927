"""The districts of a province on one page, and the provinces of the nation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from evaluations.models import Evaluation, State, StateChange
from kla_portal import clock
from tests.cast import GUNUNG_MAS, TABALONG, TANAH_BUMBU
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, best, fill, hand_in, save
from tests.evaluations.evidence.raising import fill_slots
from tests.evaluations.views.common import main_of, queries, same_queries, signed_in, text_of, url

KALSEL_LIST, NATION = ("2026", "63"), ("2026", "nasional")


@pytest.fixture
def begun(evaluation, cast):
    """Tabalong began, Tanah Bumbu submitted a perfect claim."""
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    return evaluation


@pytest.fixture
def handed_in(neighbour_evaluation, spec, cast):
    by = cast.coordinator_tanahbumbu
    values = best(spec)
    filled = fill(neighbour_evaluation, {c: values[c] for c in list(values)[:150]}, by=by)
    hand_in(filled, by=by)
    return filled


def districts(response) -> list[str]:
    return [row["evaluation"].district_id for row in response.context["rows"]]


def test_status_progress_score_and_last_activity(cast, sign_in, begun, handed_in):
    response = sign_in(cast.admin_kalsel).get(url("districts", *KALSEL_LIST))
    page, main = text_of(response), main_of(response)
    assert "Kabupaten/Kota di Kalimantan Selatan" in page
    assert "2 dari 13 sudah mulai, 1 sudah diajukan" in page
    assert len(districts(response)) == 13
    assert f'href="{url("overview", begun.pk)}">Kabupaten Tabalong</a>' in main
    tabalong = page[page.index("Kabupaten Tabalong") :][:200]
    assert "Pengisian" in tabalong
    assert "1/274" in tabalong
    assert "2,00" in tabalong
    assert "WITA" in tabalong
    tanah_bumbu = page[page.index("Kabupaten Tanah Bumbu") :][:200]
    assert "Diajukan" in tanah_bumbu
    assert "150/274" in tanah_bumbu
    empty = page[page.index("Kota Banjarmasin") :][:120]
    assert "Belum mulai 0/274" in empty


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        (State.FILLING, "quiet"),
        (State.SUBMITTED, "info"),
        (State.RETURNED, "warn"),
        (State.VA_CLOSED, "info"),
        (State.VL_CLOSED, "info"),
        (State.FINAL, "ok"),
    ],
)
def test_only_what_is_over_looks_done_here_as_in_the_queue(cast, begun, state, mark):
    handed = (
        {} if state == State.FILLING else {"submitted_at": clock.now(), "submitted_by": cast.admin_kalsel}
    )
    Evaluation.objects.filter(pk=begun.pk).update(state=state, **handed)
    for name, who in (("districts", cast.auditor_kalsel), ("queue", cast.auditor_kalsel)):
        main = main_of(signed_in(who).get(url(name, *KALSEL_LIST)))
        cell = main[main.index("Kabupaten Tabalong</a>") :].partition("</td>")[0]
        assert re.search(rf'class="state state-{mark}">(<svg.*</svg>)?{state.label}<', cell)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("nilai", TANAH_BUMBU),
        ("terjawab", TANAH_BUMBU),
        ("kode", "63.01"),
        ("nama", "63.11"),
        ("aneh", "63.11"),
    ],
)
def test_sorted(cast, sign_in, begun, handed_in, sort, first):
    response = sign_in(cast.admin_kalsel).get(url("districts", *KALSEL_LIST), {"urut": sort})
    assert districts(response)[0] == first
    assert len(districts(response)) == 13


def test_sorted_by_last_activity_on_every_database(cast, sign_in, begun, handed_in):
    """Those who did something stand before those who never did, wherever NULL sorts."""
    Evaluation.objects.filter(pk=begun.pk).update(last_activity_at=begun.edition.opened_at)
    response = sign_in(cast.admin_kalsel).get(url("districts", *KALSEL_LIST), {"urut": "kegiatan"})
    assert districts(response)[:2] == [TANAH_BUMBU, TABALONG]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("pengisian", [TABALONG]), ("submitted", [TANAH_BUMBU]), ("aneh", None)],
)
def test_filtered_by_status(cast, sign_in, begun, handed_in, status, expected):
    response = sign_in(cast.admin_kalsel).get(url("districts", *KALSEL_LIST), {"status": status})
    assert len(districts(response)) == 13 if expected is None else districts(response) == expected


def test_those_who_have_not_begun(cast, sign_in, begun, handed_in):
    response = sign_in(cast.admin_kalsel).get(url("districts", *KALSEL_LIST), {"status": "belum-mulai"})
    assert len(districts(response)) == 11
    assert TABALONG not in districts(response)


def test_found_by_name(cast, sign_in, begun):
    client = sign_in(cast.admin_kalsel)
    assert districts(client.get(url("districts", *KALSEL_LIST), {"q": "tabal"})) == [TABALONG]
    none = client.get(url("districts", *KALSEL_LIST), {"q": "Gunung Mas"})
    assert districts(none) == [], "another province's"
    assert "Tidak ada kabupaten/kota yang cocok" in text_of(none)
    probe = client.get(url("districts", *KALSEL_LIST), {"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in probe.content.decode()


def test_a_province_never_sees_beyond_itself(cast, begun):
    client = signed_in(cast.admin_kalteng)
    whole = districts(client.get(url("districts", *NATION)))
    assert len(whole) == 14
    assert GUNUNG_MAS in whole
    assert TABALONG not in whole
    assert client.get(url("districts", *KALSEL_LIST)).status_code == 404


def test_the_whole_nation_on_one_page(cast, sign_in, begun):
    response = sign_in(cast.verifier_national).get(url("districts", *NATION))
    assert len(districts(response)) == 514
    page = text_of(response)
    assert "Kabupaten Tabalong Kalimantan Selatan" in page
    assert "WITA" in page


def test_514_districts_in_at_most_eight_queries(cast, sign_in, begun, edition):
    client = sign_in(cast.verifier_national)
    address = url("districts", *NATION)
    one = queries(client, address)
    Evaluation.objects.filter(edition=edition).update(
        last_activity_at=edition.opened_at, claimed_total=500, claimed_predikat="pratama", answered_count=100
    )
    assert queries(client, address) == one <= 8


def test_as_many_queries_for_one_as_for_three(cast, begun, edition):
    address = url("districts", *KALSEL_LIST)

    def more():
        Evaluation.objects.filter(edition=edition, district__in=["63.01", "63.02"]).update(
            last_activity_at=edition.opened_at, claimed_total=500, claimed_predikat="pratama"
        )

    assert same_queries(signed_in(cast.admin_kalsel), address, more) <= 8


# Provinces


def test_one_line_per_province(cast, sign_in, begun, handed_in):
    response = sign_in(cast.verifier_national).get(url("provinces", "2026"))
    rows = {row.code: row for row in response.context["rows"]}
    assert len(rows) == 38
    assert (rows["63"].districts_count, rows["63"].begun, rows["63"].submitted) == (13, 2, 1)
    assert (rows["62"].districts_count, rows["62"].begun, rows["62"].submitted) == (14, 0, 0)
    assert sum(row.districts_count for row in rows.values()) == 514
    assert f'href="{url("districts", "2026", "63")}">Kalimantan Selatan</a>' in main_of(response)
    assert "WITA" in text_of(response)


def test_another_editions_activity_does_not_count(cast, sign_in, begun):
    response = sign_in(cast.verifier_national).get(url("provinces", "2024"))
    row = next(row for row in response.context["rows"] if row.code == "63")
    assert (row.districts_count, row.begun, row.submitted) == (13, 0, 0)


def test_a_province_sees_its_own_line(cast, begun):
    response = signed_in(cast.admin_kalteng).get(url("provinces", "2026"))
    assert [row.code for row in response.context["rows"]] == ["62"]
    assert "Kalimantan Selatan" not in main_of(response)


def last_seen(cast) -> dict[str, object]:
    response = signed_in(cast.verifier_national).get(url("provinces", "2026"))
    return {row.code: row.latest for row in response.context["rows"]}


def test_a_step_of_the_evaluation_is_activity_too(cast, begun, handed_in):
    deed = Evaluation.objects.get(pk=begun.pk).last_activity_at
    step = StateChange.objects.get(evaluation=handed_in).at
    assert last_seen(cast) == dict.fromkeys(last_seen(cast)) | {"63": max(deed, step)}
    for moment in (step + timedelta(days=9), step + timedelta(days=3)):
        StateChange.objects.create(
            evaluation=handed_in, action="close_va", before=State.SUBMITTED, after=State.VA_CLOSED,
            at=moment, by=cast.verifier_kalsel,
        )  # fmt: skip
    assert last_seen(cast)["63"] == step + timedelta(days=9), "the newest, in whatever order they came"
    Evaluation.objects.filter(pk=begun.pk).update(last_activity_at=step + timedelta(days=30))
    assert last_seen(cast)["63"] == step + timedelta(days=30)


def test_a_step_alone_is_enough_and_counts_for_its_own_edition_only(cast, evaluation):
    now = clock.now()
    past = Evaluation.objects.get(edition__code="2024", district=GUNUNG_MAS)
    for one in (evaluation, past):
        StateChange.objects.create(
            evaluation=one, action="submit", before=State.FILLING, after=State.SUBMITTED, at=now,
            by=cast.coordinator_tabalong,
        )  # fmt: skip
    seen = last_seen(cast)
    assert (seen["63"], seen["62"]) == (now, None)


def test_provinces_cost_the_same_however_many_began(cast, edition, begun):
    def more():
        Evaluation.objects.filter(edition=edition).update(last_activity_at=edition.opened_at)

    assert same_queries(signed_in(cast.verifier_national), url("provinces", "2026"), more) <= 8


def test_the_province_sees_how_much_of_a_claim_is_safe(cast, sign_in, begun, handed_in):
    fill_slots(begun, HEALTH, by=cast.coordinator_tabalong)
    response = sign_in(cast.admin_kalsel).get(url("districts", *KALSEL_LIST), {"urut": "aman"})
    assert [row["evaluation"].safe_total for row in response.context["rows"][:2]] == [2, 0]
    assert districts(response)[0] == TABALONG
    main = main_of(response)
    assert main.count('nilai=aman">2,00</a>') == 1
    assert main.count('nilai=aman">0,00</a>') == 1
    assert main.count('data-label="Nilai aman">–<') == 11
