"""A set of edits in the body of a request: what it puts and deletes, in which collections."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.http.fault_status import RequestError
from app.http.json_body import text_member
from zones.geojson.lossy_numbers import has_long_number

MOST_FEATURES: Final = 500
MOST_COLLECTIONS: Final = 10
LONGEST_NOTE: Final = 500
LONGEST_ID: Final = 200
MEMBERS: Final = ("note", "changes", "dry_run")
CHANGE_MEMBERS: Final = ("collection", "put", "delete")
FEATURE_MEMBERS: Final = ("type", "id", "geometry", "properties")
EXAMPLE: Final = (
    '{"note": "…", "changes": [{"collection": "parcels", '
    '"put": [{"type": "Feature", "id": "1", "geometry": {…}}], "delete": ["2"]}]}'
)

_OWN_LISTS: Final = re.compile(rb'"(?:changes|put|delete)"\s*:\s*\[')
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CollectionEdits:
    """What becomes of one collection.

    ``put`` are features; one that is there keeps its geometry or its properties where the document
    has none. ``id`` None makes a new one. ``delete`` are ids.
    """

    collection_id: str
    put: tuple[Document, ...]
    delete: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All edits that become one revision; ``dry_run`` only checks them."""

    note: str
    changes: tuple[CollectionEdits, ...]
    dry_run: bool


def change_set_of(body: bytes, document: Document) -> ChangeSet:
    """Return the set of edits that a JSON object asks for.

    Raises
    ------
    RequestError
        With the place in the body.
    """
    _check_members(document, MEMBERS, ("body",))
    changes = document.get("changes")
    if not isinstance(changes, list) or not 0 < len(changes) <= MOST_COLLECTIONS:
        raise RequestError("body-shape", loc=("body", "changes"), example=EXAMPLE)
    dry_run = document.get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise _no_choice("dry_run", dry_run)
    read = tuple(_edits(change, ("body", "changes", n)) for n, change in enumerate(changes))
    count = sum(len(each.put) + len(each.delete) for each in read)
    if count > MOST_FEATURES:
        raise RequestError("edits-too-many", loc=("body",), count=count, limit=MOST_FEATURES)
    names = [each.collection_id for each in read]
    if len(set(names)) != len(names):
        raise RequestError("edits-collection-twice", loc=("body", "changes"))
    # Lists of our own hold objects; only those of properties hold numbers that matter.
    if has_long_number(_OWN_LISTS.sub(b'"features":[', body)):
        raise RequestError("edits-number-not-kept", loc=("body", "changes"))
    note = text_member(dict(document), "note", limit=LONGEST_NOTE, default="").strip()
    return ChangeSet(note, read, dry_run)


def _edits(change: Any, loc: tuple[str | int, ...]) -> CollectionEdits:
    if not isinstance(change, dict) or not isinstance(change.get("collection"), str):
        raise RequestError("body-shape", loc=loc, example=EXAMPLE)
    _check_members(change, CHANGE_MEMBERS, loc)
    put, delete = change.get("put", []), change.get("delete", [])
    if not isinstance(put, list) or not isinstance(delete, list):
        raise RequestError("body-shape", loc=loc, example=EXAMPLE)
    documents = tuple(_feature(each, (*loc, "put", n)) for n, each in enumerate(put))
    if not all(isinstance(fid, str) and len(fid) <= LONGEST_ID for fid in delete):
        raise RequestError("body-id", loc=(*loc, "delete"))
    ids = [*delete, *(each["id"] for each in documents if "id" in each)]
    if len(set(ids)) != len(ids):
        raise RequestError("edits-feature-twice", loc=loc)
    return CollectionEdits(change["collection"], documents, tuple(delete))


def _feature(document: Any, loc: tuple[str | int, ...]) -> Document:
    if not isinstance(document, dict) or document.get("type") != "Feature":
        raise RequestError("body-shape", loc=loc, example=EXAMPLE)
    _check_members(document, FEATURE_MEMBERS, loc)
    fid = document.get("id", "")
    if not isinstance(fid, str) or len(fid) > LONGEST_ID:
        raise RequestError("body-id", loc=(*loc, "id"))
    if "id" not in document and "geometry" not in document:
        raise RequestError("edits-new-without-geometry", loc=loc)
    return document


def _check_members(document: Document, known: tuple[str, ...], loc: tuple[str | int, ...]) -> None:
    for name in document:
        if name not in known:
            shown, listed = name[:80], ", ".join(known)
            raise RequestError("body-member-unknown", loc=(*loc, shown), name=shown, known=listed)


def _no_choice(name: str, value: object) -> RequestError:
    params = {"name": name, "given": str(value)[:80], "choices": "true, false"}
    return RequestError("parameter-choice", loc=("body", name), **params)
