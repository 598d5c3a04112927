"""Why a backup or a restore does not go on."""

from __future__ import annotations


class BackupRefused(Exception):
    """The message is Indonesian, for the person at the command line, and ends with the next step."""
