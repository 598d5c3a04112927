"""Menghitung ulang nilai KLA dari berkas-berkas di map ini, tanpa portal dan tanpa internet.

Cara memakai: buka terminal di map ini, lalu jalankan ``python3 hitung_ulang.py``. Cukup Python 3.10 atau
lebih baru; tidak ada yang perlu dipasang. Bila semua cocok, baris terakhir berbunyi "Cocok: 612,40 (Madya)".
Bila tidak, tiap perbedaan ditulis satu baris dan program selesai dengan kode 1.

Program ini tidak memakai kode portal. Ia membaca aturan dari instrumen.json, jawaban dari jawaban.json, dan
putusan verifikator dari putusan.json, menghitung sendiri, lalu membandingkan hasilnya dengan pohon.json.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

SEALED = ("instrumen.json", "jawaban.json", "putusan.json")
STAGES = ("em", "va", "vl", "vf")
NOTHING = Decimal(0)
EXACT = Context(prec=200, traps=[Inexact])
"""Poin dijumlahkan tanpa pembulatan; hanya nilai akhir yang dibulatkan, satu kali, dua angka, setengah ke atas."""


# Satu jawaban menjadi poin


def points_of(question: dict[str, Any], scales: dict[str, Any], value: dict[str, Any] | None) -> Decimal:
    """Poin satu pertanyaan; 0 bila tidak dijawab atau bila butir itu hanya informasi (bobot 0)."""
    weight, rule = Decimal(question["weight"]), question["answer"]
    if not value:
        return NOTHING
    if rule["kind"] == "choice":
        points = choice_points(options_of(rule, scales, weight), value.get("option"))
    elif rule["kind"] == "matrix":
        points = matrix_points(rule, value.get("rows"))
    else:
        points = tier_points(rule, value)
    return points if weight else NOTHING


def options_of(rule: dict[str, Any], scales: dict[str, Any], weight: Decimal) -> list[Decimal]:
    """Poin tiap pilihan: tertulis di instrumen, atau bobot dikali bagian menurut skala bersama."""
    if "scale" in rule:
        return [weight * Decimal(step["fraction"]) for step in scales[rule["scale"]]]
    return [Decimal(option["points"]) for option in rule["options"]]


def choice_points(options: list[Decimal], chosen: Any) -> Decimal:
    number = whole(chosen)
    if number is None:
        return NOTHING
    if number >= len(options):
        raise ValueError(f"pilihan nomor {number} tidak ada")
    return options[number]


def matrix_points(rule: dict[str, Any], rows: Any) -> Decimal:
    """Tiap baris dihitung sendiri; baris yang kosong bernilai 0."""
    if not rows:
        return NOTHING
    if len(rows) != len(rule["rows"]):
        raise ValueError(f"harus {len(rule['rows'])} baris, tertulis {len(rows)}")
    pairs = zip(rule["rows"], rows, strict=True)
    return add(choice_points([Decimal(o["points"]) for o in row["options"]], chosen) for row, chosen in pairs)


def tier_points(rule: dict[str, Any], value: dict[str, Any]) -> Decimal:
    """Persentase, jumlah, atau perubahan: tingkat pertama yang tercapai menentukan. Angka kurang: 0 poin."""
    higher, tiers = rule["direction"] == "higher", rule["tiers"]
    names = {
        "percentage": ("numerator", "denominator"),
        "count": ("value",),
        "change": ("previous", "current"),
    }
    numbers = [whole(value.get(name)) for name in names[rule["kind"]]]
    if any(number is None for number in numbers):
        return NOTHING
    first, last = numbers[0] or 0, numbers[-1] or 0
    if rule["kind"] == "count":
        measured = Fraction(first)
    elif rule["kind"] == "percentage":
        if first > last:
            raise ValueError(f"pembilang {first} lebih besar dari penyebut {last}")
        if last == 0:
            return Decimal(rule.get("empty") or 0)
        measured = Fraction(100 * first, last)
    elif first == 0:
        # Dari 0 tidak ada persentase: naik dari 0 adalah yang terbaik bila makin tinggi makin baik.
        return Decimal(tiers[0 if (last > 0) == higher else -1]["points"])
    else:
        measured = Fraction(100 * (last - first), first)
    return next((Decimal(tier["points"]) for tier in tiers if reached(tier, measured, higher)), NOTHING)


def reached(tier: dict[str, Any], measured: Fraction, higher: bool) -> bool:
    """Batas "min": tercapai bila sama atau lebih; batas "max": bila sama atau kurang; tanpa batas: selalu."""
    bound = tier["min" if higher else "max"]
    if bound is None:
        return True
    return measured >= Fraction(bound) if higher else measured <= Fraction(bound)


def whole(part: Any) -> int | None:
    """Bilangan bulat, tidak negatif; ``None`` bila kosong."""
    if part is None or part == "":
        return None
    if isinstance(part, bool) or not re.fullmatch("[0-9]+", str(part)):
        raise ValueError(f"{part!r} bukan bilangan bulat")
    return int(part)


def add(numbers: Any) -> Decimal:
    with localcontext(EXACT):
        return sum(numbers, NOTHING)


# Seluruh evaluasi


def questions_of(instrument: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Kode pertanyaan -> pertanyaan, menurut urutan instrumen."""
    indicators = [part for cluster in instrument["clusters"] for part in cluster["indicators"]]
    return {question["code"]: question for part in indicators for question in part["questions"]}


