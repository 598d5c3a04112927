"""Every address of the evaluations: who comes in, who is told why not, and for whom it does not exist."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from evaluations import urls
from evaluations.models import Answer, Assignment, Edition, StageResult
from tests.evaluations.domain.claims import HEALTH, hand_in
from tests.evaluations.views.common import HTMX, signed_in, text_of, url

DISTRICT = {"coordinator_tabalong", "leader_tabalong"}
PROVINCE = {"verifier_kalsel", "admin_kalsel", "auditor_kalsel"}
NATION = {"verifier_national", "admin_national"}
CONTRIBUTOR = {"contributor_health_tabalong"}
OUTSIDERS = {"coordinator_tanahbumbu", "verifier_kalteng", "admin_kalteng", "stranger"}
ALL = DISTRICT | PROVINCE | NATION | CONTRIBUTOR | OUTSIDERS

READ_ALL = DISTRICT | PROVINCE | NATION
READ = READ_ALL | CONTRIBUTOR
ANSWER = {"coordinator_tabalong"} | CONTRIBUTOR
COORDINATE = {"coordinator_tabalong"}

ONE: dict[str, tuple[str, set[str], tuple[object, ...]]] = {
    # name: (method, who comes in, further arguments)
    "overview": ("get", READ_ALL, ()),
    "filling": ("get", READ, ()),
    "indicator": ("get", READ, ("12",)),
    "question": ("get", READ, (HEALTH,)),
    "guidance": ("get", READ, (HEALTH,)),
    "answer_save": ("post", ANSWER, (HEALTH,)),
    "tasks": ("get", READ, ()),
    "assignments": ("get", READ_ALL, ()),
    "assign": ("post", COORDINATE, ()),
    "check": ("get", READ_ALL, ()),
    "submit": ("post", COORDINATE, ()),
    "score": ("get", READ_ALL, ()),
    "reports": ("get", READ_ALL, ()),
    "draft_pdf": ("get", READ_ALL, ()),
}
RESULT = {"receipt", "receipt_pdf", "district_pdf"}
AREA: dict[str, tuple[set[str], tuple[object, ...]]] = {
    "provinces": (PROVINCE | NATION | {"verifier_kalteng", "admin_kalteng"}, ("2026",)),
    "districts": (PROVINCE | NATION, ("2026", "63")),
    "ranking": (PROVINCE | NATION, ("2026", "63")),
    "ranking_download": (PROVINCE | NATION, ("2026", "63", "csv")),
}
EDITIONS: dict[str, tuple[str, tuple[object, ...]]] = {
    "editions": ("get", ()),
    "edition_create": ("get", ()),
    "edition": ("get", ("2026",)),
    "edition_window": ("get", ("2026", "em")),
    "edition_open": ("post", ("2026",)),
}
POST_ONLY = {"answer_save", "assign", "submit", "edition_open"}
GET_AND_POST = {"edition_create", "edition_window"}


ELSEWHERE = [
    pattern
    for name, patterns in vars(urls).items()
    if name.endswith("_urls") and isinstance(patterns, list)
    for pattern in patterns
]
"""Addresses of data dukung, verification and messages; their own tests are beside their pages' tests."""


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif pattern not in ELSEWHERE:
            yield str(pattern.name)


def test_no_address_is_left_out():
    assert set(names(urls.urlpatterns)) == set(ONE) | RESULT | set(AREA) | set(EDITIONS)


@pytest.fixture
def addresses(evaluation, cast, queue):
    """Name -> (method, address), all about Tabalong."""
    result = hand_in(evaluation, by=cast.coordinator_tabalong)
    found = {name: (method, url(name, evaluation.pk, *more)) for name, (method, _, more) in ONE.items()}
    found |= {name: ("get", url(name, result.pk)) for name in RESULT}
    found |= {name: ("get", url(name, *args)) for name, (_, args) in AREA.items()}
    found |= {name: (method, url(name, *args)) for name, (method, args) in EDITIONS.items()}
    return found


def test_whoever_is_not_signed_in_is_led_to_the_door(addresses, db):
    for name, (method, address) in addresses.items():
        response = getattr(Client(), method)(address)
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("accounts:login")), name
        told = getattr(Client(), method)(address, headers=HTMX)
        assert told.status_code == 401, name
        assert "Masuk lagi" in told.content.decode()


