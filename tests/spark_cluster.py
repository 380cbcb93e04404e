"""A real Spark cluster on this machine: a master and workers, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pyspark
from pyspark.sql import SparkSession

SPARK_HOME = Path(pyspark.__file__).parent
HOST = "127.0.0.1"
CONF = {
    "spark.driver.host": HOST,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.pyspark.python": sys.executable,
}
"""Of a session on this machine."""


@dataclass
class Cluster:
    """A running cluster; ``master`` is its address."""

    master: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def processor_s(self) -> float:
        """Return the processor seconds of all workers, their executors and Python processes."""
        processes = [psutil.Process(worker.pid) for worker in self.workers]
        whole = [each for one in processes for each in (one, *one.children(recursive=True))]
        return sum(sum(each.cpu_times()[:4]) for each in whole)

    def kill_worker(self) -> None:
        """End a worker and its executors at once, as a machine that loses power."""
        kill(self.workers.pop())


@contextmanager
def spark_cluster(folder: Path, *, workers: int = 2, memory: str = "1g") -> Iterator[Cluster]:
    """Run a master and workers of one core each until the block ends."""
    port = free_port()
    master = start(folder, "master.Master", "--port", str(port), "--webui-port", str(free_port()))
    cluster = Cluster(f"spark://{HOST}:{port}")
    try:
        wait_until_open(port, master)
        for number in range(workers):
            own = folder / f"worker-{number}"
            own.mkdir()
            told = ("--cores", "1", "--memory", memory, "--work-dir", str(own))
            ports = ("--webui-port", str(free_port()))
            cluster.workers.append(start(own, "worker.Worker", *told, *ports, cluster.master))
        yield cluster
    finally:
        for process in [*cluster.workers, master]:
            kill(process)


def start(folder: Path, kind: str, *options: str) -> "subprocess.Popen[bytes]":
    """Start a part of the cluster from the pyspark package, in a process group of its own."""
    script = SPARK_HOME / "bin" / "spark-class"
    environment = {
        **os.environ,
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,
    }
    with (folder / f"{kind}.log").open("wb") as log:
        return subprocess.Popen(
            ["bash", script, f"org.apache.spark.deploy.{kind}", "--host", HOST, *options],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process and those that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def wait_until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when somebody listens on the port."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the master of the cluster did not start")


def wait_for_tasks(session: SparkSession, job: Thread, *, of: int, count: int) -> int:
    """Return how many tasks of a stage of ``of`` are done, once there are ``count``."""
    tracker = session.sparkContext.statusTracker()
    while job.is_alive():
        for stage in tracker.getActiveStageIds():
            info: Any = tracker.getStageInfo(stage)
            if info and info.numTasks == of and info.numCompletedTasks >= count:
                return int(info.numCompletedTasks)
        time.sleep(0.02)
    raise AssertionError("no task was done")


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
