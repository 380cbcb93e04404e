"""Files for operators, judged by the programs and schemas that will read them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from app.observe.prometheus_metrics import Gauge, Metrics
from app.settings import Settings
from tests.paths import ROOT

DEPLOY = ROOT / "app" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "zones.yaml").read_text("utf-8")))
KUBERNETES = ("1.29", "1.34")


def program(name: str) -> str:
    """Return where a program is; skip the test where it is not installed."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin:/bin")
    return found or pytest.skip(f"{name} is not installed")


def run(*command: object) -> str:
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    nginx = program("nginx")
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"zones-[12]:8000", "127.0.0.1:8000", text)
    text = re.sub("^pid .*;", f"pid {tmp_path}/nginx.pid;", text, flags=re.MULTILINE)
    (tmp_path / "nginx.conf").write_text(text)
    (tmp_path / "certificates").mkdir()
    pair = [tmp_path / "certificates" / name for name in ("zones.key", "zones.pem")]
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run(program("openssl"), *new, "-subj", "/CN=zones", "-keyout", pair[0], "-out", pair[1])
    told = run(nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert "[warn]" not in told


def test_what_a_compose_file_says_is_in_its_specification() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    compose = yaml.safe_load(re.sub(r"\$\{\w+:?[-?]?([^}]*)\}", r"\1", text))
    services = PyCompose.from_json(json.dumps(compose)).services
    assert services is not None
    assert set(services) == {"zones-1", "zones-2", "proxy", "database", "backup"}
    with pytest.raises(ValueError, match="restarts"):
        PyCompose.from_yaml("services: {zones: {image: a, restarts: always}}")
    assert {f"{name}:8000" for name in services if name.startswith("zones-")} == set(
        re.findall(r"server (\S+:8000)", (DEPLOY / "nginx.conf").read_text("utf-8"))
    )
    for name in ("zones-1", "zones-2", "backup"):
        assert compose["services"][name]["read_only"] is True


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_each_unit(unit: Path, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for each in UNITS:
        # It looks for what is started.
        text = each.read_text("utf-8").replace("/srv/zones/.venv/bin/zones", "/bin/true")
        (tmp_path / each.name).write_text(text)
    told = run(analyze, "verify", "--man=no", "--recursive-errors=no", tmp_path / unit.name)
    assert told == ""


def test_a_service_may_do_little_beside_its_own() -> None:
    for unit in ("zones.service", "zones-backup.service"):
        rated = ("security", "--offline=true", "--threshold=40", DEPLOY / "systemd" / unit)
        run(program("systemd-analyze"), *rated)


@pytest.mark.parametrize("version", KUBERNETES)
def test_manifests_are_in_the_schemas_of_kubernetes(version: str) -> None:
    for manifest in MANIFESTS:
        kubernetes_validate.validate(manifest, version, strict=True)
    broken = {**MANIFESTS[0], "datas": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, version, strict=True)


def test_settings_that_deployments_set_exist() -> None:
    known = {f"ZONES_{name.upper()}" for name in Settings.model_fields}
    manifest = (DEPLOY / "kubernetes" / "zones.yaml").read_text("utf-8")
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    named = set(re.findall(r"^ +(ZONES_[A-Z_]+):", manifest + compose, re.MULTILINE))
    assert len(named) > 5
    assert named <= known


def test_alerts_fire_when_they_should_and_not_else(tmp_path: Path) -> None:
    promtool = program("promtool")
    shutil.copy(DEPLOY / "prometheus" / "alerts.yaml", tmp_path / "alerts.yaml")
    shutil.copy(Path(__file__).with_name("alerts.yaml"), tmp_path / "test.yaml")
    run(promtool, "check", "rules", tmp_path / "alerts.yaml")
    run(promtool, "test", "rules", tmp_path / "test.yaml")


def test_alerts_ask_for_what_is_measured() -> None:
    rules = (DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8")
    source = (ROOT / "app" / "server" / "routes_health_metrics.py").read_text("utf-8")
    source += (ROOT / "app" / "observe" / "prometheus_metrics.py").read_text("utf-8")
    asked = {name.removesuffix("_bucket") for name in re.findall(r"zones_[a-z_]+", rules)}
    assert [name for name in asked if f'"{name}"' not in source] == []


def test_prometheus_reads_what_is_measured() -> None:
    text = Metrics().text([Gauge("zones_free_bytes", "free disk", 1.5)])
    command = [program("promtool"), "check", "metrics"]
    ran = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_image_is_made_as_its_linter_wants() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        pytest.skip("hadolint is not installed")
    run(linter, "--failure-threshold=warning", ROOT / "Dockerfile")
