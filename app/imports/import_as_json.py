"""An import as JSON: as it is kept in the store, and as clients see it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Any

from app.http.fault_status import status_of
from app.http.links import Links, link
from app.problems.problem_document import title_of
from zones.errors import ConflictError, ZonesError
from zones.ingest.decisions_of_last_import import LastImport
from zones.ingest.run_import import ImportOptions
from zones.ingest.target_collection import has_changed
from zones.messages import Lang, MessageText, say
from zones.model import JSON
from zones.store.sql.records import DECIDABLE, ImportRecord, SavedMapping
from zones.store.sql.store import SqlStore

LONGEST_SHOWN = 400


def options_json(options: ImportOptions) -> dict[str, JSON]:
    """Return the options as kept: those that were given."""
    return {name: value for name, value in asdict(options).items() if value not in (None, "", ())}


def error_json(fault: ZonesError) -> dict[str, JSON]:
    """Return a fault as kept, so that any worker can say it in either language."""
    return {
        "code": fault.code,
        "status": status_of(fault),
        "loc": list(fault.loc),
        "params": {name: _plain(value) for name, value in fault.params.items()},
    }


def _plain(value: object) -> JSON:
    return value if isinstance(value, int | float | bool) else str(value)[:LONGEST_SHOWN]


def import_document(
    record: ImportRecord,
    links: Links,
    *,
    lang: Lang,
    expires_at: datetime | None,
    saved: SavedMapping | None = None,
    last: LastImport | None = None,
) -> dict[str, Any]:
    """Return an import as ``GET /imports/{id}`` shows it.

    Parameters
    ----------
    expires_at
        When its upload goes; None when it is gone, and nothing is left to decide.
    saved
        The mapping that is offered for its collection.
    last
        How the last file of its collection was read.
    """
    waits = expires_at is not None and record.state in DECIDABLE
    report = record.report.get(lang) if record.report else None
    return {
        **(report if isinstance(report, dict) else {}),
        "id": record.id,
        "collection": record.collection,
        "state": record.state,
        "progress": record.progress,
        "created_at": record.created_at,
        "finished_at": record.finished_at,
        "who": record.who,
        "file": {
            "name": record.file_name,
            "sha256": record.file_sha256,
            "bytes": record.file_bytes,
        },
        "options": dict(record.options),
        "decidable": waits,
        "expires_at": expires_at if waits else None,
        "saved_mapping": saved and mapping_json(saved),
        "last_import": last and last.as_json(),
        "revision": record.revision,
        "problem": problem_of(record, links, lang=lang),
        "links": _links(record, links, waits=waits),
    }


def mapping_json(saved: SavedMapping) -> dict[str, JSON]:
    """Return a saved mapping as clients see it."""
    document = dict(saved.mapping)
    return {**document, "key": saved.key, "saved_at": saved.saved_at.isoformat(), "who": saved.who}


def import_stale(store: SqlStore, collection_id: str, seen: int | None) -> None:
    """Refuse a decision by somebody who has not seen the collection as it is now.

    Raises
    ------
    ConflictError
    """
    if has_changed(store, collection_id, since=seen):
        raise ConflictError("import-stale", revision=seen)


def _links(record: ImportRecord, links: Links, *, waits: bool) -> list[dict[str, str]]:
    found = [link(links.to("import", import_id=record.id), "self", "application/json")]
    if waits:
        found += [
            link(links.to("decide-import", import_id=record.id), "decision", "application/json"),
            link(links.to("cancel-import", import_id=record.id), "cancel", "application/json"),
            link(
                links.to("import-preview", import_id=record.id, query=(("of", "problems"),)),
                "problems",
                "application/geo+json",
            ),
        ]
    if waits and record.state == "needs_decision":
        layers = links.to("import-layer", import_id=record.id)
        found.append(link(layers, "layers", "application/json"))
    if waits and record.state == "ready":
        preview = links.to("import-preview", import_id=record.id)
        found.append(link(preview, "preview", "application/geo+json"))
        changes = links.to("import-changes", import_id=record.id)
        found.append(link(changes, "changes", "application/json"))
    if record.state == "applied":
        items = links.to("items", collection_id=record.collection)
        found.append(link(items, "items", "application/geo+json"))
        collection = links.to("collection", collection_id=record.collection)
        found.append(link(collection, "collection", "application/json"))
        revision = links.to(
            "revision", collection_id=record.collection, number=str(record.revision)
        )
        found.append(link(revision, "revision", "application/json"))
    return found


def problem_of(record: ImportRecord, links: Links, *, lang: Lang) -> dict[str, Any] | None:
    """Return why the import stored nothing, as RFC 9457 document; None when it did not fail."""
    if record.state == "rejected":
        stored: Mapping[str, Any] = {"code": "import-rejected", "status": 422}
        errors = _errors_of(record, lang)
    elif record.state == "needs_decision":
        question = _question_of(record, lang)
        stored = {
            "code": "import-undecided",
            "status": 422,
            "params": {"question": question["message"]},
        }
        errors = [{"loc": ["body", question["topic"]], **_words(question)}]
    elif record.state == "failed":
        stored = record.error or {"code": "import-interrupted"}
        errors = [_error_of(stored, lang)]
    else:
        return None
    text = _text_of(stored, lang)
    status = stored.get("status", HTTPStatus.SERVICE_UNAVAILABLE)
    return {
        "type": f"{links.base}/problems/{stored['code']}",
        "title": title_of(status, lang),
        "status": status,
        "detail": str(text),
        "instance": links.path("import", import_id=record.id),
        "errors": errors,
    }


def _text_of(stored: Mapping[str, Any], lang: Lang) -> MessageText:
    return say(stored["code"], lang, **stored.get("params", {}))


def _error_of(stored: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    text = _text_of(stored, lang)
    return {
        "loc": stored.get("loc", []),
        "code": stored["code"],
        "message": text.message,
        "hint": text.hint or None,
    }


def _question_of(record: ImportRecord, lang: Lang) -> Mapping[str, Any]:
    """Return what a person has to decide, with the candidates."""
    report: Any = record.report
    question: Mapping[str, Any] = report[lang]["question"]
    return question


def _words(question: Mapping[str, Any]) -> dict[str, Any]:
    return {name: question[name] for name in ("code", "message", "hint")}


def _errors_of(record: ImportRecord, lang: Lang) -> list[dict[str, Any]]:
    """Return the errors among the findings of a report, its warnings and notes left out."""
    report: Any = record.report.get(lang, {})
    return [
        {name: problem[name] for name in ("loc", "code", "message", "hint")}
        for problem in report.get("problems", [])
        if problem["severity"] == "error"
    ]
