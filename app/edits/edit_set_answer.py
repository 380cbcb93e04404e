"""What became of a set of edits, as clients see it."""

from typing import Any

from app.edits.check_edit_set_job import CheckedCollection
from app.edits.store_edit_set import EditsStaleError, SetEdited
from zones.ingest.import_report import problem_as_json
from zones.messages import Lang


def set_json(made: SetEdited, lang: Lang) -> dict[str, Any]:
    """Return the revision, new ids, and all that the checks found."""
    return {
        "revision": made.revision,
        "created": {name: list(fids) for name, fids in made.created.items() if fids},
        **refused_json(made, lang),
    }


def refused_json(made: SetEdited, lang: Lang) -> dict[str, Any]:
    """Return what the checks found: ``problems`` of features by themselves, and ``topology``."""
    return {
        "problems": [problem for each in made.checked for problem in _problems(each, lang)],
        "topology": [problem for each in made.checked for problem in _topology(each, lang)],
    }


def _problems(each: CheckedCollection, lang: Lang) -> list[dict[str, Any]]:
    return [
        {**problem_as_json(problem, lang), "collection": each.info.id, "feature": fid}
        for fid, problem in each.checked.problems
    ]


def _topology(each: CheckedCollection, lang: Lang) -> list[dict[str, Any]]:
    return [
        {
            **problem_as_json(found.problem, lang),
            "collection": each.info.id,
            "feature": found.fid,
            "other": found.other,
        }
        for found in each.topology
    ]


def stale_json(fault: EditsStaleError) -> dict[str, Any]:
    """Return the revision that is there now, and which features differ from those seen."""
    return {
        "revision": fault.revision,
        "changed": {
            name: {
                "added": list(found.added),
                "changed": list(found.changed),
                "removed": list(found.removed),
            }
            for name, found in fault.changed.items()
        },
    }
