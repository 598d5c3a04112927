"""The image, without an engine to build it: linted, its copying and its commands run in a folder."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT
from tests.deploy import files
from tests.deploy.files import CONTAINERFILE, DEPLOY, FOREIGN, environment_of, of, portal_variables, stages


def test_hadolint_finds_nothing():
    linter = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([linter, "--no-color", CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_linter_sees(tmp_path):
    bad = tmp_path / "Containerfile"
    bad.write_text(
        CONTAINERFILE.read_text().replace("python:3.11-slim-bookworm", "python:latest"), encoding="utf-8"
    )
    linter = Path(sys.executable).parent / "hadolint"
    assert subprocess.run([linter, bad], capture_output=True, check=False).returncode == 1


def test_it_installs_what_setup_installs():
    """The same pip options as `make setup`, and the libraries and the font that it asks for."""
    setup = (ROOT / ".ci" / "setup.py").read_text(encoding="utf-8")
    install = next(words for words in of(stages()[0], "RUN") if "pip install" in words)
    for option in ("--require-hashes", "--no-deps"):
        assert option in install
        assert f'"{option}"' in setup
    assert (ROOT / install.split()[-1]).is_file()
    assert "--hash=sha256:" in (ROOT / install.split()[-1]).read_text(encoding="utf-8")
    packages = next(words for words in of(stages()[1], "RUN") if "apt-get install" in words).split()
    libraries = re.search(r"LIBRARIES = \{(.*?)\}", setup, re.DOTALL)[1]
    wanted = set(re.findall(r': "([\w.-]+)"', libraries)) | {re.search(r'FONT_PACKAGE = "(.*)"', setup)[1]}
    assert len(wanted) == 4
    assert wanted <= set(packages)


def test_dump_and_database_are_of_one_version():
    packages = next(words for words in of(stages()[1], "RUN") if "apt-get install" in words)
    client = re.search(r"postgresql-client-(\d+)", packages)[1]
    assert f"image: postgres:{client}\n" in (DEPLOY / "compose.yaml").read_text(encoding="utf-8")


def test_no_secret_and_no_data_can_get_in():
    """Folders by name, never the whole; what is kept from the engine besides."""
    copied = [word for stage in stages() for words in of(stage, "COPY") for word in words.split()[:-1]]
    own = {word for word in copied if not word.startswith("--") and word != "/app"}
    assert own == {
        "requirements-extras.lock", "manage.py", "pyproject.toml", "LICENSE", "NOTICE", "templates", "static", "fixtures",
        "deploy/gunicorn.conf.py", "deploy/backup-nightly", *PACKAGES,
    }  # fmt: skip
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == own
    text = CONTAINERFILE.read_text(encoding="utf-8")
    assert not re.search(r"SECRET_KEY|PASSWORD|DATABASE_URL=postgres|ARG ", text)


def test_each_variable_is_one_that_is_read():
    names = {name for stage in stages() for name in environment_of(stage)}
    assert names <= portal_variables() | FOREIGN


def test_nobody_in_it_is_root():
    final = stages()[1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", of(final, "USER")[0])
    assert [kind for kind, _ in final].index("USER") > [kind for kind, _ in final].index("RUN")


def test_what_was_built_is_whole(image):
    """Every file that a page links has its hashed and compressed copy, and nothing of this folder came along."""
    names = json.loads((image / "staticfiles" / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    assert len(names) > 30
    for name in ("css/base.css", "js/saving.js"):
        assert (image / "staticfiles" / names[name]).is_file()
        assert (image / "staticfiles" / f"{names[name]}.gz").is_file()
    assert {path.name for path in image.iterdir()} >= {"manage.py", "kla_portal", "fixtures", "deploy"}
    assert not {"tests", "var", ".env", ".git", "docs"} & {path.name for path in image.iterdir()}
    assert list(image.rglob("kla_portal/__pycache__/urls.*.pyc"))


@pytest.mark.django_db
def test_its_health_command_tells_life_from_death(portal):
    words = of(stages()[1], "HEALTHCHECK")[0]
    command = json.loads(words[words.index("[") :])
    assert ":8000/" in command[2]
    there = [*command[:2], command[2].replace(":8000/", f":{portal.port}/")]
    nowhere = [*command[:2], command[2].replace(":8000/", ":9/")]
    assert portal.run(*there).returncode == 0
    assert portal.run(*nowhere).returncode == 1


@pytest.mark.django_db
def test_it_runs_as_the_image_starts_it(portal):
    """gunicorn with its settings: figures of each worker in the shared folder, no line but JSON."""
    assert list(portal.figures.glob("*.db"))
    words = portal.output.read_text(encoding="utf-8").splitlines()
    assert [line for line in words if not line.startswith("{")] == []
    done = portal.run("python", "manage.py", "check", "--deploy", "--fail-level", "ERROR")
    assert done.returncode == 0, done.stderr
    assert files.environment_of(stages()[1])["WEB_BIND"] == "0.0.0.0:8000"


@pytest.mark.postgresql
@pytest.mark.django_db
def test_postgresql_ends_a_statement_that_takes_too_long(portal):
    code = "from django.db import connection as c; k = c.cursor(); k.execute('SHOW statement_timeout'); print(*k.fetchone())"
    done = portal.run("python", "manage.py", "shell", "-v", "0", "-c", code)
    assert done.stdout.strip() == "30s", done.stderr
