"""Install what tests look through besides Python's packages: by apt and Maven, where they are.

``python3 tasks.py test`` runs it with the Python that it runs on: the standard library alone.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

APT_PACKAGES = {
    "nginx-light": "nginx",
    "prometheus": "promtool",
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "fonts-noto-cjk": None,
    "openjdk-17-jre-headless": "java",  # Spark
    "gdal-bin": "ogr2ogr",
    "python3-qgis": None,
    "postgresql-postgis": None,  # brings the server along
    "pgbouncer": None,
}
OGC_SCHEMAS = "org.jvnet.ogc:ogc-schemas:2.6.1"
JACKCESS = "com.healthmarketscience.jackcess:jackcess:4.0.5"
MAVEN_GET = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get"


def main() -> None:
    """Install programs and schemas side by side; leave with an error if apt has one."""
    with ThreadPoolExecutor() as pool:
        for step in [pool.submit(install_system), pool.submit(install_schemas)]:
            step.result()


def install_system() -> None:
    """Install the browser, fonts and GIS programs that tests look through, where apt can."""
    missing = [name for name, program in APT_PACKAGES.items() if not is_installed(name, program)]
    if not missing:
        return
    if (apt := shutil.which("apt-get")) is None:
        print(f"请先安装 / please install: {' '.join(missing)}", file=sys.stderr)
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    print(f"安装系统软件包 / installing {' '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, apt, "update", "-qq"], env=environment, check=True)
    install = [*sudo, apt, "install", "-y", "-qq", *missing]
    subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=True)


def install_schemas() -> None:
    """Get what Maven has for tests, where it can; else those tests skip.

    OGC's schemas, by which answers are judged, and Jackcess, which writes Access databases.
    """
    install_from_maven(OGC_SCHEMAS, "-Dtransitive=false")
    install_from_maven(JACKCESS)


def install_from_maven(artifact: str, *options: str) -> None:
    """Get an artifact that is not there yet, with what it needs."""
    group, name, version = artifact.split(":")
    package = Path.home() / ".m2" / "repository" / group.replace(".", "/") / name / version
    if (maven := shutil.which("mvn")) is None or any(package.glob("*.jar")):
        return
    print(f"从 Maven 安装 / installing from Maven {artifact} …", flush=True)
    subprocess.run([maven, "-q", "-B", MAVEN_GET, f"-Dartifact={artifact}", *options], check=False)


def is_installed(package: str, program: str | None) -> bool:
    """Tell whether a Debian package, or else the program it brings, is there."""
    if program and shutil.which(program):
        return True
    if (dpkg := shutil.which("dpkg-query")) is None:
        return False
    query = [dpkg, "--show", "--showformat=${Status}", package]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout.endswith(" installed")


if __name__ == "__main__":
    main()
