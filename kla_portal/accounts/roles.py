"""Roles and what each may do. Roles are code; who holds one, and where, is data (Membership)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from django.db import models


class Role(models.TextChoices):
    CONTRIBUTOR = "contributor", "Petugas perangkat daerah"
    KECAMATAN = "kecamatan", "Petugas kecamatan"
    COORDINATOR = "coordinator", "Koordinator Gugus Tugas"
    LEADER = "leader", "Pimpinan daerah"
    PROVINCIAL_VERIFIER = "provincial_verifier", "Verifikator provinsi"
    PROVINCIAL_ADMIN = "provincial_admin", "Admin provinsi (DP3A)"
    NATIONAL_VERIFIER = "national_verifier", "Verifikator nasional"
    NATIONAL_ADMIN = "national_admin", "Admin nasional (KemenPPPA)"
    AUDITOR = "auditor", "Auditor (inspektorat)"


class Scope(Enum):
    AGENCY = auto()
    KECAMATAN = auto()
    DISTRICT = auto()
    PROVINCE = auto()
    NATIONAL = auto()
    ANY_AREA = auto()
    """A district, a province, or the whole country."""


class Permission(Enum):
    READ = "membaca evaluasi, skor, dan laporan"
    ANSWER = "menjawab pertanyaan dan memasang data dukung"
    ENTER_UNITS = "mengisi baris kecamatan dan desa/kelurahan"
    COORDINATE = "membagi pertanyaan, memeriksa, dan mengajukan"
    MANAGE_AGENCIES = "menambah dan mengganti nama perangkat daerah"
    SUPERVISE = "melihat semua kabupaten/kota di wilayahnya dan peringkatnya"
    VERIFY = "memverifikasi jawaban"
    MANAGE_ACCOUNTS = "membuka dan menutup akun"
    MANAGE_INSTRUMENTS = "mengelola instrumen dan periode"


@dataclass(frozen=True)
class RoleRule:
    scope: Scope
    permissions: frozenset[Permission]
    description: str


P = Permission

RULES: dict[Role, RoleRule] = {
    Role.CONTRIBUTOR: RoleRule(
        Scope.AGENCY,
        frozenset({P.READ, P.ANSWER, P.ENTER_UNITS}),
        "Menjawab pertanyaan yang dibagikan kepada perangkat daerahnya dan memasang data dukungnya. "
        "Tidak dapat mengajukan.",
    ),
    Role.KECAMATAN: RoleRule(
        Scope.KECAMATAN,
        frozenset({P.ENTER_UNITS}),
        "Mengisi baris kecamatannya dan desa/kelurahan di dalamnya. Tidak melihat yang lain.",
    ),
    Role.COORDINATOR: RoleRule(
        Scope.DISTRICT,
        frozenset({P.READ, P.ANSWER, P.ENTER_UNITS, P.COORDINATE, P.MANAGE_AGENCIES}),
        "Melihat seluruh evaluasi kabupaten/kota, membagi pertanyaan, memeriksa, dan mengajukan.",
    ),
    Role.LEADER: RoleRule(
        Scope.DISTRICT, frozenset({P.READ}), "Membaca ringkasan, skor, dan laporan kabupaten/kota."
    ),
    Role.PROVINCIAL_VERIFIER: RoleRule(
        Scope.PROVINCE,
        frozenset({P.READ, P.SUPERVISE, P.VERIFY}),
        "Memverifikasi evaluasi kabupaten/kota di provinsinya.",
    ),
    Role.PROVINCIAL_ADMIN: RoleRule(
        Scope.PROVINCE,
        frozenset({P.READ, P.SUPERVISE, P.VERIFY, P.MANAGE_ACCOUNTS, P.MANAGE_AGENCIES}),
        "Melihat semua kabupaten/kota di provinsinya, mencetak peringkat, membuka dan menutup akun, mengatur waktu "
        "dan verifikator; dapat juga memverifikasi.",
    ),
    Role.NATIONAL_VERIFIER: RoleRule(
        Scope.NATIONAL,
        frozenset({P.READ, P.SUPERVISE, P.VERIFY}),
        "Memverifikasi evaluasi di semua provinsi.",
    ),
    Role.NATIONAL_ADMIN: RoleRule(
        Scope.NATIONAL,
        frozenset(
            {P.READ, P.SUPERVISE, P.VERIFY, P.MANAGE_ACCOUNTS, P.MANAGE_AGENCIES, P.MANAGE_INSTRUMENTS}
        ),
        "Mengelola instrumen, periode, dan akun di semua provinsi; dapat juga memverifikasi.",
    ),
    Role.AUDITOR: RoleRule(
        Scope.ANY_AREA,
        frozenset({P.READ, P.SUPERVISE}),
        "Membaca semuanya di wilayahnya, tidak mengubah apa pun.",
    ),
}

PROVINCE_MAY_OPEN = frozenset(
    {
        Role.CONTRIBUTOR,
        Role.KECAMATAN,
        Role.COORDINATOR,
        Role.LEADER,
        Role.PROVINCIAL_VERIFIER,
        Role.PROVINCIAL_ADMIN,
        Role.AUDITOR,
    }
)
"""Roles a provincial administrator may give, inside the province only."""


def held_in(*scopes: Scope) -> frozenset[Role]:
    """The roles that are held in such places."""
    return frozenset(role for role, rule in RULES.items() if rule.scope in scopes)


def roles_with(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role, rule in RULES.items() if permission in rule.permissions)


PARTIAL = held_in(Scope.AGENCY, Scope.KECAMATAN)
"""Roles that see a part of their district; whoever holds no other there sees those parts and nothing more."""

OF_THE_DISTRICT = held_in(Scope.AGENCY, Scope.KECAMATAN, Scope.DISTRICT)
"""The district's own people: they see a stage's verdicts once it is closed, all other readers at once."""


SECOND_FACTOR = {
    P.VERIFY: "Putusan verifikasi menentukan nilai kabupaten/kota.",
    P.MANAGE_ACCOUNTS: "Akun admin membuka semua akun di wilayahnya.",
    P.MANAGE_INSTRUMENTS: "Instrumen dan periode berlaku untuk semua kabupaten/kota.",
}
"""Permissions for which a password alone is not enough, each with its reason. Districts' own people and auditors,
who change nothing, may use a second factor and need not."""
