"""Provinces, districts, kecamatan and villages by the home ministry's codes (not BPS's)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models


class Province(models.Model):
    code = models.CharField("kode", max_length=2, primary_key=True)
    name = models.CharField("nama", max_length=80, unique=True)
    timezone = models.CharField("zona waktu", max_length=40)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    timezone__in=["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"]
                ),
                name="province_timezone_is_indonesian",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class DistrictKind(models.TextChoices):
    KABUPATEN = "kabupaten", "Kabupaten"
    KOTA = "kota", "Kota"


class District(models.Model):
    """``name`` carries its kind: "Kabupaten Tabalong"."""

    code = models.CharField("kode", max_length=5, primary_key=True)
    province = models.ForeignKey(Province, models.PROTECT, related_name="districts")
    kind = models.CharField("jenis", max_length=9, choices=DistrictKind)
    name = models.CharField("nama", max_length=80)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=DistrictKind.values), name="district_kind_known"
            ),
            models.UniqueConstraint(fields=["province", "name"], name="district_name_once_per_province"),
        ]

    def __str__(self) -> str:
        return self.name


class Kecamatan(models.Model):
    code = models.CharField("kode", max_length=8, primary_key=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="kecamatan")
    name = models.CharField("nama", max_length=80)
    desa_count = models.PositiveSmallIntegerField("jumlah desa")
    kelurahan_count = models.PositiveSmallIntegerField("jumlah kelurahan")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class VillageKind(models.TextChoices):
    DESA = "desa", "Desa"
    KELURAHAN = "kelurahan", "Kelurahan"


class Village(models.Model):
    code = models.CharField("kode", max_length=13, primary_key=True)
    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="villages")
    kind = models.CharField("jenis", max_length=9, choices=VillageKind)
    name = models.CharField("nama", max_length=80)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=VillageKind.values), name="village_kind_known")
        ]

    def __str__(self) -> str:
        return self.name
