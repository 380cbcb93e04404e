"""A session on a Spark cluster, whose executors get this package by themselves."""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyspark.sql import SparkSession

from zones import PACKAGE_DIR
from zones.spark.cluster_faults import spark_faults
from zones.spark.task_splits import PIECE_BYTES

SETTINGS: Final[Mapping[str, str]] = {
    "spark.app.name": "heping-zones",
    "spark.log.level": "ERROR",
    # Little batches are answered at half the speed.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    # As costly to open as it is large: no two files share a task, so that each becomes a file.
    "spark.sql.files.maxPartitionBytes": str(PIECE_BYTES),
    "spark.sql.files.openCostInBytes": str(PIECE_BYTES),
    # month=01 stays 01, and a task need not sort its rows, which are of one folder.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.maxConcurrentOutputFileWriters": "16",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.hadoop.parquet.compression.codec.zstd.level": "1",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
"""What a session has unless its conf, or ``spark-submit``, says otherwise."""


@contextmanager
def spark_session(master: str | None, conf: Mapping[str, str]) -> Iterator[SparkSession]:
    """Give a session and stop it in every outcome.

    Parameters
    ----------
    master
        ``spark://host:7077``, ``yarn``, ``k8s://https://host:6443``, ``local[4]``; None leaves it
        to ``spark-submit``, and without that all cores of this machine work.

    Raises
    ------
    SparkError
        No Java, no such cluster, or it does not answer.
    """
    here = sys.executable if master is None or master.startswith("local") else ""
    if python := conf.get("spark.pyspark.python", here):
        # Read by spark-submit alone, and without it from the environment.
        os.environ.setdefault("PYSPARK_PYTHON", python)
    builder = SparkSession.builder
    for name, value in {**SETTINGS, **conf}.items():
        builder = builder.config(name, value)
    if master is not None:
        builder = builder.master(master)
    with spark_faults(), tempfile.TemporaryDirectory(prefix="zones-spark-") as folder:
        session = builder.getOrCreate()
        try:
            send_package(session, Path(folder))
            yield session
        finally:
            session.stop()


def send_package(session: SparkSession, folder: Path) -> None:
    """Send this package to the executors, which need numpy, shapely, pyproj and pyarrow.

    What was itself sent along by ``--py-files`` is there already.
    """
    if not PACKAGE_DIR.is_dir():
        return
    archive = folder / "heping_zones.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(PACKAGE_DIR.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                target.write(path, Path(PACKAGE_DIR.name, path.relative_to(PACKAGE_DIR)))
    session.sparkContext.addPyFile(str(archive))
