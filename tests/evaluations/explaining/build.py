"""Calculations without a database: kla-2023 read from its file, snapshots made of any answers and verdicts."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from evaluations.models import Stage
from evaluations.reports.calculation import calculation_zip
from evaluations.reports.explanation import Column, Explanation, build_explanation
from evaluations.scoring.rules import read_answer
from evaluations.scoring.score import score, tree_to_dict
from evaluations.scoring.stages import Ruling, stage_tree
from indicators.domain.importing import parse_instrument
from indicators.spec import InstrumentSpec
from tests.evaluations.domain.claims import some_value

FILE = Path(__file__).parents[3] / "fixtures" / "instruments" / "kla-2023.yaml"

EDGES: dict[str, Any] = {
    "12.1": {"numerator": "0", "denominator": "0"},
    "12.4": {"previous": "0", "current": "0"},
    "3.1a": {"rows": [0, None, 2]},
    "8.1": {"value": None},
    "1.1": {"option": None},
    "26.17": None,
}
"""Denominator 0, a change from 0, a matrix filled in part, number and option missing, the one without points."""

VERDICTS: dict[str, Any] = {
    "va": {
        "12.1": {"decision": "change", "value": {"numerator": "95", "denominator": "100"}},
        "2.3": {"decision": "reject", "value": None},
        "3.1a": {"decision": "accept", "value": None},
    },
    "vl": {
        "12.1": {"decision": "defer", "value": None},
        "8.1": {"decision": "change", "value": {"value": "4"}},
    },
}


@cache
def instrument() -> InstrumentSpec:
    return parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)


def any_answers(seed: int) -> dict[str, Any]:
    random = Random(seed)
    return {question.code: some_value(question, random) for question in instrument().questions()} | EDGES


def calculation(
    answers: dict[str, Any], verdicts: dict[str, Any] | None = None, *, stage: str = "em", **more: Any
) -> tuple[Explanation, dict[str, Any]]:
    """The explanation and the snapshot of these answers and verdicts; ``more`` replaces parts of the snapshot."""
    spec, verdicts = instrument(), verdicts or {}
    tree = score(spec, answers)
    for name, rows in verdicts.items():
        rulings = {
            code: Ruling(row["decision"], read_answer(spec.by_code[code].rule, row["value"]), "Alasan.")
            for code, row in rows.items()
            if row["decision"] != "defer"
        }
        tree = stage_tree(spec, tree, rulings, name.upper())
    data = {
        "edition": {"code": "2026", "name": "Evaluasi KLA 2026", "evidence_years": [2024, 2025]},
        "district": {"code": "63.09", "name": "Kabupaten Tabalong"},
        "province": {"code": "63", "name": "Kalimantan Selatan", "timezone": "Asia/Makassar"},
        "stage": stage,
        "draft": True,
        "taken_at": "2026-06-30T15:59:00.000000+00:00",
        "score": tree_to_dict(tree),
        "answers": {
            code: {"value": value, "version": 1, "note": "Rahasia kantor", "updated_by": "siti.aminah"}
            for code, value in answers.items()
        },
        "verdicts": {
            name: {
                code: row | {"reason": "Alasan.", "version": 1, "by": "verif.kalsel"}
                for code, row in rows.items()
            }
            for name, rows in verdicts.items()
        },
        "evidence": {},
    } | more
    parts = ("edition", "district", "province", "stage", "draft", "taken_at")
    explanation = build_explanation(
        identity={name: data[name] for name in parts} | {"receipt": None},
        instrument=spec,
        tree=tree,
        columns=[Column(stage, Stage(stage).upper(), tree, data["verdicts"].get(stage, {}))],
        evidence=data["evidence"],
        sources=dict.fromkeys(answers, "diisi di portal"),
    )
    return explanation, data


def packed(answers: dict[str, Any], verdicts: dict[str, Any] | None = None, **more: Any) -> bytes:
    return calculation_zip(*calculation(answers, verdicts, **more))


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def run(files: dict[str, bytes], folder: Path) -> tuple[int, str]:
    """Unpacked into ``folder`` and run by a bare Python: its exit code, and what it says."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "hitung_ulang.py"],
        cwd=folder, env={"PYTHONIOENCODING": "utf-8"}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.decode()
