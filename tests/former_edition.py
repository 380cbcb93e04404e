"""A former edition of the plan's data, made from ours: one border and four sites differ."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

Features = list[dict[str, Any]]
MOVED = "border-e25-1"


def make_former(seed_dir: Path, folder: Path) -> Path:
    """Return a seed in a new folder, in which the border is less accurate than in ours.

    A site of ours is not in it yet, one of its own has ended since, two others have another note.
    """
    seed = shutil.copytree(seed_dir, folder)
    rewrite(seed, "borders", lambda found: properties(found, MOVED).update(accuracy_m=20))
    rewrite(seed, "sites", _earlier_sites)
    return seed


def rewrite(seed: Path, collection_id: str, change: Callable[[Features], None]) -> None:
    """Change the features of a file of a seed."""
    path = seed / f"{collection_id}.geojson"
    told = orjson.loads(path.read_bytes())
    change(told["features"])
    path.write_bytes(orjson.dumps(told))


def properties(features: Features, fid: str) -> dict[str, Any]:
    """Return the properties of a feature, to be changed."""
    found: dict[str, Any] = next(f["properties"] for f in features if f["id"] == fid)
    return found


def _earlier_sites(features: Features) -> None:
    features[0]["id"] = "pl-gone"
    for fid in ("pl-k11", "pl-yi-da-yi-yuan"):
        properties(features, fid)["note"] = "第一版"
