"""The page of calibration: for administrators alone."""

from __future__ import annotations

import pytest

from evaluations.domain import calibration
from evaluations.models import Stage
from tests.evaluations.calibration.test_calibration import read_twice, verdict  # noqa: F401
from tests.evaluations.domain.claims import best, save
from tests.evaluations.views.common import PROBE, queries, signed_in, text_of, url


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("admin_kalsel", "63", 200), ("admin_national", "63", 200), ("admin_national", "nasional", 200),
        ("admin_kalsel", "nasional", 404), ("admin_kalteng", "63", 404), ("admin_kalsel", "62", 404),
        ("verifier_kalsel", "63", 403), ("verifier_national", "63", 403), ("verifier_national", "nasional", 403),
        ("auditor_kalsel", "63", 403), ("coordinator_tabalong", "63", 403), ("stranger", "63", 403),
    ],
)  # fmt: skip
def test_who_sees_it(edition, cast, who, place, status):
    assert signed_in(getattr(cast, who)).get(url("calibration", "2026", place)).status_code == status


def test_an_administrator_elsewhere_is_none_here(edition, cast):
    """Verifier in one province, administrator of another: the page of the first stays closed."""
    from kla_portal.accounts.models import Membership
    from kla_portal.accounts.roles import Role

    Membership.objects.create(user=cast.verifier_kalsel, role=Role.PROVINCIAL_ADMIN, province_id="62")
    client = signed_in(cast.verifier_kalsel)
    assert client.get(url("calibration", "2026", "62")).status_code == 200
    assert client.get(url("calibration", "2026", "63")).status_code == 403


def test_nothing_read_twice_yet(evaluation, cast, sign_in):
    page = text_of(sign_in(cast.admin_kalsel).get(url("calibration", "2026", "63")))
    assert "Belum ada pertanyaan yang diputus dua orang" in page
    assert "kla-kalibrasi:2026/63.09/va" in page
    codes = calibration.drawn(evaluation, Stage.VA)
    assert all(code in page for code in codes)


def test_numbers_of_verifiers(read_twice, cast, sign_in):  # noqa: F811
    page = text_of(sign_in(cast.admin_kalsel).get(url("calibration", "2026", "63")))
    assert "Verifikator Kalsel 12 9" in page
    assert "25,0 poin persen (lebih longgar)" in page
    assert "−25,0 poin persen (lebih ketat)" in page
    assert "terlalu sedikit data" in page, "each question was read twice only once"


def test_few_pairs_show_no_number(evaluation, cast, sign_in, spec):
    for code in ("1.1", "12.1"):
        save(evaluation, code, best(spec)[code], by=cast.coordinator_tabalong)
        verdict(evaluation, code, "accept", cast.verifier_kalsel, 1)
        verdict(evaluation, code, "reject", cast.admin_kalsel, 2)
    page = text_of(sign_in(cast.admin_kalsel).get(url("calibration", "2026", "63")))
    assert "poin persen" not in page[page.index("Per verifikator") :]
    assert page.count("terlalu sedikit data") == 5


@pytest.mark.parametrize("stage", ["", "em", "xx", "vl"])
def test_a_stage_that_is_none_is_va(evaluation, cast, sign_in, stage):
    page = text_of(sign_in(cast.admin_kalsel).get(url("calibration", "2026", "63"), {"tahap": stage}))
    assert ("Verifikasi Lapangan. Sebagian" in page) == (stage == "vl")


def test_an_edition_that_is_not_there(cast, sign_in):
    assert sign_in(cast.admin_kalsel).get(url("calibration", "1999", "63")).status_code == 404


def test_names_are_text(read_twice, cast, sign_in):  # noqa: F811
    cast.verifier_kalsel.name = PROBE
    cast.verifier_kalsel.save()
    page = sign_in(cast.admin_kalsel).get(url("calibration", "2026", "63")).content.decode()
    assert PROBE not in page
    assert "&lt;script&gt;" in page


def test_anonymous_and_writing(edition, client, cast, sign_in):
    address = url("calibration", "2026", "63")
    assert client.get(address).status_code == 302
    assert sign_in(cast.admin_kalsel).post(address, {"x": "1"}).status_code == 405


def test_as_many_queries_for_one_pair_as_for_many(evaluation, cast, spec):
    address, client = url("calibration", "2026", "63"), signed_in(cast.admin_kalsel)
    counts = []
    values = best(spec)
    for group in (["1.1"], ["12.1", "12.2", "2.3"]):
        for code in group:
            save(evaluation, code, values[code], by=cast.coordinator_tabalong)
            verdict(evaluation, code, "accept", cast.verifier_kalsel, 1)
            verdict(evaluation, code, "reject", cast.admin_kalsel, 2)
        counts.append(queries(client, address))
    assert counts[0] == counts[1] <= 14
