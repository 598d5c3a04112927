"""What the look promises: contrast, weight, real icons, nothing the Content-Security-Policy refuses."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
CSS = sorted((ROOT / "static" / "css").rglob("*.css"))
SPRITE = ROOT / "static" / "icons" / "sprite.svg"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# WeasyPrint renders the reports on paper and reads no Content-Security-Policy.
PAGES = [path for path in TEMPLATES if "report" not in path.parts and "emails" not in path.parts]

TEXT_ON = [
    *[("ink", ground, 7) for ground in ("sheet", "paper", "accent-soft", "warn-soft", "block-soft")],
    *[("ink-2", ground, 7) for ground in ("sheet", "paper")],
    *[("ink-3", ground, 4.5) for ground in ("sheet", "paper", "sunk")],
    *[("accent", ground, 4.5) for ground in ("sheet", "paper", "accent-soft")],
    *[("on-accent", ground, 4.5) for ground in ("accent", "accent-deep")],
    *[("warn", ground, 4.5) for ground in ("sheet", "paper", "warn-soft")],
    *[("block", ground, 4.5) for ground in ("sheet", "paper", "block-soft")],
    *[(f"band-{step}-ink", f"band-{step}", 4.5) for step in range(6)],
    ("accent-deep", "accent-soft", 4.5), ("bar-ink", "bar-bg", 7),
    ("bar-ink-2", "bar-bg", 4.5), ("bar-ink-2", "bar-field", 4.5),
    ("line-strong", "sheet", 3), ("accent", "track", 3),
]  # fmt: skip


def tokens(dark):
    source = (ROOT / "static" / "css" / "tokens.css").read_text()
    light_part, _, rest = source.partition("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light_part))
    if dark:
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", rest.partition("@media print")[0]))
    return found


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("word", "ground", "least"), TEXT_ON)
def test_contrast(word, ground, least, dark):
    colours = tokens(dark)
    high, low = sorted((luminance(colours[word]), luminance(colours[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= least


def test_style_sheets_stay_small_and_few():
    assert len(CSS) <= 10
    assert sum(path.stat().st_size for path in CSS) < 52_000


def test_every_style_sheet_is_linked_and_every_link_exists():
    links = (ROOT / "templates" / "_partials" / "stylesheets.html").read_text()
    linked = set(re.findall(r"'(css/[\w/.-]+)'", links))
    assert linked == {str(path.relative_to(ROOT / "static")) for path in CSS}


def test_components_take_their_colours_from_the_tokens():
    for path in CSS:
        if path.name in {"tokens.css", "print.css"}:
            continue
        rules = re.sub(r'url\("[^"]*"\)', "", path.read_text())
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", rules), path.name


def test_every_variable_used_is_defined():
    text = "\n".join(path.read_text() for path in CSS)
    used = set(re.findall(r"var\(--([\w-]+)\)", text))
    defined = set(re.findall(r"--([\w-]+):", text))
    assert used - defined == set()


def symbols():
    space = "{http://www.w3.org/2000/svg}"
    return [symbol.get("id") for symbol in ET.parse(SPRITE).getroot().iter(f"{space}symbol")]


def test_icon_names_are_unique_and_each_predikat_has_its_own():
    names = symbols()
    assert len(names) == len(set(names))
    bands = {"inisiasi", "pratama", "madya", "nindya", "utama", "kla"}
    assert {f"predikat-{band}" for band in bands} <= set(names)
    root = ET.parse(SPRITE).getroot()
    drawings = [ET.tostring(s[0]) for s in root if s.get("id", "").startswith("predikat-")]
    assert len(set(drawings)) == len(bands)


def test_templates_use_only_icons_that_are_drawn():
    known = set(symbols())
    for path in TEMPLATES:
        for name in re.findall(r"""{%\s*ikon\s+["']([\w-]+)["']""", path.read_text()):
            assert name in known, f"{path.relative_to(ROOT)}: {name}"


def test_pages_carry_no_inline_style_or_script():
    assert PAGES
    for path in PAGES:
        source = path.read_text()
        assert not re.search(r"\sstyle\s*=", source), path
        assert "<style" not in source, path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), path
        for script in re.findall(r"<script\b[^>]*>", source):
            assert "src=" in script or "application/json" in script, path


def test_htmx_is_told_to_run_nothing_from_the_page():
    source = (ROOT / "templates" / "base.html").read_text()
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", source)[1])
    assert config["allowEval"] is False
    assert config["selfRequestsOnly"] is True
    swaps = {entry["code"]: entry["swap"] for entry in config["responseHandling"]}
    assert swaps["409|422|423"] is True
    assert swaps["[45].."] is False


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_last_resort_pages_need_no_context(name):
    html = get_template(name).render()
    assert "Portal KLA" in html
    assert 'href="/"' in html
    assert "css/tokens.css" in html


def test_refusal_says_why_and_what_next(rf):
    html = get_template("403.html").render({"reason": "Tahap <EM> sudah ditutup."})
    assert "Tahap &lt;EM&gt; sudah ditutup." in html
    assert "admin provinsi" in html
    without = get_template("403.html").render({"reason": ""})
    assert "Peran Anda tidak mencakup tindakan ini" in without


def frame(**changes):
    parts = {
        "nav": [{"label": "Beranda", "url": "/", "icon": "home", "active": True}],
        "place": "Kabupaten <Tabalong>",
        "editions": [{"label": "2026", "url": "?p=2026", "active": True}],
        "search_url": "/cari/",
        "person": {"name": "Koordinator", "role": "Koordinator"},
        "demo": False,
    }
    return {"frame": parts | changes}


def test_frame_marks_where_one_is_and_escapes_names():
    html = get_template("base.html").render(frame())
    assert re.search(r'<a href="/" aria-current="page">', html)
    assert "Kabupaten &lt;Tabalong&gt;" in html
    assert 'role="search"' in html
    assert "Data contoh" not in html
    assert re.search(r'<form action="[^"]+" method="post"', html)


def test_frame_of_a_stranger_offers_the_login_and_nothing_else():
    html = get_template("base.html").render(
        frame(nav=[], place="", editions=[], search_url=None, person=None, demo=True)
    )
    assert "Masuk" in html
    assert "Data contoh" in html
    assert 'role="search"' not in html
    assert "<nav" not in html
    assert "Keluar" not in html
    assert "data-user" not in html
