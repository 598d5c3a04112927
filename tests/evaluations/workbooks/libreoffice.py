"""A spreadsheet program as districts use it, without its windows."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

SECONDS = 120


def converted(content: bytes, folder) -> bytes:
    """Opened and saved again by LibreOffice, with a profile of its own."""
    program = shutil.which("soffice")
    if program is None:
        message = "LibreOffice is not installed (apt install libreoffice-calc-nogui)."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    source, target = folder / "isian.xlsx", folder / "saved"
    source.write_bytes(content)
    done = subprocess.run(
        [
            *(program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(target), str(source)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return (target / "isian.xlsx").read_bytes()
