"""Reading a file outside the request: the scanner, its pages and text, its small picture, what it resembles."""

from __future__ import annotations

from django.db import transaction
from django_tasks import task

from evaluations.models import EvidenceFile


def schedule(file: EvidenceFile) -> None:
    """Have the file read once the present transaction is committed."""
    name = str(file.pk)
    transaction.on_commit(lambda: read_file.enqueue(name))


@task(queue_name="evidence")
def read_file(file_pk: str) -> None:
    """Scan and read one file, and keep what was found. Gone meanwhile: nothing happens."""
