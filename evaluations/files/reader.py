"""The child that parses foreign bytes: ``python -m evaluations.files.reader JOB``. It must start fast: no Django.

Standard input is the file, standard output the answer: the job as it came, a line end, one JSON object. From that
first line on, whatever goes wrong is the file's doing. The limits stand before the file is looked at.
"""

from __future__ import annotations

import base64
import importlib
import json
import re
import resource
import sys
import unicodedata
from collections.abc import Iterable

PARSERS = {
    "pdf": "reader_pdf",
    "jpg": "reader_pictures",
    "png": "reader_pictures",
    "webp": "reader_pictures",
}
"""Our extension -> the module with ``read(data, job)`` and ``picture(data, job)``; Office for all others."""

_HYPHENS = re.compile("[\x02\ufffe]")
"""What PDFium writes for a hyphen at the end of a line, and for the line's end."""

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\ufeff\ud800-\udfff\uffff]")


def main(argument: str) -> None:
    job = json.loads(argument)
    # Only the parser that is needed: PDFium takes longer to load than Python to start.
    parser = importlib.import_module(f"evaluations.files.{PARSERS.get(job['kind'], 'reader_office')}")
    _restrict(memory=job["memory"], cpu=job["cpu"], answer=job["answer"])
    sys.stdout.write(f"{argument}\n")
    sys.stdout.flush()
    try:
        data = sys.stdin.buffer.read()
        if job["page"]:
            answer = {"picture": _encoded(parser.picture(data, job))}
        else:
            found = parser.read(data, job)
            texts = _bounded(found["texts"], job["text_limit"], job["text_total"])
            answer = found | {"texts": texts, "thumbnail": _encoded(found["thumbnail"])}
    except Exception as fault:  # parsers raise whatever a broken file leads them to
        answer = {"fault": f"{type(fault).__name__}: {fault}"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def _restrict(*, memory: int, cpu: int, answer: int) -> None:
    """No more than this, whatever the file makes the parsers do; the soft CPU limit names itself in the signal."""
    for limit, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu, cpu + 5),
        (resource.RLIMIT_FSIZE, answer, answer),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 64),
    ):
        _, present = resource.getrlimit(limit)
        most = hard if present == resource.RLIM_INFINITY else min(hard, present)
        resource.setrlimit(limit, (min(soft, most), most))


def _encoded(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bounded(texts: Iterable[str], limit: int, total: int) -> list[str]:
    """Tidied, each at most ``limit`` characters; none beyond ``total`` characters of all."""
    kept: list[str] = []
    for text in texts:
        kept.append(tidy(text[: 4 * limit])[:limit].rstrip())
        total -= len(kept[-1])
        if total <= 0:
            break
    return kept


def tidy(text: str) -> str:
    """NFC, single blanks, no empty lines, nothing that cannot be seen."""
    seen = _UNSEEN.sub("", _HYPHENS.sub("-\n", text))
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", seen).splitlines())
    return "\n".join(line for line in lines if line)


if __name__ == "__main__":
    main(sys.argv[1])
