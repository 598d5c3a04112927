"""``manage.py reset_second_factor USERNAME``: for the last administrator, whose telephone is gone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kla_portal.accounts.domain import AccountRefused
from kla_portal.accounts.domain.second_factor import remove_factor
from kla_portal.accounts.models import User


class Command(BaseCommand):
    help = "Melepas verifikasi dua langkah sebuah akun; perlu akses ke server. Kata sandinya tetap berlaku."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="nama pengguna")

    def handle(self, *args: Any, **options: Any) -> None:
        account = User.objects.filter(username=options["username"].strip().lower()).first()
        if account is None:
            raise CommandError(f"Tidak ada akun {options['username']}. Periksa ejaannya.")
        try:
            remove_factor(account=account, reason="Dilepas dari server.", by=None)
        except AccountRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Verifikasi dua langkah {account.username} sudah dilepas. Bila perannya mewajibkan, "
            "portal meminta pemasangan saat masuk berikutnya."
        )
