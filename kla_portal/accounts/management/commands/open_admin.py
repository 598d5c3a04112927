"""``manage.py open_admin USERNAME NAME``: the first national administrator of a new portal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kla_portal.accounts.domain import AccountRefused, NewMembership, open_account
from kla_portal.accounts.roles import Role


class Command(BaseCommand):
    help = "Membuka akun admin nasional dan menampilkan kata sandi sekali pakainya, satu kali ini saja."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="nama pengguna")
        parser.add_argument("name", help='nama yang ditampilkan, misalnya "Admin Pusat"')

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            opened = open_account(
                username=options["username"],
                name=options["name"],
                memberships=[NewMembership(Role.NATIONAL_ADMIN)],
                by=None,
            )
        except AccountRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Akun {opened.account.username} dibuka. Kata sandi sekali pakai: {opened.one_time_password}\n"
            "Ganti kata sandi saat pertama kali masuk."
        )