def recompute(
    instrument: dict[str, Any], answers: dict[str, Any], verdicts: dict[str, Any], stage: str
) -> tuple[dict[str, Decimal], list[str]]:
    """Poin tiap pertanyaan pada tahap itu, dan apa yang tidak dapat dihitung."""
    questions, scales = questions_of(instrument), instrument["scales"]
    points, faults = dict.fromkeys(questions, NOTHING), []
    later = [name for name in verdicts if name not in STAGES[1 : STAGES.index(stage) + 1]]
    faults += [f"putusan.json: tahap {name} tidak termasuk hitungan ini" for name in later]
    steps = [("jawaban", code, {"decision": "change", **row}) for code, row in answers.items()]
    for name in STAGES[1:]:
        steps += [(name.upper(), code, row) for code, row in verdicts.get(name, {}).items()]
    for source, code, row in steps:
        if code not in questions:
            faults.append(f"{code} ({source}): tidak ada dalam instrumen")
        elif row["decision"] == "reject":
            points[code] = NOTHING
        elif row["decision"] == "change":
            try:
                points[code] = points_of(questions[code], scales, row["value"])
            except ValueError as error:
                faults.append(f"{code} ({source}): {error}")
        elif row["decision"] not in {"accept", "defer"}:
            faults.append(f"{code} ({source}): putusan {row['decision']!r} tidak dikenal")
    return points, faults


def predikat_of(instrument: dict[str, Any], total: Decimal) -> dict[str, Any]:
    """Predikat terbaik yang memuat nilai itu: "from" mulai dari batasnya, "above" hanya di atasnya."""
    for band in instrument["instrument"]["predikat"]:
        if "from" in band and total >= Decimal(band["from"]):
            return dict(band)
        if "above" in band and total > Decimal(band["above"]):
            return dict(band)
    raise ValueError(f"tidak ada predikat untuk nilai {total}")


def rounded(exact: Decimal) -> Decimal:
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


# Membandingkan dengan pohon.json


