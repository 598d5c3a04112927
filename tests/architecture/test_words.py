"""Screens say one word per thing: the glossary's "Do not say" and "Spelling" lists, held against every text that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from tests.architecture.screen_texts import Text, instruments, of_python, of_script, of_template, screens
from tests.architecture.tree import ROOT

GLOSSARY = ROOT / "docs/glossary.md"

ALLOWED = {
    ("evaluations/models/planning.py", "sasaran"): "a column's name, frozen in a migration; no page shows it",
    ("templates/evaluations/evidence/index.html", "file"): "a content policy",
    ("kla_portal/accounts/domain/devices.py", "browser"): "a product's own name",
    (
        "kla_portal/accounts/domain/removal.py",
        "device",
    ): "the models' names, which that table turns into ours",
    (
        "kla_portal/accounts/domain/removal.py",
        "session",
    ): "the models' names, which that table turns into ours",
    (
        "kla_portal/accounts/domain/removal.py",
        "recovery code",
    ): "the models' names, which that table turns into ours",
    ("kla_portal/accounts/domain/removal.py", "totp"): "the models' names, which that table turns into ours",
    ("kla_portal/operations/backup/postgres.py", "file"): "what pg_dump says",
    ("kla_portal/operations/busy_middleware.py", "database"): "what SQLite says",
    ("kla_portal/operations/busy_middleware.py", "error"): "what SQLite says",
    ("kla_portal/operations/busy_middleware.py", "device"): "what PostgreSQL says",
    ("kla_portal/operations/maintenance.py", "maintenance"): "the command to type",
    ("kla_portal/web/demo/verified.py", "mohon"): "what a person of the demo wrote",
    ("evaluations/files/clamav.py", "ok"): "what the scanner says",
    ("evaluations/files/reading.py", "file"): "told to the caller, which says it to people in its own words",
}
"""(file, word): why it may stand there."""

UNSAID = {
    "kla_portal/guards.py": "SQL",
    "kla_portal/accounts/easy_words.py": "what people choose as a password",
}
"""Files without a text: why."""


def table(title: str) -> dict[str, str]:
    """{word not to be said: word instead} of the glossary's table under ``title``."""
    chapter = GLOSSARY.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in chapter.splitlines()
        if line.startswith("| ")
    ]
    return {word.strip(): row[1] for row in rows[1:] for word in row[0].split(",")}


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words in any case, with -nya and the like; not inside addresses, options and names of code."""
    said = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w/.@=_-])({said})(?:nya|kan|lah)?(?![\w/@=_(]|-\w|\.\w)", re.IGNORECASE)


def offences(texts: Iterable[Text], words: dict[str, str]) -> list[str]:
    wrong = pattern(words)
    return [
        f"{text.path}:{text.line}: {match[1]!r}, say {words[' '.join(match[1].lower().split())]!r}: {' '.join(text.said.split())[:90]}"
        for text in texts
        for match in wrong.finditer(text.said)
        if text.path not in UNSAID and (text.path, " ".join(match[1].lower().split())) not in ALLOWED
    ]


@pytest.fixture(scope="module")
def said() -> list[Text]:
    return list(screens())


def test_screens_say_one_word_per_thing(said: list[Text]) -> None:
    words = table("Do not say")
    assert len(words) > 50
    assert offences(said, words) == []


def test_what_people_read_is_spelt_right(said: list[Text]) -> None:
    words = table("Spelling")
    assert len(words) > 50
    assert offences([*said, *instruments()], words) == []


def test_each_exception_is_still_needed(said: list[Text]) -> None:
    """Of the files it names one text still holds the word."""
    wrong = pattern({**table("Do not say"), **table("Spelling")})
    found = {
        (text.path, " ".join(match[1].lower().split()))
        for text in said
        for match in wrong.finditer(text.said)
    }
    assert ALLOWED.keys() - found == set()
    assert UNSAID.keys() - {path for path, _ in found} == set()


def test_texts_of_every_kind_are_found(said: list[Text]) -> None:
    """One of each source that is really in the product: page, paper, e-mail, button, label, refusal, event, outbox, guide."""
    whole = {(text.path, " ".join(text.said.split())) for text in said}
    kinds = {path.rsplit(".", 1)[1] for path, _ in whole}
    assert kinds == {"html", "txt", "svg", "py", "js", "md"}
    for path, part in (
        ("templates/404.html", "wilayah Anda"),
        ("templates/evaluations/report/action_plan.html", "Penanggung jawab"),
        ("templates/accounts/reset_mail.txt", "kata sandi"),
        ("kla_portal/events/models.py", "Akun dibuka"),
        ("evaluations/domain/planning/targets.py", "Nilai target antara … dan …. Tulis nilai di antaranya."),
        ("static/js/base.js", "Batal, kirim dahulu"),
        ("docs/panduan/README.md", "Tanpa JavaScript"),
    ):
        assert any(where == path and part in text for where, text in whole), (path, part)
    assert len(whole) > 4000


@pytest.mark.parametrize(
    ("draw", "source", "seen"),
    [
        (of_template, "<p>Silahkan login.</p>", True),
        (of_template, '<img alt="Klik di sini untuk login">', True),
        (of_template, '{% include "a.html" with title="Silahkan login" %}', True),
        (of_template, '<input name="login" class="login box">', False),
        (of_template, "{# login first #}<script>login user</script>", False),
        (of_template, '{% url "accounts:login" %}', False),
        (of_python, 'raise Refused(f"{name} belum login.")', True),
        (of_python, 'label = forms.CharField(label="Login")', True),
        (of_python, '"""Login of a user."""', False),
        (of_python, 'logger.warning("login of user %s failed", pk)', False),
        (of_python, 'raise ValueError("no login for user")', False),
        (of_python, 'reverse("accounts:login")', False),
        (of_script, "say(`${count} menunggu login`); // login of a user", True),
        (of_script, "/* login of a user */ fetch('/akun/login/')", False),
    ],
)  # fmt: skip
def test_the_drawing_sees_texts_and_nothing_else(draw, source: str, seen: bool) -> None:
    texts = [Text("a", *found) for found in draw(source)]
    assert bool(offences(texts, {"login": "masuk"})) is seen


@pytest.mark.parametrize("text", ["Silahkan tunggu", "SILAHKAN", "dengan\nsilahkan"])
def test_a_word_is_known_in_any_case(text: str) -> None:
    assert offences([Text("a", 1, text)], {"silahkan": "silakan"})


@pytest.mark.parametrize("text", ["loginnya", "belum login."])
def test_a_word_is_known_with_its_ending(text: str) -> None:
    assert offences([Text("a", 1, text)], {"login": "masuk"})


@pytest.mark.parametrize("text", ["/akun/login/", "relogin", "--login", "login@contoh.id", "login.html"])
def test_addresses_and_names_of_code_are_not_words(text: str) -> None:
    assert not offences([Text("a", 1, f"Buka {text}")], {"login": "masuk"})
