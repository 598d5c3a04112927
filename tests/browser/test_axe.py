"""No page and no state breaks a rule of WCAG 2.2 AA: in the dark, on a phone, refused, disputed, locked, closed.

The crawl of ``test_pages.py`` looks at every page in the light at 1366 px.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.conftest import PHONE, OpenContext, sign_in
from tests.browser.portal import Portal
from tests.browser.steps import desk_of
from tests.browser.test_pages import address_of

PLACES = {
    "koordinator.tabalong": (
        *(
            "",
            "pengisian/",
            "indikator/12/",
            "indikator/1/",
            "pertanyaan/13.2/",
            "bukti/2.3/",
            "bukti/2.3/?pilih=1",
        ),
        *(
            "data-dukung/",
            "data-dukung/unduh/",
            "data-dukung/unggah/",
            "data-dukung/pakai-ulang/",
            "periksa/",
        ),
        *(
            "skor/",
            "laporan/",
            "tahap/",
            "keadaan/",
            "pembagian/",
            "excel/",
            "praktik/",
            "hasil/lhe/",
            "hasil/rapor/",
        ),
        *("kecamatan-desa/", "kecamatan-desa/63.09.01/", "/akun/profil/", "/akun/sesi/", "/akun/kata-sandi/"),
        *("/pesan/", "/akun/verifikasi-dua-langkah/telepon/"),
    ),
    "koordinator.tanahbumbu": (
        *(
            "target/",
            "usaha/?klaster=K3",
            "kehilangan/",
            "andaikan/?indikator=12",
            "rencana/",
            "rencana/ACTION/",
        ),
        *("rencana/ACTION/ubah/", "rencana/rapat/", "rencana/baca/"),
    ),
    "admin.kalsel": (
        *("/wilayah/2024/63/", "/peringkat/2024/63/", "/verifikasi/2024/63/", "/evaluasi/DESK/meja/va/1.1/"),
        *("/evaluasi/DESK/meja/va/terima/", "/evaluasi/DESK/kembalikan/va/", "/evaluasi/DESK/tutup/va/"),
        *("/verifikasi/alasan/", "/analisis/2024/63/?tahap=em", "/analisis/2024/63/pertanyaan/7.2/?tahap=vf"),
        *(
            "/analisis/2024/63/bandingkan/?d1=63.09&e1=2024&d2=63.03&e2=2024&tahap=em",
            "/analisis/2024/63/pergerakan/",
        ),
        *("/kalibrasi/2024/63/", "/catatan/", "/akun/daftar/", "/akun/daftar/buka/", "/praktik-baik/2024/"),
    ),
    "admin.pusat": (
        "/wilayah/2024/",
        "/instrumen/",
        "/periode/",
        "/periode/2026/",
        "/analisis/2024/nasional/provinsi/",
    ),
    "": ("/akun/masuk/", "/akun/lupa/", "/periksa-laporan/", "/data/", "/pengumuman/2024/", "/privasi/"),
}
"""One page of each template; ``DESK`` is an evaluation that is being verified."""

DARK_PHONE = {"color_scheme": "dark", "viewport": PHONE}
NARROW, HALVED, WIDE = (320, 640), (683, 384), (1366, 768)
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"


def squeezed(page: Page, place: str) -> Iterator[str]:
    """Nothing stands out sideways at 320 px, at twice the size of everything, at twice the size of letters."""
    for (width, height), letters in ((NARROW, ""), (HALVED, ""), (WIDE, "200%")):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
        wide, shown = page.evaluate(WIDTHS)
        if wide > shown:
            yield f"{place}: {wide} px wide at {shown} {letters}"
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]


@pytest.mark.parametrize("username", PLACES)
def test_in_the_dark_on_a_phone_and_enlarged(
    open_context: OpenContext, portal: Portal, username: str
) -> None:
    page = open_context(**DARK_PHONE).new_page()
    if username:
        sign_in(page, username)
    else:
        page.goto("/akun/masuk/")
    faults: list[str] = []
    for path in [address_of(portal, page, path) for path in PLACES[username]]:
        place = desk_of(portal, path)
        answer = page.goto(place)
        assert answer
        assert answer.status == 200, place
        faults += axe.new_violations(page, f"dark {place}")
        faults += squeezed(page, place)
    assert not faults, "\n".join(faults)
