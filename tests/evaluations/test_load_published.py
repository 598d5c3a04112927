from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from evaluations.domain.published import CLUSTER_SCORES, SCORES, PublishedErrors, load_published
from evaluations.models import PublishedResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    """``files(scores=[...], clusters=[...])`` -> the two paths, each with its head line."""

    def write(scores=(), clusters=(), *, head=SCORES):
        paths = tmp_path / "published-scores.csv", tmp_path / "cluster-scores.csv"
        paths[0].write_text("\n".join([",".join(head), *scores, ""]), encoding="utf-8")
        paths[1].write_text("\n".join([",".join(CLUSTER_SCORES), *clusters, ""]), encoding="utf-8")
        return {"scores": paths[0], "clusters": paths[1]}

    return write


def run() -> str:
    out = StringIO()
    call_command("load_published", stdout=out)
    return out.getvalue()


def one(district: str, year: int, stage: str = "em") -> PublishedResult:
    return PublishedResult.objects.get(district__name=district, year=year, stage=stage)


def test_the_shipped_files_load_once_and_stay():
    assert "42 baru, 0 diperbarui, 0 sudah ada" in run()
    rows = list(PublishedResult.objects.order_by("pk").values())
    assert "0 baru, 0 diperbarui, 42 sudah ada" in run()
    assert list(PublishedResult.objects.order_by("pk").values()) == rows


def test_totals_predikat_and_sources_are_kept_as_published():
    run()
    tabalong = one("Kabupaten Tabalong", 2024)
    assert (tabalong.total, tabalong.predikat, tabalong.clusters) == (Decimal("955.25"), "", None)
    assert tabalong.source == "metro7.co.id 22 Oktober 2024 (pertama di Kalimantan Selatan)"
    assert one("Kabupaten Malinau", 2023, "vf").predikat == "inisiasi"
    banjar = one("Kabupaten Banjar", 2025, "vf")
    assert (banjar.total, banjar.predikat) == (None, "nindya")


def test_cluster_scores_say_where_their_total_comes_from():
    run()
    bandung = one("Kota Bandung", 2024)
    assert bandung.total == Decimal("880.38")
    assert sum(map(Decimal, bandung.clusters.values())) == Decimal("880.39")
    assert "[total terbitan; klaster berjumlah 880,39]" in bandung.source
    sumbawa = one("Kabupaten Sumbawa", 2022, "vf").source
    assert sumbawa.startswith("prokopim.sumbawakab.go.id (nilai maksimum instrumen 2022; K6 = 17 + 30,5)")
    sumbawa = one("Kabupaten Sumbawa", 2022, "vf")
    assert sumbawa.total == Decimal("505.85")
    assert sumbawa.clusters["K6"] == "47.5"
    assert "[total dijumlahkan dari klaster terbitan]" in sumbawa.source


def test_a_corrected_row_is_brought_up_to_date(files):
    load_published(**files(["Kabupaten Tabalong,2024,EM,955.25,,koran"]))
    loaded = load_published(**files(["Kabupaten Tabalong,2024,EM,950,KLA,koran"]))
    assert (loaded.created, loaded.changed, loaded.unchanged) == (0, 1, 0)
    stored = one("Kabupaten Tabalong", 2024)
    assert (stored.total, stored.predikat) == (Decimal(950), "kla")


def test_another_source_is_another_row(files):
    load_published(
        **files(["Kabupaten Tabalong,2024,EM,955.25,,koran", "Kabupaten Tabalong,2024,EM,955,,radio"])
    )
    assert PublishedResult.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Tabalong,2024,EM,955.25,,koran", 'kabupaten/kota "Tabalong" tidak ditemukan'),
        ("Kabupaten Tabalong,24,EM,955.25,,koran", 'tahun "24"'),
        ("Kabupaten Tabalong,2024,XX,955.25,,koran", 'tahap "XX"'),
        ("Kabupaten Tabalong,2024,EM,955.255,,koran", 'total "955.255"'),
        ("Kabupaten Tabalong,2024,EM,-1,,koran", 'total "-1"'),
        ("Kabupaten Tabalong,2024,EM,NaN,,koran", 'total "NaN"'),
        ("Kabupaten Tabalong,2024,EM,1000.01,,koran", "lebih besar dari 1000"),
        ("Kabupaten Tabalong,2024,EM,955.25,Emas,koran", 'predikat "Emas"'),
        ("Kabupaten Tabalong,2024,EM,,,koran", "nilai dan predikat kosong"),
        ("Kabupaten Tabalong,2024,EM,955.25,, ", "sumber kosong"),
        (f"Kabupaten Tabalong,2024,EM,955.25,,{'k' * 201}", "sumber paling panjang 200"),
        ("Kabupaten Tabalong,2024,EM,955.25,", "harus 6 kolom"),
        ("Kabupaten Tabalong,2024,EM,955.25,,koran,lagi", "harus 6 kolom"),
    ],
)
def test_a_faulty_row_names_its_line_and_nothing_is_written(files, row, says):
    with pytest.raises(PublishedErrors) as refused:
        load_published(**files(["Kabupaten Banjar,2024,EM,868.75,,koran", row]))
    (error,) = refused.value.errors
    assert error.startswith("published-scores.csv baris 3: ")
    assert says in error
    assert not PublishedResult.objects.exists()


def test_all_faults_of_both_files_are_listed(files):
    paths = files(
        ["Kabupaten X,2024,EM,1,,koran", "Kabupaten Y,2024,EM,1,,koran"],
        ["Kota Bandung,2024,EM,1,1,1,1,1,1,1,8,,koran"],
    )
    with pytest.raises(PublishedErrors) as refused:
        load_published(**paths)
    assert [error.split(":")[0] for error in refused.value.errors] == [
        "published-scores.csv baris 2",
        "published-scores.csv baris 3",
        "cluster-scores.csv baris 2",
    ]
    assert "klaster berjumlah 7,00, kolom sum 8" in refused.value.errors[2]


def test_the_same_row_twice_is_refused(files):
    with pytest.raises(PublishedErrors, match="baris 3: sama dengan baris 2"):
        load_published(
            **files(["Kabupaten Tabalong,2024,EM,955.25,,koran", "Kabupaten Tabalong,2024,EM,950,,koran"])
        )


def test_a_failure_half_way_leaves_nothing(files, monkeypatch):
    save = PublishedResult.save

    def failing(self, *args, **kwargs):
        if PublishedResult.objects.exists():
            raise OSError("disk full")
        save(self, *args, **kwargs)

    monkeypatch.setattr(PublishedResult, "save", failing)
    paths = files(["Kabupaten Tabalong,2024,EM,955.25,,koran", "Kabupaten Banjar,2024,EM,868.75,,koran"])
    with pytest.raises(OSError, match="disk full"):
        load_published(**paths)
    assert not PublishedResult.objects.exists()


def test_other_columns_are_refused(files):
    with pytest.raises(PublishedErrors, match="baris 1: kolom harus district,year"):
        load_published(**files(head=("district", "total")))


def test_the_command_gives_the_errors_and_no_traceback(files, tmp_path):
    paths = files(["Kabupaten X,2024,EM,1,,koran"])
    with pytest.raises(CommandError, match='baris 2: kabupaten/kota "Kabupaten X"'):
        call_command("load_published", **paths)
    with pytest.raises(CommandError, match="tidak dapat dibaca"):
        call_command("load_published", scores=tmp_path / "tiada.csv", clusters=paths["clusters"])
    paths["scores"].write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("load_published", **paths)
