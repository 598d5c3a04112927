"""The reference regions: complete, in their time zones, the same after every loading."""

import csv
import gzip
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from kla_portal.indonesian import zone_name
from kla_portal.regions import loading
from kla_portal.regions.loading import Counts, UnknownProvince, load_regions
from kla_portal.regions.models import District, Kecamatan, Province, Village

pytestmark = pytest.mark.django_db


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Province, District, Kecamatan))


def command(*args: str, **options: object) -> str:
    out = StringIO()
    call_command("load_regions", *args, stdout=out, **options)
    return out.getvalue()


def test_provinces_districts_and_kecamatan_are_complete():
    assert load_regions() == Counts(38, 514, 7285, 0)
    assert counts() == (38, 514, 7285)
    assert District.objects.filter(kind="kabupaten").count() == 416
    assert District.objects.filter(kind="kota").count() == 98


@pytest.mark.parametrize(
    ("district", "name", "zone"),
    [
        ("63.09", "Kabupaten Tabalong", "WITA"),
        ("63.10", "Kabupaten Tanah Bumbu", "WITA"),
        ("62.10", "Kabupaten Gunung Mas", "WIB"),
        ("61.71", "Kota Pontianak", "WIB"),
        ("91.71", "Kota Jayapura", "WIT"),
        ("32.73", "Kota Bandung", "WIB"),
    ],
)
def test_districts_have_their_name_and_their_provinces_zone(district, name, zone):
    row = District.objects.select_related("province").get(code=district)
    assert row.name == name
    assert zone_name(row.province.zone) == zone


def test_every_province_is_in_the_zone_the_country_put_it_in():
    zones = {"WIB": set(), "WITA": set(), "WIT": set()}
    for province in Province.objects.all():
        zones[zone_name(province.zone)].add(province.code)
    assert {name: len(codes) for name, codes in zones.items()} == {"WIB": 18, "WITA": 12, "WIT": 8}
    # Kalimantan is divided: Barat and Tengah WIB; Selatan, Timur and Utara WITA.
    assert {"61", "62"} <= zones["WIB"]
    assert {"63", "64", "65", "51", "73"} <= zones["WITA"]
    assert {"81", "82", "91", "92", "93", "94", "95", "96"} == zones["WIT"]


def test_all_villages_and_again_without_a_change():
    assert load_regions(all_villages=True).villages == 83_762
    assert Village.objects.count() == 83_762
    before = hash(tuple(Village.objects.values_list()))
    assert load_regions(all_villages=True) == Counts(38, 514, 7285, 83_762)
    assert hash(tuple(Village.objects.values_list())) == before
    totals = {
        kind: Village.objects.filter(kecamatan__district="63.09", kind=kind).count()
        for kind in ("desa", "kelurahan")
    }
    kecamatan = Kecamatan.objects.filter(district="63.09")
    assert totals["desa"] == sum(kecamatan.values_list("desa_count", flat=True))
    assert totals["kelurahan"] == sum(kecamatan.values_list("kelurahan_count", flat=True))


@pytest.mark.parametrize("named", ["63", "kalimantan selatan", " Kalimantan Selatan "])
def test_villages_of_one_province_by_code_or_name(named):
    assert load_regions(villages_of=[named]).villages == 2016
    assert set(Village.objects.values_list("kecamatan__district__province", flat=True)) == {"63"}


def test_loading_again_repairs_what_was_changed():
    District.objects.filter(code="63.09").update(name="Kabupaten Salah", kind="kota")
    Province.objects.filter(code="63").update(timezone="Asia/Jakarta")
    load_regions()
    district = District.objects.select_related("province").get(code="63.09")
    assert (district.name, district.kind) == ("Kabupaten Tabalong", "kabupaten")
    assert district.province.timezone == "Asia/Makassar"


def test_an_unknown_province_takes_everything_back():
    Province.objects.filter(code="63").update(timezone="Asia/Jakarta")
    with pytest.raises(UnknownProvince, match="Narnia"):
        load_regions(villages_of=["63", "Narnia"])
    assert Province.objects.get(code="63").timezone == "Asia/Jakarta"
    assert not Village.objects.exists()


def test_a_bad_row_takes_everything_back(monkeypatch, tmp_path):
    for path in loading.folder().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    districts = tmp_path / "districts.csv"
    districts.write_text(
        districts.read_text(encoding="utf-8") + "99.01,63,desa,Bukan kabupaten\n", encoding="utf-8"
    )
    provinces = (tmp_path / "provinces.csv").read_text(encoding="utf-8")
    (tmp_path / "provinces.csv").write_text(provinces.replace("Aceh", "Serambi"), encoding="utf-8")
    monkeypatch.setattr(loading, "folder", lambda: tmp_path)
    with pytest.raises(IntegrityError, match="district_kind_known"):
        load_regions()
    assert not District.objects.filter(code="99.01").exists()
    assert Province.objects.get(code="11").name == "Aceh"


def test_every_code_lies_below_its_parents_code():
    """A row under the wrong parent would put a kecamatan into another district."""
    pairs = {"districts.csv": "province_code", "kecamatan.csv": "district_code"}
    for name, parent in pairs.items():
        with (loading.folder() / name).open(encoding="utf-8") as lines:
            assert all(row["code"].startswith(row[parent] + ".") for row in csv.DictReader(lines))
    with gzip.open(loading.folder() / "villages.csv.gz", "rt", encoding="utf-8") as lines:
        assert all(row["code"].startswith(row["kecamatan_code"] + ".") for row in csv.DictReader(lines))


def test_command_prints_the_counts():
    assert command("--villages", "63", "Kalimantan Tengah") == (
        "38 provinsi, 514 kabupaten/kota, 7.285 kecamatan, 3.587 desa/kelurahan dimuat.\n"
    )
    assert command(verbosity=0) == ""


def test_command_refuses_an_unknown_province_in_words():
    with pytest.raises(CommandError, match='Provinsi "Narnia" tidak dikenal; tulis kode'):
        command("--villages", "Narnia")
