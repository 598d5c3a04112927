"""Without signing in there is a way to the login, and nothing else."""

from __future__ import annotations

import pytest

from tests.architecture.addresses import addresses
from tests.architecture.test_gates import OPEN_TO_ANYONE
from tests.cast import KALSEL, TABALONG

CLOSED = [address for address in addresses() if address.name not in OPEN_TO_ANYONE]


@pytest.fixture
def places(evaluation):
    """``places(address)``: its path, with real things behind most parameters, so that a missing gate shows them."""
    values = {
        "code": "2026", "number": "1", "province": KALSEL, "place": KALSEL, "stage": "em", "form": "pdf",
        "cluster": "K0", "slot": 1,
    }  # fmt: skip

    def path(address):
        return address.fill(values if "<uuid:pk>" in address.route else values | {"pk": evaluation.pk})

    return path


@pytest.mark.parametrize("address", CLOSED, ids=str)
def test_writing_is_refused_and_the_text_is_kept(client, places, address):
    answer = client.post(places(address), {"note": "catatan panjang"})
    assert answer.status_code == 401
    assert "catatan panjang" in answer.content.decode()


@pytest.mark.parametrize("address", CLOSED, ids=str)
def test_htmx_is_told_in_one_line(client, places, address):
    answer = client.post(places(address), {"note": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.content.decode().startswith("Sesi Anda berakhir")


def test_the_doors_are_open(client, db):
    assert client.get("/akun/masuk/").status_code == 200
    assert client.get("/akun/keluar/").status_code == 405


@pytest.mark.parametrize(
    "path", [f"/tidak/ada/{TABALONG}/", "/data/kla.sqlite3", "/var/kla.sqlite3", "/.env"]
)
def test_what_has_no_address_is_not_found(client, db, path):
    assert client.get(path).status_code == 404
