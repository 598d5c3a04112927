"""What Django's own report of a fault leaves out, wherever somebody turns it on: as a page or as a mail."""

from __future__ import annotations

import re

from django.views.debug import SafeExceptionReporterFilter


class FaultReportFilter(SafeExceptionReporterFilter):
    """Addresses of the database and of stores hold a password, and some servers put the environment into a request."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|DATABASE_URL|_STORAGE$", re.IGNORECASE
    )