def compare(instrument: dict[str, Any], tree: dict[str, Any], points: dict[str, Decimal]) -> list[str]:
    """Satu baris tiap perbedaan: pertanyaan, indikator, klaster, jumlah, nilai, predikat."""
    faults: list[str] = []
    stated = {q["code"]: q for c in tree["clusters"] for i in c["indicators"] for q in i["questions"]}
    for code, question in questions_of(instrument).items():
        if code not in stated:
            faults.append(f"Pertanyaan {code}: tidak ada di pohon.json")
            continue
        faults += differs(f"Pertanyaan {code}", stated[code]["points"], points[code])
        faults += differs(f"Bobot {code}", stated[code]["weight"], Decimal(question["weight"]))
    faults += [f"Pertanyaan {code}: tidak ada dalam instrumen" for code in stated if code not in points]
    for cluster, told in zip(instrument["clusters"], tree["clusters"], strict=True):
        sums = [add(points[q["code"]] for q in part["questions"]) for part in cluster["indicators"]]
        for part, value, said in zip(cluster["indicators"], sums, told["indicators"], strict=True):
            faults += differs(f"Indikator {part['number']}", said["points"], value)
        faults += differs(f"Klaster {cluster['code']}", told["points"], add(sums))
    exact = add(points.values())
    faults += differs("Jumlah tanpa pembulatan", tree["total_exact"], exact)
    faults += differs("Nilai", tree["total"], rounded(exact))
    band = predikat_of(instrument, rounded(exact))
    if tree["predikat"]["code"] != band["code"]:
        faults.append(f"Predikat: tertulis {tree['predikat']['name']}, dihitung ulang {band['name']}")
    return faults


def differs(name: str, stated: str, computed: Decimal) -> list[str]:
    if Decimal(stated) == computed:
        return []
    return [f"{name}: tertulis {comma(Decimal(stated))}, dihitung ulang {comma(computed)}"]


def seal(content: bytes) -> str:
    """Sidik sha256 dalam heksadesimal."""
    return hashlib.sha256(content).hexdigest()


def canonical(content: Any) -> bytes:
    """JSON dengan satu ejaan: kunci berurut, tanpa spasi, UTF-8. Dari sinilah sidik diambil."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_seals(files: dict[str, bytes], stated: dict[str, Any]) -> list[str]:
    """Berkas yang bukan lagi berkas yang dikemas portal."""
    faults = [
        f"{name}: isinya bukan yang dikemas portal (sidik berbeda)"
        for name in SEALED
        if seal(files[name]) != stated["files"][name]
    ]
    if seal(canonical(json.loads(files["instrumen.json"]))) != stated["instrument"]["digest"]:
        faults.append("instrumen.json: bukan instrumen dengan sidik yang tertulis di pohon.json")
    if seal(canonical(stated["tree"])) != stated["tree_digest"]:
        faults.append("pohon.json: isinya bukan yang dikemas portal (sidik berbeda)")
    return faults


def comma(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def check(folder: Path) -> tuple[list[str], str]:
    """Semua perbedaan, dan kalimat penutup bila tidak ada."""
    files = {name: (folder / name).read_bytes() for name in (*SEALED, "pohon.json")}
    stated = json.loads(files["pohon.json"])
    instrument, answers, verdicts = (json.loads(files[name]) for name in SEALED)
    faults = check_seals(files, stated)
    points, uncounted = recompute(instrument, answers, verdicts, stated["stage"])
    faults += uncounted + compare(instrument, stated["tree"], points)
    total = rounded(add(points.values()))
    say(f"{stated['district']['name']}, {stated['edition']['name']}, tahap {stated['stage'].upper()}")
    say(f"Instrumen {stated['instrument']['code']}, sidik {stated['instrument']['digest']}")
    decided = sum(len(rows) for rows in verdicts.values())
    say(f"Dihitung ulang: {len(points)} pertanyaan, {len(answers)} jawaban, {decided} putusan")
    for cluster in instrument["clusters"]:
        codes = [q["code"] for part in cluster["indicators"] for q in part["questions"]]
        say(
            f"  {cluster['code']}: {comma(add(points[c] for c in codes))} dari {comma(Decimal(cluster['weight']))}"
        )
    return faults, f"Cocok: {comma(total)} ({predikat_of(instrument, total)['name']})"


def main(folder: Path) -> int:
    # Layar lama tidak mengenal semua huruf; yang tidak dikenal ditulis "?".
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        faults, closing = check(folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        say(f"Tidak dapat dihitung ulang: berkas kurang atau rusak ({type(error).__name__}: {error}).")
        return 1
    if not faults:
        say(closing)
        return 0
    say(f"TIDAK COCOK, {len(faults)} perbedaan:")
    for fault in faults:
        say(f"  {fault}")
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent))
