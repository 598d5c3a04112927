"""People, the agencies of a district, and who holds which role where."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Q

from kla_portal.accounts.roles import RULES, Permission, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        # One case only: the sign-in form writes the name small, whoever opened the account.
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(username, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """``name`` is how the person is shown; it may be an office ("Koordinator Tabalong")."""

    username = models.CharField(
        "nama pengguna",
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": "Nama pengguna ini sudah dipakai."},
    )
    name = models.CharField("nama", max_length=120)
    email = models.EmailField("surel", blank=True)
    is_active = models.BooleanField("aktif", default=True)
    must_change_password = models.BooleanField("harus mengganti kata sandi", default=True)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    closed_at = models.DateTimeField("ditutup", null=True, blank=True)
    closed_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField("data dihapus", null=True, blank=True)
    """When name, address and credentials were removed; the row stays for what the person did."""
    removed_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, is_active=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, is_active=False),
                name="user_closed_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False, closed_at__isnull=False, email=""),
                name="user_removed_is_closed_and_bare",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        """Only the admin site asks, and only a superuser may enter it."""
        return self.is_superuser


class Agency(models.Model):
    """An office of one district that answers questions (perangkat daerah).

    ``code`` is the instrument's code where the agency answers by default; agencies that the district
    added itself have none.
    """

    district = models.ForeignKey("regions.District", models.PROTECT, related_name="agencies")
    code = models.SlugField("kode instrumen", max_length=40, blank=True)
    name = models.CharField("nama", max_length=160)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["district", "name"], name="agency_name_once_per_district"),
            models.UniqueConstraint(
                fields=["district", "code"], condition=~Q(code=""), name="agency_code_once_per_district"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="agency_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


_AT_DISTRICT = Q(district__isnull=False, province__isnull=True, kecamatan__isnull=True)
_AT_KECAMATAN = Q(district__isnull=False, province__isnull=True, agency__isnull=True, kecamatan__isnull=False)
_AT_PROVINCE = Q(district__isnull=True, province__isnull=False, agency__isnull=True, kecamatan__isnull=True)
_NATIONAL = Q(district__isnull=True, province__isnull=True, agency__isnull=True, kecamatan__isnull=True)


class Membership(models.Model):
    """One role of one person in one place. A person may hold several."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField("peran", max_length=20, choices=Role)
    province = models.ForeignKey("regions.Province", models.PROTECT, null=True, blank=True, related_name="+")
    district = models.ForeignKey("regions.District", models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="memberships")
    kecamatan = models.ForeignKey(
        "regions.Kecamatan", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=(Q(role=Role.CONTRIBUTOR) & _AT_DISTRICT & Q(agency__isnull=False))
                | (Q(role=Role.KECAMATAN) & _AT_KECAMATAN)
                | (Q(role__in=[Role.COORDINATOR, Role.LEADER]) & _AT_DISTRICT & Q(agency__isnull=True))
                | (Q(role__in=[Role.PROVINCIAL_VERIFIER, Role.PROVINCIAL_ADMIN]) & _AT_PROVINCE)
                | (Q(role__in=[Role.NATIONAL_VERIFIER, Role.NATIONAL_ADMIN]) & _NATIONAL)
                | (
                    Q(role=Role.AUDITOR)
                    & ((_AT_DISTRICT & Q(agency__isnull=True)) | _AT_PROVINCE | _NATIONAL)
                ),
                name="membership_place_fits_role",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "agency"],
                condition=Q(agency__isnull=False),
                name="membership_once_in_agency",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "kecamatan"],
                condition=Q(kecamatan__isnull=False),
                name="membership_once_in_kecamatan",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "district"],
                condition=Q(district__isnull=False, agency__isnull=True, kecamatan__isnull=True),
                name="membership_once_in_district",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "province"],
                condition=Q(province__isnull=False),
                name="membership_once_in_province",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(province__isnull=True, district__isnull=True),
                name="membership_once_national",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.place}".strip()

    @property
    def place(self) -> str:
        """The area the role is held in, in words."""
        if self.agency:
            return f"{self.agency}, {self.district}"
        if self.kecamatan:
            return f"Kecamatan {self.kecamatan}, {self.district}"
        return str(self.district or self.province or "Nasional")

    def may(self, permission: Permission) -> bool:
        return permission in RULES[Role(self.role)].permissions


class KnownDevice(models.Model):
    """A browser from which a person has signed in before. ``digest``: sha256 of the secret in its cookie, in hex."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    agent = models.CharField("peramban", max_length=120)
    """In words: "Chrome di Android"."""
    first_seen_at = models.DateTimeField("pertama dipakai")
    last_seen_at = models.DateTimeField("terakhir dipakai")

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="device_once_per_person"),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=models.F("first_seen_at")), name="device_seen_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.agent


class SessionEnd(models.TextChoices):
    """Why a session is over."""

    SIGNED_OUT = "signed_out", "Keluar"
    IDLE = "idle", "Lama tidak dipakai"
    TOO_OLD = "too_old", "Batas waktu sesi"
    BY_OWNER = "by_owner", "Diakhiri pemilik akun"
    CREDENTIALS = "credentials", "Kata sandi atau verifikasi berubah"
    CLOSED = "closed", "Akun ditutup"


class SignedInSession(models.Model):
    """One sign-in on one device, from the password to its end; what a person sees and ends under "Sesi".

    ``session_key`` is Django's. ``seen_at`` moves at most once a minute.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sittings")
    device = models.ForeignKey(KnownDevice, models.SET_NULL, null=True, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField("alamat jaringan", null=True)
    agent = models.CharField("peramban", max_length=120)
    signed_in_at = models.DateTimeField("masuk")
    seen_at = models.DateTimeField("terakhir dipakai")
    ended_at = models.DateTimeField("berakhir", null=True)
    end = models.CharField("sebab berakhir", max_length=12, choices=SessionEnd, blank=True)

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="")
                | Q(ended_at__isnull=False, end__in=SessionEnd.values),
                name="session_end_has_its_cause",
            ),
            models.CheckConstraint(
                condition=Q(seen_at__gte=models.F("signed_in_at")), name="session_seen_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.agent}"


class RecoveryCode(models.Model):
    """A code for the day the telephone is gone. ``hash`` as passwords are kept; each code opens once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=128)
    created_at = models.DateTimeField("dibuat")
    used_at = models.DateTimeField("dipakai", null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__gte=models.F("created_at")),
                name="recovery_used_after_made",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {'dipakai' if self.used_at else 'berlaku'}"
