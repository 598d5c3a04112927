"""What the browser says a file is. It takes that from the extension and its own machine, so it proves nothing.

It can still give a file away: a page that a site calls ``text/html`` was not chosen from a folder. Machines differ
widely in what they call an Office file, so an application type that means nothing here passes.
"""

from __future__ import annotations

import re

from evaluations.files.faults import FileRefused

_OOXML = "application/vnd.openxmlformats-officedocument"
_DOCX, _XLSX = f"{_OOXML}.wordprocessingml.document", f"{_OOXML}.spreadsheetml.sheet"
_PPTX = f"{_OOXML}.presentationml.presentation"
_OFFICE = {_DOCX, _XLSX, _PPTX}

_MEANT = {
    "application/pdf": {"application/pdf"},
    "application/x-pdf": {"application/pdf"},
    "text/pdf": {"application/pdf"},
    "image/pdf": {"application/pdf"},
    "image/jpg": {"image/jpeg"},
    "image/pjpeg": {"image/jpeg"},
    "image/jpeg": {"image/jpeg"},
    "image/jfif": {"image/jpeg"},
    "image/png": {"image/png"},
    "image/x-png": {"image/png"},
    "image/webp": {"image/webp"},
    "image/*": {"image/jpeg", "image/png", "image/webp"},
    "application/msword": {_DOCX},
    "application/vnd.ms-word": {_DOCX},
    "application/vnd.ms-excel": {_XLSX},
    "application/msexcel": {_XLSX},
    "application/vnd.ms-powerpoint": {_PPTX},
    "application/mspowerpoint": {_PPTX},
    "application/wps-office.docx": {_DOCX},
    "application/wps-office.xlsx": {_XLSX},
    "application/wps-office.pptx": {_PPTX},
    "application/wps-office.pdf": {"application/pdf"},
    "application/zip": _OFFICE,
    "application/x-zip": _OFFICE,
    "application/x-zip-compressed": _OFFICE,
    _DOCX: {_DOCX},
    _XLSX: {_XLSX},
    _PPTX: {_PPTX},
}
"""Declared type -> what it may turn out to be."""

_FORMED = re.compile(r"[a-z0-9*][\w.+*-]*/[\w.+*-]+", re.ASCII)
_HARMFUL = re.compile(
    r"script|html|svg|msdownload|msdos|executable|dosexec|sharedlib|mach-binary|-msi\b|-bat\b|x-sh\b|httpd|php|python"
    r"|perl|java|shockwave|hta\b|macroenabled|rar\b|7z|gzip|x-tar|bzip|android|diskimage|cd-image|(?:/|\+)xml$"
)
"""Application types that name something else than any accepted file."""


def must_agree(declared: str, content_type: str, word: str) -> None:
    """Raise ``FileRefused`` where ``declared`` contradicts what the file is; ``word`` names that on screen.

    Nothing declared, a type for anything (``application/octet-stream``) and a word that is no type pass.
    """
    said = declared.partition(";")[0].strip().lower()
    if not _FORMED.fullmatch(said) or len(said) > 100:
        return
    if said in _MEANT:
        agrees = content_type in _MEANT[said]
    else:
        agrees = said.startswith(("application/", "binary/", "*/")) and not _HARMFUL.search(said)
    if not agrees:
        raise FileRefused(
            f"Berkas ini dikirim sebagai {said}, tetapi isinya {word}. "
            "Pilih berkasnya langsung dari perangkat Anda, lalu unggah lagi."
        )
