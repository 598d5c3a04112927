"""The ranking's table is drawn once for all who read the same rows, and anew whenever a row says something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.ranking import stored_ranking
from evaluations.models import Edition, Evaluation, Stage, State
from evaluations.views import ranking_table
from evaluations.views.ranking_table import draw
from kla_portal import clock
from kla_portal.regions.models import District, Province
from tests.cast import GUNUNG_MAS, KALSEL, KALTENG, TABALONG, TANAH_BUMBU
from tests.evaluations.domain.claims import result
from tests.evaluations.views.common import PROBE, main_of, signed_in, url


@pytest.fixture(autouse=True)
def nothing_kept():
    ranking_table._kept.clear()
    yield
    ranking_table._kept.clear()


def of(district: str, edition: str = "2026") -> Evaluation:
    return Evaluation.objects.with_place().get(edition__code=edition, district=district)


@pytest.fixture
def ranked(evaluation, cast):
    """Tabalong 955.25 (900 in 2024); twelve districts of the province without a result."""
    result(of(TABALONG, "2024"), "900", by=cast.admin_kalsel)
    result(evaluation, "955.25", by=cast.admin_kalsel)
    return evaluation


def now(stage: Stage = Stage.EM, province: str = KALSEL) -> Any:
    edition = Edition.objects.select_related("instrument", "previous__instrument").get(code="2026")
    return stored_ranking(edition=edition, stage=stage, province=Province.objects.get(pk=province))


def rename_district() -> None:
    District.objects.filter(pk=TABALONG).update(name="Kabupaten Baru")


def rename_absent() -> None:
    District.objects.filter(pk=TANAH_BUMBU).update(name="Kabupaten Baru")


def hand_in_absent() -> None:
    Evaluation.objects.filter(pk=of(TANAH_BUMBU).pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=of(TABALONG).results.get().taken_by
    )


def begin_absent() -> None:
    Evaluation.objects.filter(pk=of(TANAH_BUMBU).pk).update(last_activity_at=clock.now())


def another_result() -> None:
    result(of(TANAH_BUMBU), "700", by=of(TABALONG).results.get().taken_by)


def a_newer_result() -> None:
    result(of(TABALONG), "955.24", by=of(TABALONG).results.get().taken_by, sequence=2)


def a_newer_result_of_the_last_edition() -> None:
    result(of(TABALONG, "2024"), "899", by=of(TABALONG).results.get().taken_by, sequence=2)


def rename_the_last_edition() -> None:
    Edition.objects.filter(code="2024").update(name="Evaluasi lama")


CHANGES: list[tuple[Callable[[], None], str]] = [
    (rename_district, ">Kabupaten Baru</a>"),
    (rename_absent, "<li>Kabupaten Baru <small>"),
    (hand_in_absent, "<small>Diajukan</small>"),
    (begin_absent, "<small>Pengisian</small>"),
    (another_result, ">700,00</a>"),
    (a_newer_result, ">955,24</a>"),
    (a_newer_result_of_the_last_edition, ">+5,63<"),
    (rename_the_last_edition, "terhadap Evaluasi lama"),
]


@pytest.mark.parametrize(("change", "shows"), CHANGES, ids=lambda part: getattr(part, "__name__", ""))
def test_what_the_table_shows_stands_in_its_key(ranked, change, shows):
    before = draw(now())
    assert shows not in before
    change()
    assert shows in draw(now())


def test_the_same_rows_are_drawn_once(ranked):
    first = draw(now())
    with clock.at(clock.now() + timedelta(days=400)):
        assert draw(now()) is first


def test_a_save_in_a_district_that_has_begun_draws_nothing_anew(ranked):
    begin_absent()
    first = draw(now())
    begin_absent()
    assert draw(now()) is first


def test_stages_and_provinces_stand_apart(ranked, cast):
    result(of(GUNUNG_MAS), "640", by=cast.admin_kalsel)
    result(of(TABALONG), "701", by=cast.admin_kalsel, stage=Stage.VA)
    here, va, there = draw(now()), draw(now(Stage.VA)), draw(now(province=KALTENG))
    assert ">955,25</a>" in here
    assert ">640,00</a>" in there
    assert ">955,25</a>" not in va + there
    assert "?tahap=va" in va
    assert "?tahap=em" not in va
    assert ">640,00</a>" not in here


def test_what_is_kept_holds_nothing_of_who_asked(ranked, cast):
    """Two people read the same rows; the second gets what the first one's request drew."""
    first = signed_in(cast.admin_kalsel)
    page = first.get(url("ranking", "2026", KALSEL))
    (kept,) = ranking_table._kept.values()
    assert kept in main_of(page)
    assert kept in main_of(signed_in(cast.auditor_kalsel).get(url("ranking", "2026", KALSEL)))
    for theirs in (cast.admin_kalsel.name, cast.admin_kalsel.username, str(first.cookies["sessionid"].value)):
        assert theirs not in kept
    assert "csrf" not in kept.lower()


def test_a_kept_table_opens_no_door(ranked, cast):
    assert signed_in(cast.admin_kalsel).get(url("ranking", "2026", KALSEL)).status_code == 200
    assert len(ranking_table._kept) == 1
    assert signed_in(cast.admin_kalteng).get(url("ranking", "2026", KALSEL)).status_code == 404
    assert signed_in(cast.coordinator_tabalong).get(url("ranking", "2026", KALSEL)).status_code == 403


def test_names_are_text(ranked):
    for place, pk in enumerate((TABALONG, TANAH_BUMBU)):
        District.objects.filter(pk=pk).update(name=f"{PROBE}{place}")
    drawn = draw(now())
    assert drawn.count("&lt;script&gt;") == 3, "a row, an absent district, and the missing of Provila"
    assert "<script" not in drawn


def test_each_row_leads_to_its_own_evaluation(ranked, cast):
    other = of(TANAH_BUMBU)
    result(other, "600.5", by=cast.admin_kalsel)
    first, second = draw(now()).split("<tr>")[2:]
    for row, pk in ((first, ranked.pk), (second, other.pk)):
        assert row.count(f'href="{url("score", pk)}?tahap=em"') == 2
    assert "<br><small>Nilai 600,50 berada di antara" in second
    assert "<br><small>" not in first


def test_drawing_asks_nothing_of_the_database(ranked):
    found = now()
    with CaptureQueriesContext(connection) as seen:
        draw(found)
    assert len(seen) == 0


def test_only_so_much_is_kept(ranked, monkeypatch):
    for stage in Stage:
        draw(now(stage))
    assert len(ranking_table._kept) == len(Stage)
    monkeypatch.setattr(ranking_table, "KEPT", 1)
    last = draw(now(province=KALTENG))
    assert list(ranking_table._kept.values()) == [last]
