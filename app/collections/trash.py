"""Collections that were dropped, and how each is brought back."""

from dataclasses import dataclass
from typing import Any

from app.http.links import Links, link
from app.http.responses import JSON_TYPE
from zones.messages import Lang
from zones.model import CollectionInfo, Revision
from zones.store.sql.store import SqlStore


@dataclass(frozen=True, slots=True)
class Dropped:
    """A collection as it was last, and the revision that ended it."""

    info: CollectionInfo
    ended_by: Revision

    @property
    def last(self) -> int:
        """The last revision in which it was there."""
        return self.ended_by.number - 1


def dropped_collections(store: SqlStore) -> list[Dropped]:
    """Return the collections that are no longer there, the one dropped last first.

    Those whose last version was pruned cannot be brought back, and are not among them.
    """
    there = {info.id for info in store.collections()}
    ended: dict[str, Revision] = {}
    is_pruned: dict[str, bool] = {}
    for revision in store.revisions():  # newest first
        for id_ in revision.collections:
            if id_ in ended:
                is_pruned.setdefault(id_, id_ in revision.pruned)
            elif id_ not in there:
                ended[id_] = revision
    return [
        Dropped(info, revision)
        for id_, revision in ended.items()
        if not is_pruned.get(id_)
        for info in store.collections(revision=revision.number - 1)
        if info.id == id_
    ]


def trash_document(found: list[Dropped], links: Links, *, lang: Lang) -> dict[str, Any]:
    """Return the dropped collections as clients see them."""
    return {
        "links": [link(links.to("trash"), "self", JSON_TYPE)],
        "collections": [_entry(each, links, lang=lang) for each in found],
    }


def _entry(dropped: Dropped, links: Links, *, lang: Lang) -> dict[str, Any]:
    info, revision = dropped.info, dropped.ended_by
    back = links.to("restore-revision", collection_id=info.id, number=str(dropped.last))
    return {
        "id": info.id,
        "title": info.title_en if lang == "en" else info.title,
        "dropped_at": revision.at,
        "who": revision.note.who,
        "revision": revision.number,
        "last_revision": dropped.last,
        "links": [link(back, "restore", JSON_TYPE)],
    }
