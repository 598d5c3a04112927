"""What stands on the papers that a browser opens or downloads."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.leftout import needs_program

needs_poppler = needs_program("pdftotext", "poppler-utils")

RENDER_MS = 60_000
"""A district's report has some thirty pages, and a machine may be busy."""

VIEWER_COMPLAINT = r"favicon\.ico"
"""Chromium's viewer asks for an icon of its own beside a PDF; no page of the portal does."""


def open_pdf(page: Page, link: Locator, folder: Path) -> str:
    """Follow a link to a PDF in the same window; the text of the file that the window shows."""
    target = str(link.get_attribute("href"))
    link.click(no_wait_after=True)
    page.wait_for_url(lambda url: target.split("?")[0] in url, wait_until="commit", timeout=RENDER_MS)
    answer = page.request.get(page.url)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "private, no-store"
    file = folder / "paper.pdf"
    file.write_bytes(answer.body())
    return pdf_text(file)


def pdf_text(file: Path) -> str:
    """The words of a PDF, spaces and line breaks made one space."""
    shown = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", shown.stdout.decode())
