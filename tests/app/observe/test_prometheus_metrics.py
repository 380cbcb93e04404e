"""Counts of several workers, told by any of them."""

import os
from pathlib import Path

from app.observe.counts_of_all_workers import counts_folder
from app.observe.prometheus_metrics import Metrics


def counted(metrics: Metrics, name: str) -> float:
    """Return the value of a sample."""
    lines = metrics.text([]).splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_whichever_worker_is_asked_tells_what_all_did() -> None:
    with counts_folder():
        first, second = Metrics(), Metrics()
        for seconds in (0.0005, 0.3):
            first.count_request("GET", 200, seconds)
        first.publish()
        second.count_request("GET", 200, 11)
        second.count_import("done")
        for _ in range(2):  # asking changes nothing
            for worker in (second, first):
                assert counted(worker, 'zones_requests_total{method="GET",status="200"}') == 3
                assert counted(worker, 'zones_request_seconds_bucket{le="0.001"}') == 1
                assert counted(worker, 'zones_request_seconds_bucket{le="0.5"}') == 2
                assert counted(worker, "zones_request_seconds_count") == 3
                assert counted(worker, "zones_request_seconds_sum") == 0.3005 + 11
                assert counted(worker, 'zones_imports_total{outcome="done"}') == 1


def test_counts_do_not_fall_when_a_worker_ends() -> None:
    with counts_folder():
        ended = Metrics()
        ended.count_request("GET", 200, 1)
        ended.publish()
        del ended
        assert counted(Metrics(), "zones_request_seconds_count") == 1


def test_a_folder_of_counts_goes_with_the_service() -> None:
    before = dict(os.environ)
    with counts_folder():
        (named,) = set(os.environ.items()) - set(before.items())
        metrics = Metrics()
        metrics.count_request("GET", 200, 1)
        metrics.publish()
        assert len([*Path(named[1]).iterdir()]) == 1
    assert not Path(named[1]).exists()
    assert os.environ == before
    # Asked on the way out, it still tells its own.
    metrics.count_request("GET", 200, 1)
    assert counted(metrics, "zones_request_seconds_count") == 2


def test_without_a_service_each_worker_tells_its_own() -> None:
    first, second = Metrics(), Metrics()
    first.count_request("GET", 404, 1)
    first.publish()
    assert counted(second, "zones_request_seconds_count") == 0
