"""Whether an archive may be put into this portal: the kind and version of its database, emptiness, space."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.core.files.storage import Storage, storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from kla_portal.indonesian import ukuran
from kla_portal.operations.backup import archive, content, folders, postgres, sqlite
from kla_portal.operations.backup.archive import Manifest
from kla_portal.operations.backup.faults import BackupRefused
from kla_portal.stores import REPORTS

FULL_TABLES = {"accounts_user": "akun", "evaluations_evaluation": "evaluasi"}
OPTIONAL = {
    "django_tasks_database": "TASKS_IN_WORKER",
    "django_tasks_db": "TASKS_IN_WORKER",
    "admin": "ADMIN_SITE",
}
"""Apps that a setting turns on: their tables may be there on one side only."""
KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def fits(manifest: Manifest) -> None:
    """Kind and versions. Raises ``BackupRefused``."""
    _same_kind(manifest)
    _same_migrations(manifest)
    if connection.vendor == "postgresql":
        postgres.program("pg_restore")
        source, server = int(manifest["database"]["version"]), postgres.server_version()
        if server < source:
            raise BackupRefused(
                f"Cadangan ini dari PostgreSQL {source}, server ini {server}. Pasang PostgreSQL {source} atau "
                "lebih baru."
            )


def _same_kind(manifest: Manifest) -> None:
    kind = manifest["database"]["kind"]
    if kind == connection.vendor:
        return
    how = (
        "Kosongkan DATABASE_URL, sehingga portal memakai SQLite"
        if kind == "sqlite"
        else "Isi DATABASE_URL dengan basis data PostgreSQL yang kosong"
    )
    raise BackupRefused(
        f"Ini cadangan {KINDS[kind]}, sedangkan portal ini memakai {KINDS[connection.vendor]}. {how}, lalu ulangi. "
        "Pindah jenis basis data tidak dilakukan lewat cadangan."
    )


def _same_migrations(manifest: Manifest) -> None:
    """Exactly this version's: what came back is proved by this version's models before anyone uses it."""
    loader = MigrationLoader(None)
    known: dict[str, set[str]] = {app: set() for app in loader.migrated_apps}
    for app, name in loader.disk_migrations or {}:
        known[app].add(name)
    kept = {app: set(names) for app, names in manifest["facts"]["migrations"].items()}
    newer, older = [], []
    for app in sorted({*known, *kept}):
        if app in OPTIONAL and not (known.get(app) and kept.get(app)):
            continue
        newer += [f"{app}.{name}" for name in sorted(kept.get(app, set()) - known.get(app, set()))]
        older += [f"{app}.{name}" for name in sorted(known.get(app, set()) - kept.get(app, set()))]
    for names, word in ((newer, "lebih baru"), (older, "lebih lama")):
        if names:
            raise BackupRefused(
                f"Cadangan ini dari versi portal yang {word} (versi {manifest['product']}; berbeda: {names[0]}). "
                "Pasang versi itu, pulihkan, lalu mutakhirkan portal seperti biasa (migrate)."
            )


def empty_database(manifest: Manifest) -> None:
    """No account, no evaluation, no table of something else, and nobody at work in it. Raises ``BackupRefused``."""
    if connection.vendor == "postgresql" or sqlite.database_file().is_file():
        if foreign := sorted({*content.tables()} - {*manifest["facts"]["tables"]}):
            raise BackupRefused(
                f"Basis data berisi tabel yang tidak ada dalam cadangan ({foreign[0]}). Pakai basis data "
                "baru yang kosong."
            )
        for table, word in FULL_TABLES.items():
            if number := content.rows_of(table):
                raise BackupRefused(
                    f"Portal ini tidak kosong: ada {number} {word}. Pulihkan ke portal yang kosong: KLA_DATA_DIR baru, "
                    "atau basis data dan penyimpanan baru."
                )
        connection.close()
    if connection.vendor == "sqlite" and _in_use():
        raise BackupRefused("Basis data sedang dipakai. Hentikan portal dan pekerjanya, lalu ulangi.")


def empty_storages(source: Path) -> None:
    """No file but those of this very archive, which a broken-off restore left. Raises ``BackupRefused``."""
    for store in (content.EVIDENCE, content.REPORTS):
        with folders.answering(store):
            name = _foreign(storages[store], source / store, beside=_inside(storages[store]))
        if name:
            raise BackupRefused(
                f"Penyimpanan {store} tidak kosong ({name}) dan bukan bagian dari cadangan ini. Pakai penyimpanan yang "
                "kosong."
            )


def _in_use() -> bool:
    """A log beside the file after everyone has closed it means that someone has not."""
    return sqlite.database_file().with_name(sqlite.database_file().name + "-wal").exists()


def _inside(storage: Storage) -> str:
    """The folder in an S3 store's evidence that the reports have as their own storage; empty elsewhere."""
    return REPORTS if getattr(storage, "location", None) == "" else ""


def _foreign(storage: Storage, ours: Path, folder: str = "", *, beside: str = "") -> str:
    """The first file in the storage that the archive does not have under the same name; not in ``beside``."""
    try:
        inner_folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return ""
    prefix = f"{folder}/" if folder else ""
    for name in files:
        if not (ours / f"{prefix}{name}").is_file():
            return f"{prefix}{name}"
    for inner in inner_folders:
        if not inner or f"{prefix}{inner}" == beside:
            continue
        if found := _foreign(storage, ours, f"{prefix}{inner}"):
            return found
    return ""


def space(source: Path) -> None:
    """Room on this host's disks for what will lie on them. Raises ``BackupRefused``."""
    places = {store: _local(storages[store]) for store in (content.EVIDENCE, content.REPORTS)}
    if connection.vendor == "sqlite":
        places[archive.DATABASE_FILES["sqlite"]] = sqlite.database_file().parent
    needed: dict[int, int] = {}
    roots: dict[int, Path] = {}
    for entry in archive.entries(source):
        store, _, name = entry.path.partition("/")
        place = places.get(store)
        if place and not (name and (place / name).is_file()):
            device = _device(place)
            roots[device], needed[device] = place, needed.get(device, 0) + entry.size
    for device, size in needed.items():
        free = shutil.disk_usage(_existing(roots[device])).free
        if free < size:
            raise BackupRefused(
                f"Ruang di {roots[device]} kurang: perlu {ukuran(size)}, tersedia {ukuran(free)}. Kosongkan ruang, "
                "lalu ulangi."
            )


def _local(storage: Storage) -> Path | None:
    try:
        return Path(storage.path(""))
    except NotImplementedError:
        return None


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())


def _device(folder: Path) -> int:
    return os.stat(_existing(folder)).st_dev  # noqa: PTH116
