"""compose.yaml, without an engine: what it refers to is there, and every variable is one that somebody reads."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.deploy.files import CONTAINERFILE, DEPLOY, FOREIGN, portal_variables, written

PORTAL = {"web-1", "web-2", "worker", "manage"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def test_everybody_is_there(services):
    assert set(services) == PORTAL | {"nginx", "database", "store", "clamav"}
    assert services["clamav"]["profiles"] == ["clamav"]
    assert {services[name]["image"] for name in PORTAL} == {"kla-portal:${KLA_VERSION:-latest}"}


def test_what_is_referred_to_exists(compose, services):
    for name, service in services.items():
        needed = service.get("depends_on", ())
        assert set(needed) <= set(services), name
        waited = [other for other in needed if isinstance(needed, dict)]
        assert all("test" in services[other]["healthcheck"] for other in waited), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        for volume in service["volumes"]:
            source = re.sub(r"^\$\{\w+:-(.*?)\}", r"\1", volume).split(":")[0]
            assert source in compose["volumes"] or source.startswith("./"), volume
    used = {volume.split(":")[0] for service in services.values() for volume in service["volumes"]}
    assert set(compose["volumes"]) <= used


def test_files_it_mounts_are_in_the_folder(services):
    own = [volume.split(":")[0] for volume in services["nginx"]["volumes"] if volume.startswith("./")]
    assert own == ["./nginx", "./nginx/compose.conf"]
    assert all((DEPLOY / path).exists() for path in own)
    for example in {services[name]["env_file"] for name in services if "env_file" in services[name]}:
        assert (DEPLOY / f"{example}.example").is_file()
        assert f"/{example}" in (DEPLOY / ".gitignore").read_text().splitlines()


def test_each_variable_is_one_that_is_read(services):
    set_ = {name for service in services.values() for name in service.get("environment", ())}
    assert {"KLA_DATA_DIR", "POSTGRES_DB", "PROMETHEUS_MULTIPROC_DIR"} <= set_
    assert set_ <= portal_variables() | FOREIGN
    assert set(written(DEPLOY / "store.env.example")) <= FOREIGN


def test_no_secret_stands_in_it():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)(password|secret_?key|token)\s*[:=]", text)
    assert {name: value for name, value in written(DEPLOY / "store.env.example").items() if value} == {
        "ROOT_ACCESS_KEY": "kla"
    }


@pytest.mark.parametrize("name", ["web-1", "web-2", "worker"])
def test_the_portals_processes_are_bound(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert {"mem_limit", "cpus", "stop_grace_period"} <= set(service)
    places = [entry.split(":")[0] for entry in service["tmpfs"]]
    assert "/tmp" in places
    figures = service["environment"].get("PROMETHEUS_MULTIPROC_DIR")
    assert (figures in places) == name.startswith("web")


def test_only_nginx_has_a_door_and_the_data_lie_behind_it(compose, services):
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["database"]["networks"] == services["store"]["networks"] == ["inside"]


def test_nginx_and_the_containers_call_each_other_by_their_names(services):
    conf = (DEPLOY / "nginx" / "compose.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server (\S+):8000", conf)) == {"web-1", "web-2"}
    port = re.search(r"proxy_pass http://store:(\d+);", conf)[1]
    assert f"127.0.0.1:{port}/" in services["store"]["healthcheck"]["test"][1]
    alias = re.search(r":-(.*)\}", services["nginx"]["networks"]["inside"]["aliases"][0])[1]
    assert f"server_name {alias};" in conf
    assert f"@{alias}:443/" in (DEPLOY / "kla.env.example").read_text(encoding="utf-8")


def test_the_worker_serves_every_queue_after_people(services, settings):
    command = services["worker"]["command"]
    assert (services["worker"]["cpu_shares"], services["worker"]["cpuset"]) == (2, "0")
    assert command[-1].split(",") == settings.TASKS["default"]["QUEUES"]
    final = json.loads(CONTAINERFILE.read_text().rsplit("\nCMD ", 1)[1])
    assert final[0] == "gunicorn"
