"""What is revoked is refused by every worker within seconds."""

import shutil
import time
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.app.processes import Server, server

WORKERS, CONNECTIONS = 2, 16
WITHIN_S = 5.0
"""As ``app/README.md`` has it."""


@pytest.mark.slow
def test_a_revoked_key_is_refused_by_every_worker_within_five_seconds(
    seeded_file: Path, tmp_path: Path
) -> None:
    store = Path(shutil.copy(seeded_file, tmp_path / "zones.sqlite"))
    with server(store, workers=WORKERS, public_read="false") as running:
        key = running.client.post("/keys", json={"name": "a", "role": "reader"}).json()
        assert statuses(running, key["secret"]) == {200}  # by now each worker remembers it
        assert running.client.delete(f"/keys/{key['id']}").is_success
        time.sleep(WITHIN_S)
        assert statuses(running, key["secret"]) <= {401, 429}  # 429: tried too often


def statuses(running: Server, secret: str) -> set[int]:
    """Return how a key is answered over many connections, which all workers share."""
    headers = {"Authorization": f"Bearer {secret}"}
    found = set()
    for _ in range(CONNECTIONS):
        with httpx.Client(base_url=running.client.base_url, headers=headers) as client:
            found.add(client.get("/collections/zones/items?limit=1").status_code)
    return found
