"""A portal that was used, its backup, and empty portals to restore into. Built once per process."""

from __future__ import annotations

import shutil

import pytest

from tests.kla_portal.operations.backup.systems import Systems


@pytest.fixture(scope="session")
def systems(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = Systems(tmp_path_factory.mktemp("systems"))
        yield made
        made.close()


@pytest.fixture(scope="session")
def used(systems):
    """Nobody changes its rows or files for good."""
    system = systems.with_reference_data()
    process = system.start("-m", "tests.kla_portal.operations.backup.building")
    errors = process.communicate(timeout=240)[1]
    assert process.returncode == 0, errors
    return system


@pytest.fixture(scope="session")
def taken(used, systems):
    """The backup of it, as the command made it."""
    target = systems.folder / "cadangan"
    done = used.manage("backup", target)
    assert done.code == 0, done
    return target


@pytest.fixture
def copy(taken, tmp_path):
    """A copy of that backup, to be damaged."""
    return shutil.copytree(taken, tmp_path / "salinan")


@pytest.fixture
def empty(systems):
    return systems.empty()
