"""Words for the demo's longer documents: invented, of nobody, and long enough to be searched and compared."""

from __future__ import annotations

from datetime import date

from kla_portal.indonesian import tanggal

PREAMBLE = (
    "bahwa setiap anak berhak hidup, tumbuh, berkembang, dan berpartisipasi secara wajar, serta mendapat perlindungan "
    "dari kekerasan dan diskriminasi;",
    "bahwa pemerintah daerah berkewajiban menghormati, memenuhi, melindungi, dan memajukan hak anak melalui sistem "
    "pembangunan yang menjamin pemenuhannya secara terencana, menyeluruh, dan berkelanjutan;",
    "bahwa pelaksanaan kebijakan kabupaten layak anak memerlukan kerja sama perangkat daerah, lembaga masyarakat, "
    "dunia usaha, dan media massa;",
)
TASKS = (
    "menyusun rencana aksi daerah serta mengoordinasikan pelaksanaannya dengan seluruh perangkat daerah terkait;",
    "mengumpulkan data terpilah anak menurut umur, jenis kelamin, dan wilayah, lalu memperbaruinya setiap enam bulan;",
    "melakukan sosialisasi, advokasi, dan komunikasi kebijakan kabupaten layak anak kepada masyarakat sampai desa;",
    "memantau pelaksanaan kegiatan setiap triwulan dan menuliskan hambatan yang ditemui beserta usul penyelesaiannya;",
    "menyampaikan laporan tertulis kepada bupati paling sedikit dua kali dalam satu tahun anggaran;",
    "melibatkan Forum Anak dalam perencanaan, pelaksanaan, dan evaluasi kegiatan yang menyangkut kepentingan anak;",
)
BUDGET = (
    "Segala biaya yang timbul akibat ditetapkannya keputusan ini dibebankan pada anggaran pendapatan dan belanja "
    "daerah serta sumber lain yang sah dan tidak mengikat."
)
LINE = 88


def decree(*, head: str, number: str, subject: str, place: str, signed: date) -> list[list[str]]:
    """A decision in three pages, each a list of lines that fit on paper. ``head`` stands on the letterhead."""
    first = [head, f"Nomor : {number}", f"tentang {subject}", "", "Menimbang :"]
    second = [f"MEMUTUSKAN: menetapkan {subject}.", "", "Tugas :"]
    third = [
        *wrapped(BUDGET),
        "",
        f"Ditetapkan di {place}",
        f"pada tanggal {tanggal(signed)}",
        "",
        "Kepala daerah",
    ]
    for letter, sentence in zip("abc", PREAMBLE, strict=True):
        first += wrapped(f"{letter}. {sentence}")
    for count, sentence in enumerate(TASKS, start=1):
        second += wrapped(f"{count}. {sentence}")
    return [first, second, third]


def wrapped(sentence: str, width: int = LINE) -> list[str]:
    lines, line = [], ""
    for word in sentence.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines
