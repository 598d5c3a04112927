"""The upload handler that stops keeping what is too large anyway."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class StopAtLimit(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS: passes each file on until it is larger than evidence may be.

    The rest of the request is still read, but no longer fills the disk; the file that arrives is just over
    the limit, and is refused with that reason.
    """

    received = 0

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.received > settings.EVIDENCE_MAX_BYTES:
            return None
        self.received += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
