import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

from kla_portal.web.templatetags import kla

CLOSING = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)


def render(source, **context):
    with translation.override("id"):
        return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ v|angka }}", Decimal("1234.50"), "1.234,5"),
        ("{{ v|angka:2 }}", Fraction(2, 3), "0,67"),
        ("{{ v|angka:2 }}", "612.4", "612,40"),
        ("{{ v|angka }}", None, "–"),
        ("{{ v|angka }}", "", "–"),
        ("{{ v|angka }}", 0, "0"),
        ("{{ v|angka }}", "dua <b>", "dua &lt;b&gt;"),
        ("{{ v|angka }}", "NaN", "NaN"),
        ("{{ v|persen }}", Fraction(4120 * 100, 4508), "91,39%"),
        ("{{ v|persen:0 }}", Decimal("91.4"), "91%"),
        ("{{ v|persen }}", None, "–"),
        ("{{ v|mentah }}", Decimal("1234.50"), "1234.5"),
        ("{{ v|mentah }}", Decimal("1E+3"), "1000"),
        ("{{ v|mentah }}", Fraction(1, 3), "0.333333"),
        ("{{ v|mentah }}", None, ""),
        ("{{ v|mentah }}", 'x" onload="', ""),
        ("{{ v|ukuran }}", 1234567, "1,2 MB"),
        ("{{ v|ukuran }}", 0, "0 byte"),
        ("{{ v|ukuran }}", None, "–"),
        ("{{ v|tanggal }}", date(2026, 7, 23), "23 Juli 2026"),
        ("{{ v|tanggal }}", None, "–"),
        ("{{ v|tanggal_jam }}", None, "–"),
        ("{{ v|jam }}", None, "–"),
        ("{{ v|sisa_waktu }}", None, "–"),
    ],
)
def test_filters(source, value, text):
    assert render(source, v=value) == text


@pytest.mark.parametrize("name", ["angka", "persen", "mentah"])
def test_filters_refuse_floats(name):
    with pytest.raises(TypeError):
        render(f"{{{{ v|{name} }}}}", v=0.1)


def test_times_are_shown_in_the_zone_asked_for():
    zone = ZoneInfo("Asia/Jayapura")
    assert render("{{ v|tanggal_jam:z }}", v=CLOSING, z=zone) == "1 Juli 2026 00.59 WIT"
    assert render("{{ v|tanggal_jam:z }}", v=CLOSING, z="Asia/Makassar") == "30 Juni 2026 23.59 WITA"
    assert render("{{ v|tanggal_jam }}", v=CLOSING) == "30 Juni 2026 22.59 WIB"
    assert render("{{ v|jam:z }}", v=CLOSING, z=zone) == "00.59 WIT"


def test_a_date_of_a_time_is_the_date_people_live_in():
    late = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
    assert render("{{ v|tanggal }}", v=late) == "1 Juli 2026"
    assert render("{{ v|tanggal:z }}", v=late, z="UTC") == "30 Juni 2026"
    with timezone.override("UTC"):
        assert render("{{ v|tanggal }}", v=late) == "30 Juni 2026"


def test_sisa_waktu_counts_from_now():
    with time_machine.travel(CLOSING - timedelta(days=12, hours=1), tick=False):
        assert render("{{ v|sisa_waktu }}", v=CLOSING) == "12 hari lagi"


def test_once_is_drawn_once_unless_developing(settings):
    text = '{% once "_partials/footer.html" %}'
    kla._same.cache_clear()
    first = render(text)
    assert '<footer class="footer">' in first
    with mock.patch.object(kla, "render_to_string", side_effect=["anew", "again"]):
        assert render(text) == first
        settings.DEBUG = True
        assert [render(text), render(text)] == ["anew", "again"]


def test_ikon_is_decoration_unless_it_has_a_label():
    silent = ET.fromstring(render('{% ikon "check" %}'))
    assert silent.get("aria-hidden") == "true"
    assert silent[0].get("href").endswith("icons/sprite.svg#check")
    spoken = ET.fromstring(render('{% ikon "search" "Cari" %}'))
    assert (spoken.get("role"), spoken.get("aria-label"), spoken.get("aria-hidden")) == ("img", "Cari", None)


def test_ikon_escapes_its_name():
    assert "<script" not in render("{% ikon n %}", n='"/><script>')


def test_predikat_has_icon_and_word():
    badge = ET.fromstring(render('{% predikat "nindya" "Nindya" %}'))
    assert badge.get("class") == "predikat predikat-nindya"
    assert badge[0][0].get("href").endswith("#predikat-nindya")
    assert "".join(badge.itertext()) == "Nindya"


