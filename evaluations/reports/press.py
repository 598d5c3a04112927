"""HTML -> tagged PDF (PDF/UA-1, fonts embedded). The only importer of WeasyPrint.

WeasyPrint is imported at the first PDF: processes that never print do not pay for it. It gets style sheets
and pictures from memory and reaches neither the network nor the disk.

Three things make it faster and change no byte of what it prints: the collector of cyclic garbage rests, every object
of a PDF is written out once, and of WeasyPrint's own styles those that no paper needs are left out.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

SCHEME = "kla-report"
"""``kla-report:district.css`` names a file in memory; no other address is served."""

TYPES = {".css": "text/css", ".svg": "image/svg+xml"}

UNUSED = re.compile(r"^.*(?:\[dir[=\]]|::(?:foot)?note-).*$", re.MULTILINE)
"""Of WeasyPrint's own styles the lines on text direction and notes: tried on every element, and no paper has either."""


class ReportFailed(Exception):
    """The PDF could not be made; the cause is chained. Nothing half-made is returned."""


def printed(html: str, name: str, files: dict[str, bytes]) -> bytes:
    """The PDF of a whole page of HTML, which may load ``files`` by their names and nothing else.

    Raises ``ReportFailed``, with the ``name`` of the paper.
    """
    with _collector_resting():
        return _printed(html, name, files)


def _printed(html: str, name: str, files: dict[str, bytes]) -> bytes:
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    types = _types()
    try:
        document = types.paper(string=html, base_url=None, url_fetcher=types.fetcher(files))
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=True, finisher=_write_once)
    except FatalURLFetchingError as error:
        # A BaseException: unhandled it would end the worker.
        raise ReportFailed(f"{name}: {error}") from error
    return pdf


_lock = Lock()
_printing = 0
"""Papers at the press in this process; several threads may print."""


@contextmanager
def _collector_resting() -> Iterator[None]:
    """A paper is a million small objects that live to its end: looking through them again and again finds nothing.

    What they leave behind is collected as ever once nothing prints; reference counts go on freeing meanwhile.
    """
    global _printing  # noqa: PLW0603  one count per process, as the collector is one per process
    with _lock:
        if _printing == 0 and not gc.isenabled():
            # Someone else stopped it and will start it.
            idle = False
        else:
            idle, _printing = True, _printing + 1
            gc.disable()
    try:
        yield
    finally:
        if idle:
            with _lock:
                _printing -= 1
                if _printing == 0:
                    gc.enable()


def _write_once(document: Any, pdf: Any) -> None:
    """WeasyPrint's ``finisher``: the bytes of each object are made here, for the file and for its identifier.

    pydyf makes (and deflates) them anew for each of the two.
    """
    written = _types().written
    pdf.objects[1:] = [written(entry) for entry in pdf.objects[1:]]


class _Types(NamedTuple):
    """Classes of ours that need WeasyPrint to exist."""

    paper: Any
    fetcher: Any
    written: Any


@cache
def _types() -> _Types:
    import pydyf  # noqa: PLC0415
    from weasyprint import CSS, HTML  # noqa: PLC0415
    from weasyprint.html import UA, UA_COUNTER_STYLE  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    styles = CSS(string=UNUSED.sub("", UA), counter_style=UA_COUNTER_STYLE)

    class Paper(HTML):
        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [styles]

    class MemoryFetcher(URLFetcher):
        """Serves ``kla-report:`` names from memory and refuses the rest; a refusal ends the rendering."""

        def __init__(self, files: dict[str, bytes]) -> None:
            super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False, fail_on_errors=True)
            self._files = files

        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme != SCHEME or name not in self._files:
                raise ValueError(f"a report may not load {url}")
            kind = TYPES[name[name.rindex(".") :]]
            return URLFetcherResponse(url, self._files[name], {"Content-Type": f"{kind}; charset=utf-8"})

    class Written(pydyf.Object):
        """An object of a PDF as the bytes it is."""

        data = compressible = None

        def __init__(self, entry: Any) -> None:
            super().__init__()
            self.number, self.data, self.compressible = entry.number, entry.data, entry.compressible

    return _Types(Paper, MemoryFetcher, Written)
