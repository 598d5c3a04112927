"""What deploy/ says, read so that it can be held against the portal and be run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.architecture.tree import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"

# Of the servers around the portal, not of the portal.
FOREIGN = {
    "PATH", "TZ", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "XDG_CACHE_HOME", "PROMETHEUS_MULTIPROC_DIR",
    "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "VGW_HEALTH", "ROOT_ACCESS_KEY", "ROOT_SECRET_KEY",
}  # fmt: skip


def portal_variables() -> set[str]:
    """Every variable that settings and gunicorn's settings read."""
    settings = (ROOT / "kla_portal" / "settings.py").read_text(encoding="utf-8")
    gunicorn = (DEPLOY / "gunicorn.conf.py").read_text(encoding="utf-8")
    read = re.findall(r'env\.(?:text|flag|number|words|database)\(\s*"([A-Z_0-9]+)"', settings)
    return {*read, *re.findall(r'environ\.get\("([A-Z_0-9]+)"', gunicorn), "KLA_MODE"}


def written(example: Path) -> dict[str, str]:
    """Name and value of each line of an example of an environment file; lines that are switched off count too."""
    lines = re.findall(r"^#?([A-Z_0-9]+)=(.*)$", example.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(lines)


def instructions(text: str) -> list[tuple[str, str]]:
    """(Instruction, its words) of a Containerfile, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for kind, words in instructions(CONTAINERFILE.read_text(encoding="utf-8")):
        if kind == "FROM":
            found.append([])
        found[-1].append((kind, words))
    return found


def of(stage: list[tuple[str, str]], kind: str) -> list[str]:
    return [words for found, words in stage if found == kind]


def environment_of(stage: list[tuple[str, str]]) -> dict[str, str]:
    return dict(pair.split("=", 1) for words in of(stage, "ENV") for pair in words.split())


def copy_into(folder: Path) -> Path:
    """What the first stage copies out of the project, and nothing else."""
    for words in of(stages()[0], "COPY"):
        *sources, target = words.split()
        for source in sources:
            origin, place = ROOT / source, folder / target
            if origin.is_dir():
                shutil.copytree(origin, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place = place / origin.name if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(origin, place)
    return folder
