"""The image's folder, as the Containerfile makes it, with gunicorn as its CMD starts it, behind a real nginx."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.browser.portal import free_port
from tests.deploy import files
from tests.deploy.nginx import NAME, Nginx
from tests.kla_portal.operations.backup.systems import Systems

SECONDS = 90


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first stage: what it copies, and its second RUN. Installing is left out: the packages are there."""
    folder = files.copy_into(tmp_path_factory.mktemp("image"))
    build = files.of(files.stages()[0], "RUN")[-1]
    done = subprocess.run(
        build, shell=True, cwd=folder, env=bare(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree("/tmp/kla", ignore_errors=True)
    return folder


def bare(folder: Path) -> dict[str, str]:
    """An environment without anything of the suite's own, in which `python` is the suite's."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


class Portal:
    """The image at work. ``document``: the address of the one document in it."""

    def __init__(self, image: Path, system: object, folder: Path) -> None:
        self.image, self.system, self.folder, self.port = image, system, folder, free_port()
        self.figures, self.output = folder / "figures", folder / "portal.log"
        self.figures.mkdir(parents=True)
        final = files.environment_of(files.stages()[1])
        self.environment = final | bare(folder) | {
            "KLA_MODE": "production", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": NAME, "BEHIND_PROXY": "1",
            "KLA_DATA_DIR": str(system.folder), "DATABASE_URL": system.url, "DB_STATEMENT_SECONDS": "30",
            "EVIDENCE_ACCEL_PREFIX": "/bukti-internal/", "MFA_REQUIRED": "0",
            "WEB_BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": "1", "WEB_THREADS": "4",
            "PROMETHEUS_MULTIPROC_DIR": str(self.figures), "DJANGO_SETTINGS_MODULE": "kla_portal.settings",
        }  # fmt: skip
        done = self.run(sys.executable, "-m", "tests.deploy.furnish", cwd=ROOT)
        assert done.returncode == 0, done.stderr
        self.document = done.stdout.strip()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd or self.image,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def start(self) -> None:
        command = json.loads(files.of(files.stages()[1], "CMD")[0])
        with self.output.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.image, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/kesehatan/siap/", timeout=30):
                    return
            except urllib.error.HTTPError as refused:
                raise RuntimeError(refused.read().decode()) from refused
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(self.output.read_text(errors="replace")[-4000:])

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)

    def lines(self) -> list[dict[str, object]]:
        """Its log."""
        return [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith("{")]


@pytest.fixture(scope="session")
def portal(
    image: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object
) -> Iterator[Portal]:
    with django_db_blocker.unblock():
        systems = Systems(tmp_path_factory.mktemp("systems"))
        running = Portal(image, systems.with_reference_data(), tmp_path_factory.mktemp("portal"))
        try:
            running.start()
            yield running
        finally:
            running.stop()
            systems.close()


@pytest.fixture(scope="session")
def nginx(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    evidence = portal.system.folder / "evidence"
    with Nginx(tmp_path_factory.mktemp("nginx") / "etc", [portal.port], evidence) as running:
        yield running
