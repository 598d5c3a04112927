"""Documents with a series: numbered, coded, signed, and found again under the same number."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError

from evaluations.domain import documents
from evaluations.domain.documents import Document
from evaluations.domain.sealing import numbers
from evaluations.domain.sealing.about import about
from evaluations.models import ReportKind, StoredReport
from evaluations.reports.pdf import receipt_pdf
from evaluations.reports.seal import read_code
from evaluations.reports.signing import SigningFailed
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG
from tests.evaluations.reports import build
from tests.evaluations.sealing.certificate import PASSWORD, make_p12
from tests.evaluations.sealing.papers import folder  # noqa: F401  the reports of this module go to a folder of their own

pytestmark = pytest.mark.usefixtures("folder")
ABOUT = about(
    edition="2026", edition_name="Evaluasi KLA 2026", place=TABALONG, place_name="Kabupaten Tabalong",
    taken_at=datetime(2026, 6, 30, tzinfo=UTC), zone=ZoneInfo("Asia/Makassar"), stage="em", digest="a" * 64,
)  # fmt: skip


class Press:
    """Prints what the seal says, and remembers it."""

    def __init__(self):
        self.seals = []

    def __call__(self, seal):
        self.seals.append(seal)
        return f"{seal.number} {seal.code} {seal.address}".encode()


def paper(press, payload="sama", form="pdf", kind=ReportKind.CARD, said=ABOUT, series="card:2026:63.09"):
    return Document(kind, form, payload, press, district=TABALONG, series=series, title="Rapor", about=said)


def test_number_code_and_address_are_given_before_printing_and_kept(cast, settings):
    settings.PORTAL_URL = "https://kla.example.go.id/"
    press = Press()
    kept = paper(press).ensure(by=cast.admin_kalsel)
    (seal,) = press.seals
    assert kept.number == seal.number == "KLA/2026/63.09/RAPOR/0001"
    assert kept.code == seal.code == read_code(seal.code)
    assert seal.address == f"https://kla.example.go.id/periksa-laporan/{seal.code}/"
    assert (kept.series, kept.title, kept.signed) == ("card:2026:63.09", "Rapor", False)
    assert kept.about == dict(ABOUT)
    assert Event.objects.get(action=EventAction.REPORT_STORED).data["number"] == kept.number
    assert kept.code not in str(Event.objects.get(action=EventAction.REPORT_STORED).data)


def test_the_same_content_keeps_its_number_and_code(cast):
    press = Press()
    first = paper(press).ensure(by=cast.admin_kalsel)
    assert paper(press).ensure(by=cast.verifier_kalsel) == first
    assert len(press.seals) == 1


def test_numbers_go_on_per_place_and_kind(cast):
    by, press = cast.admin_kalsel, Press()
    nation = about(**{**_words(), "place": "", "place_name": "Nasional"})
    made = [
        paper(press, payload=1),
        paper(press, payload=2),
        paper(press, payload=3, kind=ReportKind.RANKING),
        paper(press, payload=4, said=nation),
        paper(press, payload=5, said=about(**{**_words(), "draft": True})),
        paper(press, payload=6),
    ]
    assert [document.ensure(by=by).number for document in made] == [
        "KLA/2026/63.09/RAPOR/0001",
        "KLA/2026/63.09/RAPOR/0002",
        "KLA/2026/63.09/PERINGKAT/0001",
        "KLA/2026/NASIONAL/RAPOR/0001",
        "KLA/2026/63.09/KONSEP/0001",
        "KLA/2026/63.09/RAPOR/0003",
    ]
    assert len({seal.code for seal in press.seals}) == 6


def test_every_kind_has_a_word_of_its_own_that_a_governor_understands():
    words = numbers.WORDS
    assert words.keys() == set(ReportKind)
    assert len({*words.values(), numbers.DRAFT}) == len(words) + 1
    assert all(re.fullmatch(r"[A-Z]+(-[A-Z]+)*", word) for word in words.values())
    english = {kind.upper() for kind in ReportKind}
    assert not english & set(words.values())


def _words():
    return {
        "edition": "2026", "edition_name": "Evaluasi KLA 2026", "place": TABALONG, "place_name": "Tabalong",
        "taken_at": datetime(2026, 6, 30, tzinfo=UTC), "zone": ZoneInfo("Asia/Makassar"),
    }  # fmt: skip


def test_after_9999_comes_10000(cast):
    press = Press()
    kept = paper(press).ensure(by=cast.admin_kalsel)
    for number in ("9999", "10000"):
        kept.pk, kept.key, kept.code = None, number * 12, f"{kept.code[:21]}{number:A>5}"
        kept.number = f"KLA/2026/63.09/RAPOR/{number}"
        kept.save(force_insert=True)
    assert numbers.next_number("RAPOR", ABOUT) == "KLA/2026/63.09/RAPOR/10001"


def test_of_two_who_take_the_same_number_one_prints_again(cast):
    """Another paper of the same kind and place is stored while the first one prints."""
    inner = Press()

    class Overtaken(Press):
        def __call__(self, seal):
            if not self.seals:
                paper(inner, payload="lain").ensure(by=cast.verifier_kalsel)
            return super().__call__(seal)

    press = Overtaken()
    kept = paper(press).ensure(by=cast.admin_kalsel)
    assert [seal.number[-4:] for seal in press.seals] == ["0001", "0002"]
    assert inner.seals[0].number.endswith("0001")
    assert kept.number.endswith("0002")
    with storages["reports"].open(kept.storage_name) as file:
        assert b"RAPOR/0002" in file.read(), "the number on the paper is the number that is kept"
    assert kept.code == press.seals[1].code


def test_who_never_gets_a_number_fails_and_leaves_nothing(cast, folder, monkeypatch):  # noqa: F811
    paper(Press(), payload="lain").ensure(by=cast.admin_kalsel)
    monkeypatch.setattr(numbers, "next_number", lambda *args: "KLA/2026/63.09/RAPOR/0001")
    press = Press()
    with pytest.raises(IntegrityError):
        paper(press).ensure(by=cast.admin_kalsel)
    assert len(press.seals) == documents.ATTEMPTS
    assert len([path for path in folder.rglob("*") if path.is_file()]) == StoredReport.objects.count() == 1


def test_tables_have_a_hash_and_neither_number_nor_code(cast):
    def table(seal):
        assert seal is None
        return b"a;b"

    kept = paper(table, form="csv").ensure(by=cast.admin_kalsel)
    assert (kept.number, kept.code, kept.series) == ("", "", "")
    assert kept.sha256 == hashlib.sha256(b"a;b").hexdigest()


def test_another_address_or_signer_is_another_paper(settings, tmp_path):
    before = paper(Press()).key
    draft = paper(Press(), said=about(**{**_words(), "draft": True})).key
    settings.SIGNING_P12 = str(make_p12(tmp_path / "kunci.p12"))
    signed = paper(Press()).key
    assert paper(Press(), said=about(**{**_words(), "draft": True})).key == draft, "a draft is never signed"
    settings.PORTAL_URL = "https://lain.example.go.id"
    assert len({before, signed, paper(Press()).key}) == 3


def test_the_stored_hash_is_of_the_signed_file(cast, settings, tmp_path):
    settings.SIGNING_P12 = str(make_p12(tmp_path / "kunci.p12"))
    settings.SIGNING_PASSWORD, settings.SIGNING_PASSWORD_FILE = PASSWORD, ""

    def print_it(seal):
        assert seal.signer == "Dinas P3A Contoh"
        return receipt_pdf(build.district_report(), seal)

    kept = paper(print_it).ensure(by=cast.admin_kalsel)
    with storages["reports"].open(kept.storage_name) as file:
        content = file.read()
    assert kept.signed
    assert b"/ETSI.CAdES.detached" in content
    assert hashlib.sha256(content).hexdigest() == kept.sha256


def test_what_cannot_be_signed_is_not_issued_at_all(cast, settings, tmp_path, folder):  # noqa: F811
    settings.SIGNING_P12, settings.SIGNING_PASSWORD = str(tmp_path / "tidak-ada.p12"), ""
    press = Press()
    with pytest.raises(SigningFailed, match="SIGNING_P12 tidak dapat dibaca"):
        paper(press).ensure(by=cast.admin_kalsel)
    assert press.seals == []
    assert not StoredReport.objects.exists()
    assert [path for path in folder.rglob("*") if path.is_file()] == []
