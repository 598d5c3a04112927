"""The evening of one province on SQLite and one host. Started by the benchmark; prints its rows as JSON.

python -m tests.bench.small LOG SECONDS
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SMALL = 13


def main(log: str, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="kla-bench-small-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "KLA_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/kla.sqlite3",
        }
        for words in (["manage.py", "migrate", "-v0"], ["-m", "tests.bench.national", str(SMALL)]):
            subprocess.run([sys.executable, *words], check=True, stdout=sys.stderr)
        print(json.dumps(_measured(Path(log), seconds)))


def _measured(log: Path, seconds: float) -> list[tuple[object, ...]]:
    import django

    django.setup()
    from tests.bench import evening
    from tests.bench.cast import Cast
    from tests.bench.server import Portal

    cast = Cast()
    everyone = len(cast.districts) * len(evening.EDITORS)
    with Portal(log=log, tasks=True) as portal:
        one = evening.run(cast, portal, many=everyone, seconds=seconds)
        three = evening.run(cast, portal, many=everyone, seconds=seconds, times=3)
    found = evening.rows("SQLite", one, promised=True) + evening.rows("SQLite x 3", three, promised=False)
    return [dataclasses.astuple(row) for row in found]


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
