"""A whole instrument small enough to read: every answer kind, a question without points, twelve points."""

from indicators.domain.importing import parse_instrument
from indicators.spec import InstrumentSpec

SMALL = """\
instrument:
  code: kecil
  title: Instrumen kecil
  legal_basis:
  - Peraturan contoh
  total: 12
  predikat:
  - {code: utama, name: Utama, above: 9, published: 10-12}
  - {code: madya, name: Madya, from: 5.5}
  - {code: inisiasi, name: Inisiasi, from: 0, award: false}
scales:
  anggaran:
  - {label: APBD, fraction: 1}
  - {label: Sumber lain, fraction: 0.66}
  - {label: Belum ada, fraction: 0}
agencies:
- {code: hukum, name: Bagian Hukum}
- {code: kesehatan, name: Dinas Kesehatan}
themes:
- {code: kebijakan, name: Kebijakan}
- {code: data, name: Data}
evidence_kinds:
- {code: regulation, name: Produk hukum}
clusters:
- code: K0
  name: Kelembagaan
  weight: 6
  indicators:
  - number: "1"
    name: Kebijakan
    weight: 6
    purpose: Ada dasar hukum.
    questions:
    - code: "1.1"
      title: Peraturan
      text: Apa bentuk hukumnya?
      guidance: Pilih yang tertinggi.
      weight: 4
      theme: kebijakan
      level: kabupaten
      answer:
        kind: choice
        options:
        - {label: Perda, points: 4}
        - {label: Perbup, points: 2.5}
        - {label: Instruksi, points: 2.5}
        - {label: Tidak ada, points: 0}
      evidence:
      - {kind: regulation, label: Peraturan lengkap, required: true}
      - {kind: regulation, label: Kutipan pasal, required: false}
      agencies: [hukum, kesehatan]
      sensitive: false
      official: {points: options}
    - code: "1.2"
      title: Anggaran
      text: Dari mana anggarannya?
      guidance: Lihat APBD.
      weight: 2
      theme: kebijakan
      level: kabupaten
      answer:
        kind: choice
        scale: anggaran
      evidence: []
      agencies: [hukum]
      sensitive: false
      official: {points: weight_only}
- code: K1
  name: Kesehatan
  weight: 6
  indicators:
  - number: 2A
    name: Layanan
    weight: 6
    purpose: Anak sehat.
    questions:
    - code: 2.1a
      title: Cakupan
      text: Berapa persen?
      guidance: Hitung semua.
      weight: 2
      theme: data
      level: kecamatan
      answer:
        kind: percentage
        numerator: anak terlayani
        denominator: semua anak
        direction: higher
        tiers:
        - {min: 95, points: 2}
        - {min: 50.5, points: 1}
        - {min: 0, points: 0}
        empty: 1
      evidence:
      - {kind: regulation, label: Rekapitulasi, required: true}
      agencies: [kesehatan]
      sensitive: true
      official: {points: weight_only}
    - code: 2.1b
      title: Jumlah
      text: Berapa kasus?
      guidance: Hitung semua.
      weight: 1
      theme: data
      level: desa
      answer:
        kind: count
        unit: kasus
        direction: lower
        tiers:
        - {max: 0, points: 1}
        - {max: 3, points: 0.5}
        - {max: null, points: 0}
      evidence: []
      agencies: [kesehatan]
      sensitive: false
      official: {points: weight_only}
    - code: 2.1c
      title: Perubahan
      text: Naik atau turun?
      guidance: Bandingkan.
      weight: 1
      theme: data
      level: desa
      answer:
        kind: change
        unit: kematian
        direction: lower
        tiers:
        - {max: -5, points: 1}
        - {max: null, points: 0}
      evidence: []
      agencies: [kesehatan]
      sensitive: false
      official: {points: weight_only}
    - code: 2.1d
      title: Kemitraan
      text: Dengan siapa?
      guidance: Nilai tiap mitra.
      weight: 2
      theme: data
      level: kabupaten
      answer:
        kind: matrix
        rows:
        - label: Media
          options:
          - {label: Ada, points: 0.5}
          - {label: Tidak, points: 0}
        - label: Usaha
          options:
          - {label: Ada, points: 1.5}
          - {label: Tidak, points: 0}
      evidence: []
      agencies: [kesehatan, hukum]
      sensitive: false
      official: {points: weight_only}
    - code: 2.1e
      title: Informasi
      text: Berapa desa?
      guidance: Tidak dinilai.
      weight: 0
      theme: data
      level: desa
      answer:
        kind: percentage
        numerator: desa dengan kasus
        denominator: semua desa
        direction: lower
        tiers:
        - {max: 0, points: 0}
        - {max: 100, points: 0}
      evidence: []
      agencies: [kesehatan]
      sensitive: false
      official: {points: weight_only}
"""


def changed(*replacements: tuple[str, str], text: str = SMALL) -> str:
    """SMALL with each first occurrence replaced; one that is not there is a mistake in the test."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def small(code: str = "kecil", *replacements: tuple[str, str]) -> InstrumentSpec:
    return parse_instrument(changed(("code: kecil", f"code: {code}"), *replacements), name="kecil.yaml")
