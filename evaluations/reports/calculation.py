"""Perhitungan: a score as a ZIP that proves itself: instrument, answers, verdicts, tree, and what recomputes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from evaluations.reports.explanation import Explanation
from evaluations.reports.keys import CODE
from evaluations.scoring.score import canonical_json
from indicators.domain.canonical import canonical
from kla_portal.indonesian import angka, tanggal_jam

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""Of every file inside: the same calculation is the same ZIP, byte for byte."""
NAMES = ("keterangan.txt", "hitung_ulang.py", "instrumen.json", "jawaban.json", "putusan.json", "pohon.json")


def calculation_zip(explanation: Explanation, snapshot: Mapping[str, Any]) -> bytes:
    """``snapshot``: the one that ``explanation`` explains. Notes, names of people and evidence stay out of it."""
    answers = {
        code: {"value": row["value"], "version": row["version"]} for code, row in snapshot["answers"].items()
    }
    verdicts = {
        stage: {
            code: {name: row[name] for name in ("decision", "value", "reason", "version")}
            for code, row in rows.items()
        }
        for stage, rows in snapshot.get("verdicts", {}).items()
    }
    files = {
        "instrumen.json": canonical_json(canonical(explanation.instrument)),
        "jawaban.json": canonical_json(answers),
        "putusan.json": canonical_json(verdicts),
    }
    sealed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["pohon.json"] = canonical_json(explanation.content() | {"files": sealed})
    files["hitung_ulang.py"] = (CODE / "recompute.py").read_bytes()
    files["keterangan.txt"] = _read_me(explanation).encode()
    return _packed({name: files[name] for name in NAMES})


def _packed(files: Mapping[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, content in files.items():
            info = ZipInfo(name, FIXED_TIME)
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, content)
    return stream.getvalue()


def _read_me(explanation: Explanation) -> str:
    identity, tree = explanation.identity, explanation.tree
    zone = ZoneInfo(identity["province"]["timezone"])
    moment = tanggal_jam(datetime.fromisoformat(identity["taken_at"]), zone)
    receipt = identity.get("receipt")
    proof = (
        f"Tanda terima {receipt['number']}, sidik isi\n{receipt['digest']}.\n"
        "Nilai pada tanda terima harus sama dengan nilai di atas."
        if receipt
        else "Klaim yang belum tentu diajukan: nilainya dapat berubah selama jawaban masih dapat diubah."
    )
    return f"""PERHITUNGAN NILAI KABUPATEN/KOTA LAYAK ANAK

{identity["district"]["name"]}, {identity["province"]["name"]}
{identity["edition"]["name"]}, tahap {identity["stage"].upper()}, keadaan {moment}
Nilai {angka(tree.total, 2)}, predikat {tree.predikat.name}
{proof}

Memeriksa sendiri
  1. Buka semua berkas ZIP ini ke satu map kosong.
  2. Buka terminal di map itu dan jalankan: python3 hitung_ulang.py
     Cukup Python 3.10 atau lebih baru. Tidak perlu internet dan tidak ada yang perlu dipasang.
  3. "Cocok" berarti setiap pertanyaan, jumlah, nilai, dan predikat dihitung ulang dengan hasil sama.
     Bila ada yang berbeda, tiap perbedaan ditulis satu baris.

Isi
  hitung_ulang.py  program yang menghitung ulang; dapat dibaca, tidak memakai kode portal
  instrumen.json   pertanyaan, bobot, pilihan, batas, dan predikat
                   sidik sha256 {explanation.instrument.digest}
  jawaban.json     jawaban tiap pertanyaan dan versinya
  putusan.json     putusan verifikator tiap tahap; kosong pada Evaluasi Mandiri
  pohon.json       nilai sampai tiap pertanyaan: aturan, jawaban, data dukung, putusan, sumber

Poin dijumlahkan tanpa pembulatan; hanya nilai akhir yang dibulatkan, sekali, dua angka di belakang koma.
Nilai pilihan dan batas yang merupakan perkiraan disebut pada "basis" tiap pertanyaan di pohon.json.
Catatan pengisi, nama orang, dan isi data dukung tidak ikut. Judul data dukung pertanyaan sensitif
juga tidak, karena dapat memuat nama anak.
"""