@pytest.mark.parametrize(
    ("code", "name", "css", "word"),
    [
        ("kla", "", "predikat-kla", "KLA"),
        ("madya", "", "predikat-madya", "Madya"),
        ("paripurna", "Paripurna", "predikat-inisiasi", "Paripurna"),
        ("utama", "<b>", "predikat-utama", "&lt;b&gt;"),
    ],
)
def test_predikat_words(code, name, css, word):
    html = render("{% predikat c n %}", c=code, n=name)
    assert f'class="predikat {css}"' in html
    assert html.endswith(f"{word}</span>")


def test_no_predikat_yet():
    assert render("{% predikat c %}", c=None) == "–"


def test_state_leaves_the_icon_to_the_style_sheet_unless_named():
    assert render('{% state "ok" "Tersimpan" %}') == '<span class="state state-ok">Tersimpan</span>'
    html = render('{% state "quiet" t "lock" %}', t="<Terkunci>")
    assert "#lock" in html
    assert "&lt;Terkunci&gt;" in html


def test_an_unknown_state_is_a_mistake():
    with pytest.raises(ValueError, match="hijau"):
        render('{% state "hijau" "Tersimpan" %}')


def test_bar_writes_machine_numbers_under_the_indonesian_locale():
    bar = ET.fromstring(render("{% bar v m n %}", v=Decimal("121.50"), m=Decimal(164), n="K0 & K1"))
    assert (bar.get("value"), bar.get("max"), bar.get("aria-label")) == ("121.5", "164", "K0 & K1")
    assert ET.fromstring(render("{% bar v m %}", v=None, m=164)).get("value") == "0"


def cluster(code, points, weight):
    return SimpleNamespace(code=code, points=points, weight=weight)


def test_cluster_bars_draw_each_share():
    clusters = [
        cluster("K0", Decimal(82), Decimal(164)),
        cluster("K1", None, Decimal(115)),
        cluster("K2", Decimal(0), Decimal(156)),
        {"code": "K3", "points": Fraction(151), "weight": 150},
        cluster("K4", Decimal(1), Decimal(0)),
    ]
    svg = ET.fromstring(render("{% cluster_bars c %}", c=clusters))
    track, *bars = svg
    assert track.get("d").count("v24") == 5
    assert [bar.get("d") for bar in bars] == ["M3 24V12", "M33 24V0"]
    assert [bar[0].text for bar in bars] == ["K0 82,00 / 164", "K3 151,00 / 150"]
    assert "K1 – / 115" in svg.get("aria-label")


def test_cluster_bars_numbers_are_plain_and_text_escaped():
    html = render("{% cluster_bars c %}", c=[cluster("<K>", Decimal("1.5"), Decimal(7))])
    path = ET.fromstring(html)[1]
    assert path.get("d") == "M3 24V18.9"
    assert path[0].text == "<K> 1,50 / 7"
    assert render("{% cluster_bars c %}", c=[]) == "–"


BANDS = [
    SimpleNamespace(code=code, name=code.upper(), threshold=Decimal(at))
    for code, at in (("kla", 900), ("nindya", 700), ("pratama", 500), ("inisiasi", 0))
]


def test_score_scale_places_bands_and_marks():
    svg = ET.fromstring(
        render("{% score_scale v b 1000 s %}", v=Decimal("612.40"), b=BANDS, s=Decimal("548.15"))
    )
    rects = [child for child in svg if child.tag == "rect"]
    assert [(r.get("class"), r.get("x"), r.get("width")) for r in rects] == [
        ("predikat-inisiasi", "0", "179"),
        ("predikat-pratama", "180", "71"),
        ("predikat-nindya", "252", "71"),
        ("predikat-kla", "324", "35"),
    ]
    marks = {child.get("class"): child for child in svg if child.tag == "path"}
    assert marks["mark-score"].get("transform") == "translate(220.5 0)"
    assert marks["mark-safe"].get("d").startswith("M197.3 ")
    assert svg.get("aria-label") == "Nilai 612,40 pada skala 0 sampai 1.000; nilai aman 548,15"


def test_score_scale_without_a_safe_score_has_one_mark():
    svg = ET.fromstring(render("{% score_scale v b %}", v=Decimal(1000), b=BANDS))
    assert [child.get("class") for child in svg if child.tag == "path"] == ["mark-score"]
    assert "aman" not in svg.get("aria-label")
