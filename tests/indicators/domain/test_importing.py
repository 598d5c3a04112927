"""The file is read exactly, or refused with every fault and its line."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.domain.importing import InstrumentError, InstrumentErrors, canonical, digest, parse_instrument
from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRule, PercentageRule, Tier
from tests.indicators.small import SMALL, changed, small


def errors_of(text: str) -> list[InstrumentError]:
    with pytest.raises(InstrumentErrors) as caught:
        parse_instrument(text, name="uji.yaml")
    return caught.value.errors


def line_of(text: str, marker: str) -> int:
    assert marker in text, marker
    return text[: text.index(marker)].count("\n") + 1


def test_reads_every_part_of_the_small_instrument():
    spec = small()
    assert (spec.code, spec.title, spec.legal_basis) == ("kecil", "Instrumen kecil", ("Peraturan contoh",))
    assert spec.total == Decimal(12)
    assert [(b.code, b.threshold, b.inclusive, b.award, b.published) for b in spec.bands] == [
        ("utama", Decimal(9), False, True, "10-12"),
        ("madya", Decimal("5.5"), True, True, None),
        ("inisiasi", Decimal(0), True, False, None),
    ]
    assert [q.code for q in spec.questions()] == ["1.1", "1.2", "2.1a", "2.1b", "2.1c", "2.1d", "2.1e"]
    first = spec.by_code["1.1"]
    assert first.agencies == ("hukum", "kesehatan")
    assert [(s.number, s.kind, s.label, s.required) for s in first.slots] == [
        (1, "regulation", "Peraturan lengkap", True),
        (2, "regulation", "Kutipan pasal", False),
    ]
    assert (first.theme, first.level, first.sensitive, first.estimated) == (
        "kebijakan",
        "kabupaten",
        False,
        False,
    )
    assert spec.by_code["2.1a"].sensitive
    assert spec.by_code["2.1a"].estimated


def test_reads_all_five_answer_kinds_exactly():
    rules = {question.code: question.rule for question in small().questions()}
    assert isinstance(rules["1.1"], ChoiceRule)
    assert [option.points for option in rules["1.1"].options] == [4, Decimal("2.5"), Decimal("2.5"), 0]
    assert rules["2.1a"] == PercentageRule(
        "anak terlayani",
        "semua anak",
        "higher",
        (
            Tier(Decimal(95), Decimal(2)),
            Tier(Decimal("50.5"), Decimal(1)),
            Tier(Decimal(0), Decimal(0)),
        ),
        Decimal(1),
    )
    assert isinstance(rules["2.1b"], CountRule)
    assert rules["2.1b"].tiers[-1] == Tier(None, Decimal(0))
    assert isinstance(rules["2.1c"], ChangeRule)
    assert rules["2.1c"].tiers[0].bound == Decimal(-5)
    assert isinstance(rules["2.1d"], MatrixRule)
    assert [row.options[0].points for row in rules["2.1d"].rows] == [Decimal("0.5"), Decimal("1.5")]


def test_points_of_a_scale_are_weight_times_fraction_without_binary_dust():
    rule = small().by_code["1.2"].rule
    assert rule.scale == "anggaran"
    # 2 x 0.66 as floats would be 1.32 only after rounding.
    assert [str(option.points) for option in rule.options] == ["2", "1.32", "0"]


def test_kla_2023_is_read_whole(kla_2023):
    assert len(kla_2023.clusters) == 7
    assert sum(1 for _ in kla_2023.indicators()) == 31
    assert sum(1 for _ in kla_2023.questions()) == 274
    assert sum(question.weight for question in kla_2023.questions()) == Decimal(1000)
    assert {code: int(weight) for code, weight in ((c.code, c.weight) for c in kla_2023.clusters)} == {
        "K0": 164, "K1": 115, "K2": 156, "K3": 150, "K4": 110, "K5": 205, "K6": 100,
    }  # fmt: skip


REJECTED = [
    # unknown and missing keys, in every mapping
    ("title: Instrumen kecil", "titel: Instrumen kecil", 'isian "titel" tidak dikenal', "titel"),
    ("title: Instrumen kecil", "titel: Instrumen kecil", "isian kurang: title", "  code: kecil"),
    ("scales:\n", "skala:\n", 'isian "skala" tidak dikenal', "skala:"),
    ("fraction: 0.66}", "fraksi: 0.66}", 'isian "fraksi" tidak dikenal', "fraksi"),
    ("name: Bagian Hukum}", "nama: Bagian Hukum}", 'isian "nama" tidak dikenal', "nama: Bagian"),
    ("award: false}", "hadiah: false}", 'isian "hadiah" tidak dikenal', "hadiah"),
    ("    purpose: Ada dasar hukum.\n", "", "isian kurang: purpose", 'number: "1"'),
    ("      guidance: Pilih yang tertinggi.\n", "", "isian kurang: guidance", 'code: "1.1"'),
    ("required: true}", "wajib: true}", 'isian "wajib" tidak dikenal', "wajib"),
    ("{points: options}", "{poin: options}", 'isian "poin" tidak dikenal', "poin:"),
    ("{label: Perda, points: 4}", "{label: Perda, points: 4, x: 1}", 'isian "x" tidak dikenal', "x: 1"),
    ("kind: count\n", "kind: count\n        empty: 1\n", 'isian "empty" tidak dikenal', "        empty: 1\n        unit"),
    ("  name: Kelembagaan\n", "", "klaster: isian kurang: name", "code: K0"),
    # duplicates
    ("  title: Instrumen kecil", "  title: A\n  title: B", 'isian "title" ditulis dua kali', "title: B"),
    ("code: K1", "code: K0", 'klaster: code "K0" sudah dipakai pada baris', "code: K0\n  name: Kesehatan"),
    ("number: 2A", 'number: "1"', 'indikator: number "1" sudah dipakai', 'number: "1"\n    name: Layanan'),
    ("code: 2.1b", "code: 2.1a", 'pertanyaan: code "2.1a" sudah dipakai', "code: 2.1a\n      title: Jumlah"),
    ("{code: kesehatan,", "{code: hukum,", 'code "hukum" sudah dipakai', "{code: hukum, name: Dinas"),
    ("{code: data,", "{code: kebijakan,", 'code "kebijakan" sudah dipakai', "{code: kebijakan, name: Data"),
    ("{code: madya,", "{code: utama,", 'code "utama" sudah dipakai', "{code: utama, name: Madya"),
    ("agencies: [hukum, kesehatan]", "agencies: [hukum, hukum]", "ditulis dua kali", "agencies: [hukum, hukum]"),
    # sums: questions -> indicator -> cluster -> total
    ("    weight: 6\n    purpose: Ada", "    weight: 7\n    purpose: Ada", "bobot pertanyaan berjumlah 6, bobot indikator 7", "    weight: 7"),
    ("  weight: 6\n  indicators:\n  - number: 2A", "  weight: 6.5\n  indicators:\n  - number: 2A", "bobot indikator berjumlah 6, bobot klaster 6,5", "  weight: 6.5"),
    ("total: 12", "total: 13", "bobot klaster berjumlah 12, bobot total instrumen 13", "total: 13"),
    ("total: 12", "total: 0", "total harus lebih besar dari 0", "total: 0"),
    # order and best
    ("points: 4}", "points: 2}", "urutan salah, 2,5 sesudah 2", "{label: Perbup"),
    ("points: 4}", "points: 3}", "nilai terbaik 3, bobot pertanyaan 4", "        - {label: Perda"),
    ("{label: Sumber lain, fraction: 0.66}", "{label: Sumber lain, fraction: 1.5}", "urutan salah, 1,5 sesudah 1", "fraction: 1.5"),
    ("{label: APBD, fraction: 1}", "{label: APBD, fraction: 0.9}", "pilihan terbaik harus bernilai 1", "fraction: 0.9"),
    ("{min: 50.5, points: 1}", "{min: 96, points: 1}", "batas 96 sesudah 95; batas min harus menurun", "min: 96"),
    ("{min: 50.5, points: 1}", "{min: 95, points: 1}", "batas 95 sesudah 95", "{min: 95, points: 1}"),
    ("{max: 3, points: 0.5}", "{max: 0, points: 0.5}", "batas max harus menaik", "{max: 0, points: 0.5}"),
    ("{min: 50.5, points: 1}", "{min: 50.5, points: 3}", "urutan salah, 3 sesudah 2", "points: 3}"),
    ("{min: 95, points: 2}", "{min: 95, points: 1}", "nilai terbaik 1, bobot pertanyaan 2", "- {min: 95"),
    ("{label: Ada, points: 1.5}", "{label: Ada, points: 1}", "nilai terbaik 1,5, bobot pertanyaan 2", "- label: Media"),
    ("empty: 1", "empty: 2.5", "empty 2,5 melebihi bobot 2", "empty: 2.5"),
    ("{max: 0, points: 0}", "{max: 0, points: 1}", "nilai terbaik 1, bobot pertanyaan 0", "- {max: 0, points: 1}\n        - {max: 100"),
    # bounds
    ("{max: 0, points: 1}", "{min: 0, points: 1}", 'isian "min" tidak dikenal; yang dikenal: max', "{min: 0, points: 1}"),
    ("{min: 50.5, points: 1}", "{max: 50.5, points: 1}", 'isian "max" tidak dikenal; yang dikenal: min', "{max: 50.5"),
    ("{max: 3, points: 0.5}", "{max: null, points: 0.5}", "hanya boleh pada tingkat terakhir", "{max: null, points: 0.5}"),
    ("{min: 95, points: 2}", "{min: 101, points: 2}", "batas 101 di atas 100 tidak mungkin", "min: 101"),
    ("{max: -5, points: 1}", "{max: -101, points: 1}", "batas −101 di bawah −100 tidak mungkin", "max: -101"),
    # unknown words
    ("scale: anggaran", "scale: dana", 'skala "dana" tidak dikenal; pilih: anggaran', "scale: dana"),
    ("kind: matrix", "kind: tabel", "jenis jawaban (kind) tidak dikenal", "kind: tabel"),
    ("theme: kebijakan", "theme: hukum", 'tema "hukum" tidak dikenal', "theme: hukum"),
    ("level: kecamatan", "level: provinsi", 'tingkat "provinsi" tidak dikenal', "level: provinsi"),
    ("agencies: [hukum, kesehatan]", "agencies: [hukum, dinkes]", '"dinkes" tidak terdaftar', "agencies: [hukum, dinkes]"),
    ("{kind: regulation, label: Peraturan", "{kind: foto, label: Peraturan", 'jenis data dukung "foto"', "kind: foto"),
    ("direction: lower", "direction: turun", 'arah "turun" tidak dikenal; pilih: higher, lower', "direction: turun"),
    ("{points: options}", "{points: semua}", 'asal nilai "semua" tidak dikenal', "points: semua"),
    # either, not both
    ("        scale: anggaran\n", "", "isi salah satu: options atau scale", "kind: choice\n      evidence"),
    ("        scale: anggaran\n", "        scale: anggaran\n        options: []\n", "isi salah satu", "kind: choice\n        scale"),
    # bands
    ("above: 9,", "above: 9, from: 9,", "isi salah satu: from atau above", "above: 9, from"),
    ("above: 9,", "", "isi salah satu: from atau above", "- {code: utama"),
    ("above: 9,", "above: 5,", "predikat madya: batasnya tidak di bawah utama", "{code: madya"),
    ("above: 9,", "above: 12,", "above 12 tidak dapat dicapai, total 12", "above: 12"),
    ("from: 0, award", "from: 1, award", "yang terendah harus memuat nilai 0", "from: 1, award"),
    ("from: 0, award", "above: 0, award", "yang terendah harus memuat nilai 0", "above: 0, award"),
    # numbers
    ("weight: 4", "weight: 1e3", "weight harus bilangan biasa", "weight: 1e3"),
    ("weight: 4", "weight: .nan", "weight harus bilangan biasa", "weight: .nan"),
    ("weight: 4", "weight: .inf", "weight harus bilangan biasa", "weight: .inf"),
    ("weight: 4", "weight: 0x4", "weight harus bilangan biasa", "weight: 0x4"),
    ("weight: 4", "weight: 04", "weight harus bilangan biasa", "weight: 04"),
    ("weight: 4", "weight: 1_0", "weight harus bilangan biasa", "weight: 1_0"),
    ("weight: 4", "weight: ٤", "weight harus bilangan biasa", "weight: ٤"),
    ("weight: 4", "weight: '4,5'", "tulis desimal dengan titik", "weight: '4,5'"),
    ("weight: 4", "weight: 4.00001", "paling banyak 4 angka di belakang koma", "weight: 4.00001"),
    ("weight: 4", "weight: 1234567", "paling banyak 6 angka di depan koma", "weight: 1234567"),
    ("weight: 4", "weight: -4", "weight tidak boleh negatif (-4)", "weight: -4"),
    ("points: 2.5}", "points: -1}", "points tidak boleh negatif", "points: -1"),
    ("weight: 4", "weight: [4]", "weight harus bilangan", "weight: [4]"),
    # types and empty texts
    ("title: Peraturan", 'title: ""', "title tidak boleh kosong", 'title: ""'),
    ("title: Peraturan", "title: '  '", "title tidak boleh kosong", "title: '  '"),
    ("title: Peraturan", "title:", "title tidak boleh kosong", "title:\n      text"),
    ("title: Peraturan", "title: [a]", "title harus teks", "title: [a]"),
    ("title: Peraturan", "title: 2023", "title harus teks; tulis di antara tanda petik", "title: 2023"),
    ('code: "1.1"', "code: 1.1", "code harus teks; tulis di antara tanda petik", "code: 1.1"),
    ('code: "1.1"', 'code: "1 1"', "hanya boleh memuat huruf", 'code: "1 1"'),
    ("code: kecil", "code: kecil/besar", "hanya boleh memuat huruf, angka, - dan _", "code: kecil/besar"),
    ("title: Peraturan", 'title: "a\\0b"', "title memuat huruf kendali", 'title: "a'),
    ("title: Peraturan", f"title: {'a' * 201}", "title paling panjang 200 huruf (ada 201)", "title: aaa"),
    ("required: true", "required: ya", "required harus true atau false", "required: ya"),
    ("sensitive: true", "sensitive: 1", "sensitive harus true atau false", "sensitive: 1"),
    ("agencies: [hukum, kesehatan]", "agencies: []", "agencies tidak boleh kosong", "agencies: []"),
    ("agencies: [hukum, kesehatan]", "agencies: hukum", "agencies harus berupa daftar", "agencies: hukum"),
    ("      official: {points: options}", "      official: options", "harus berisi pasangan", "official: options"),
    ("        kind: matrix\n", "", "isian kurang: kind", "rows:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message", "marker"),
    REJECTED,
    ids=[f"{n}-{case[2][:30]}" for n, case in enumerate(REJECTED)],
)
def test_rejects_with_the_line_and_the_reason(old, new, message, marker):
    text = changed((old, new))
    line = line_of(text, marker)
    found = errors_of(text)
    assert any(message in error.message and error.line == line for error in found), (line, found)


def test_finds_all_faults_in_one_reading_and_names_file_and_line():
    text = changed(("points: 4}", "points: 3}"), ("theme: data", "theme: gizi"), ("total: 12", "total: 20"))
    with pytest.raises(InstrumentErrors) as caught:
        parse_instrument(text, name="uji.yaml")
    assert str(caught.value).splitlines() == [
        f"uji.yaml baris {line_of(text, 'total: 20')}: "
        "instrumen: bobot klaster berjumlah 12, bobot total instrumen 20",
        f"uji.yaml baris {line_of(text, '- {label: Perda')}: pertanyaan 1.1: nilai terbaik 3, bobot pertanyaan 4",
        f"uji.yaml baris {line_of(text, 'theme: gizi')}: "
        'pertanyaan 2.1a: tema "gizi" tidak dikenal; pilih: kebijakan, data',
    ]


def test_a_wrong_number_is_reported_once_and_not_again_as_a_wrong_sum():
    found = errors_of(changed(("weight: 4", "weight: empat")))
    assert [error.message for error in found] == [
        'pertanyaan 1.1: weight harus bilangan biasa, bukan "empat"',
    ]


@pytest.mark.parametrize("text", ["{}", "[]", "teks", "instrument: 1\nscales: 2\nagencies: 3\nclusters: 4"])
def test_any_other_yaml_is_refused_with_reasons(text):
    assert errors_of(text)


@pytest.mark.parametrize("cut", range(60, len(SMALL), 211))
def test_a_file_cut_off_anywhere_is_refused_not_crashed(cut):
    """A broken upload ends anywhere."""
    assert all(error.message for error in errors_of(SMALL[:cut]))


def test_equal_points_may_follow_each_other():
    assert small().by_code["1.1"].rule.options[1].points == small().by_code["1.1"].rule.options[2].points


def test_a_band_may_begin_where_the_next_better_one_is_open():
    spec = small("kecil", ("above: 9,", "above: 5.5,"))
    assert [band.inclusive for band in spec.bands[:2]] == [False, True]


def test_digest_is_blind_to_notation_and_sees_every_content():
    seal = small().digest
    assert len(seal) == 64
    assert digest(small()) == seal
    same = [("weight: 4", "weight: 4.0"), ("title: Peraturan", 'title: "Peraturan"')]
    for old, new in same:
        assert small("kecil", (old, new)).digest == seal, new
    assert parse_instrument(SMALL.replace("\n", "\r\n"), name="x").digest == seal
    assert parse_instrument("# komentar\n" + SMALL, name="x").digest == seal
    different = [
        ("published: 10-12", "published: 9-12"), ("award: false", "award: true"), ("above: 9", "from: 9"),
        ("title: Peraturan", "title: Aturan"), ("required: false", "required: true"), ("min: 50.5", "min: 50.6"),
        ("empty: 1", "empty: 0.5"), ("[hukum, kesehatan]", "[kesehatan, hukum]"), ("sensitive: false", "sensitive: true"),
        ("{points: options}", "{points: weight_only}"), ("fraction: 0.66", "fraction: 0.65"), ("unit: kasus", "unit: anak"),
    ]  # fmt: skip
    seals = {small("kecil", pair).digest for pair in different}
    assert len(seals) == len(different)
    assert seal not in seals


def test_canonical_holds_numbers_as_plain_texts_and_no_digest():
    content = canonical(replace(small(), total=Decimal("1.20E+1")))
    assert content["instrument"]["total"] == "12"
    assert content["instrument"]["predikat"][1] == {
        "code": "madya", "name": "Madya", "from": "5.5", "award": True,
    }  # fmt: skip
    assert "digest" not in content["instrument"]
    question = content["clusters"][0]["indicators"][0]["questions"][1]
    assert question["answer"] == {"kind": "choice", "scale": "anggaran"}
