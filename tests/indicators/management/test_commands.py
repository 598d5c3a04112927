"""load_instrument and export_instrument as an operator sees them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from indicators.domain.importing import parse_instrument
from indicators.models import Instrument, InstrumentState
from kla_portal.events.models import Event
from tests.indicators.small import SMALL, changed, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(text=SMALL):
        path = tmp_path / "kecil.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def run(*args, **options):
    """Exit code, standard output, standard error."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command(*args, stdout=out, stderr=err, **options)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), err.getvalue()


def test_check_writes_nothing_and_says_what_would_happen(file):
    events = Event.objects.count()
    code, out, err = run("load_instrument", file(), check=True)
    assert (code, err) == (0, "")
    summary = "kecil: 2 klaster, 2 indikator, 7 pertanyaan, nilai total 12"
    assert out == f"{summary}: akan dimuat sebagai rancangan baru.\n"
    assert not Instrument.objects.filter(code="kecil").exists()
    assert Event.objects.count() == events


def test_check_of_what_is_there(file, draft):
    assert "tidak ada yang berubah" in run("load_instrument", file(), check=True)[1]
    other = file(changed(("Peraturan contoh", "Peraturan lain")))
    assert "akan mengganti rancangan" in run("load_instrument", other, check=True)[1]
    assert Instrument.objects.get(code="kecil").legal_basis == ["Peraturan contoh"]


def test_loads_a_draft_and_publishes_on_demand(file):
    code, out, _ = run("load_instrument", file())
    assert code == 0
    assert out.endswith(f"dimuat. Sidik {small().digest}\n")
    assert Instrument.objects.get(code="kecil").state == InstrumentState.DRAFT
    assert "tidak berubah, diterbitkan" in run("load_instrument", file(), publish=True)[1]
    assert Instrument.objects.get(code="kecil").state == InstrumentState.PUBLISHED
    assert "tidak berubah. Sidik" in run("load_instrument", file(), publish=True)[1]


def test_every_fault_is_one_line_on_stderr_and_exit_2(file):
    text = changed(("points: 4}", "points: 3}"), ("theme: data", "theme: gizi"))
    for check in (True, False):
        code, out, err = run("load_instrument", file(text), check=check)
        assert (code, out) == (2, "")
        lines = err.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith("kecil.yaml baris 44: pertanyaan 1.1: nilai terbaik 3")
        assert lines[1].startswith("kecil.yaml baris ")
    assert not Instrument.objects.filter(code="kecil").exists()


def test_other_content_for_a_published_code_is_exit_2(file, published):
    text = changed(("code: kecil", "code: terbit"), ("Peraturan contoh", "Peraturan lain"))
    for check in (True, False):
        code, _, err = run("load_instrument", file(text), check=check)
        assert code == 2
        assert "sudah terbit dengan isi lain" in err


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_exit_2(tmp_path, content):
    path = tmp_path / "rusak.yaml"
    if content:
        path.write_bytes(content)
    code, _, err = run("load_instrument", str(path))
    assert code == 2
    assert err.startswith("rusak.yaml: tidak dapat dibaca")


def test_export_prints_the_file_again(published):
    code, out, _ = run("export_instrument", "terbit")
    assert code == 0
    assert parse_instrument(out, name="x").digest == published.digest


def test_export_of_an_unknown_code_names_the_known_ones(published):
    with pytest.raises(CommandError, match=r"tidak-ada.*tidak ada\. Yang ada: .*terbit"):
        run("export_instrument", "tidak-ada")