@pytest.mark.parametrize("who", sorted(ALL))
def test_an_evaluation(evaluation, cast, queue, who):
    """Seen but not allowed: 403 with the reason. Not one's own: 404, as if it were not there."""
    client = signed_in(getattr(cast, who))
    for name, (method, people, more) in ONE.items():
        response = getattr(client, method)(url(name, evaluation.pk, *more))
        if who in people:
            assert response.status_code in {200, 202, 302, 422}, (name, response.status_code)
        elif who in OUTSIDERS:
            assert response.status_code == 404, name
            assert "Halaman tidak ditemukan" in text_of(response)
        else:
            assert response.status_code == 403, name
            assert "Anda tidak dapat " in text_of(response), name
            assert "Yang dapat: " in text_of(response), name
    if who not in ANSWER:
        assert not Answer.objects.exists()
    assert not Assignment.objects.exists()
    assert not StageResult.objects.exists()


@pytest.mark.parametrize("who", sorted(ALL))
def test_a_result(evaluation, cast, queue, who):
    client = signed_in(getattr(cast, who))
    result = hand_in(evaluation, by=cast.coordinator_tabalong)
    for name in RESULT:
        response = client.get(url(name, result.pk))
        if who in READ_ALL:
            assert response.status_code == (200 if name == "receipt" else 202), name
        elif who in OUTSIDERS:
            assert response.status_code == 404, name
        else:
            assert response.status_code == 403, name
            assert "membaca seluruh evaluasi ini" in text_of(response)


@pytest.mark.parametrize("who", sorted(ALL))
def test_an_area(cast, queue, evaluation, who):
    client = signed_in(getattr(cast, who))
    supervises = who in PROVINCE | NATION | {"verifier_kalteng", "admin_kalteng"}
    for name, (people, args) in AREA.items():
        response = client.get(url(name, *args))
        if who in people:
            assert response.status_code in {200, 202}, name
        elif supervises:
            assert response.status_code == 404, name
        else:
            assert response.status_code == 403, name
            assert "Peran Anda tidak mencakup: melihat semua kabupaten/kota" in text_of(response)


@pytest.mark.parametrize("who", sorted(ALL))
def test_the_editions(cast, who):
    client = signed_in(getattr(cast, who))
    for name, (method, args) in EDITIONS.items():
        response = getattr(client, method)(url(name, *args))
        if who == "admin_national":
            assert response.status_code in {200, 302}, name
        else:
            assert response.status_code == 403, name
            assert "tidak mencakup: mengelola instrumen dan periode" in text_of(response)


def test_the_method_is_the_one_meant(addresses, cast):
    clients = {
        True: signed_in(cast.admin_national),
        False: signed_in(cast.coordinator_tabalong),
    }
    for name, (_, address) in addresses.items():
        client = clients[name in AREA or name in EDITIONS]
        wrong = client.get if name in POST_ONLY else client.put if name in GET_AND_POST else client.post
        assert wrong(address).status_code == 405, name


@pytest.mark.parametrize("name", sorted(ONE))
def test_what_is_not_there(cast, db, name):
    method, _, more = ONE[name]
    client = signed_in(cast.coordinator_tabalong)
    for pk in (0, 999_999_999, 10**30):
        assert getattr(client, method)(url(name, pk, *more)).status_code == 404, pk


@pytest.mark.parametrize("name", sorted(RESULT))
def test_a_result_that_is_not_there(cast, db, name):
    client = signed_in(cast.admin_national)
    for pk in (0, 999_999_999, 10**30):
        assert client.get(url(name, pk)).status_code == 404


def test_an_edition_that_is_only_prepared_has_no_evaluation_yet(evaluation, cast):
    Edition.objects.filter(pk=evaluation.edition_id).update(opened_at=None)
    assert signed_in(cast.coordinator_tabalong).get(url("overview", evaluation.pk)).status_code == 404
    national = signed_in(cast.admin_national)
    assert national.get(url("provinces", "2026")).status_code == 404
    assert national.get(url("edition", "2026")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/wilayah/1999/63/",
        "/wilayah/2026/99/",
        "/peringkat/1999/63/",
        "/peringkat/2026/63/unduh/docx/",
        "/peringkat/2026/antah/",
        "/periode/1999/",
        "/periode/1999/jadwal/em/",
        "/periode/2026/jadwal/xx/",
    ],
)
def test_an_area_or_edition_that_is_not_there(cast, db, path):
    assert signed_in(cast.admin_national).get(path).status_code == 404


def test_a_closed_account_is_out(cast, evaluation):
    user = cast.coordinator_tabalong
    client = signed_in(user)
    user.is_active, user.closed_at, user.closed_by = False, timezone.now(), cast.admin_kalsel
    user.save()
    assert client.get(url("overview", evaluation.pk)).status_code == 302
