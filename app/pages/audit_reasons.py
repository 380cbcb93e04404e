"""Reasons in the audit log as people read them: words, and beside them what the log holds.

The log keeps codes and ids, which do not change with a language or a name. A page says what they
mean; words that somebody wrote are shown as they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.pages.revision_notes import note_in
from zones.messages import Lang, catalogue, say
from zones.store.sql.records import ROLES

IMPORT_ENDS: Final = ("needs_decision", "ready", "applied", "rejected", "failed")
_EDIT = re.compile(r"(?P<verb>create|replace|update|delete) (?P<fid>\S+)(?:: (?P<code>[\w-]+))?")
_FAULT = re.compile(r"(?P<code>[a-z][\w-]+)(?:: (?P<rest>.*))?", re.DOTALL)
_ROLE = re.compile(
    rf"(?P<role>{'|'.join((*ROLES, 'none'))}) (?P<id>\S+?)(?:: (?P<members>[\w, ]+))?"
)
_GROUP = re.compile(r"(?P<name>.+) (?P<id>\S+): (?P<count>\d+)")
_VALUE = re.compile(r"\{\w+[^}]*\}")


@dataclass(frozen=True, slots=True)
class ReasonText:
    """What a reason says, and what the log holds where that is something else."""

    words: str
    raw: str = ""


def reason_text(
    action: str, outcome: str, reason: str | None, *, lang: Lang, names: Mapping[str, str]
) -> ReasonText:
    """Return a reason of the audit log in words.

    Parameters
    ----------
    names
        Names of people, groups and keys by their ids.
    """
    raw = reason or ""
    words = _words(action, outcome, raw, lang, names) or note_in(raw, lang)
    return ReasonText(words, "" if words in raw else raw)


def _words(action: str, outcome: str, raw: str, lang: Lang, names: Mapping[str, str]) -> str | None:
    """Return the words for what a program wrote; None for what a person did."""
    if action == "import" and raw in IMPORT_ENDS:
        return say(f"staff-state-{raw}", lang).message
    if action == "edit" and raw == "edits":  # several at once, without a note
        return say("people-reason-edits", lang).message
    if action == "edit" and (edit := _EDIT.fullmatch(raw)):
        fid = "" if edit["fid"] == "None" else edit["fid"]  # a new feature has no id yet
        done = say(f"people-verb-{edit['verb']}", lang, fid=fid).message.rstrip()
        return f"{done}{_stop(lang)}{_fault(edit['code'], lang)}" if edit["code"] else done
    if outcome != "ok" and (fault := _FAULT.fullmatch(raw)) and fault["code"] in catalogue():
        about = f"{_stop(lang)}{fault['rest']}" if fault["rest"] else ""
        return _fault(fault["code"], lang) + about
    if action == "restore" and raw.startswith("revision "):
        return say("people-reason-restored", lang, number=raw.removeprefix("revision ")).message
    return _about_people(action, raw, lang, names)


def _fault(code: str, lang: Lang) -> str:
    """Return the message of a fault, dots for what it said of the occasion."""
    words = catalogue().get(code)
    return code if words is None else _VALUE.sub("…", words[lang]).rstrip("。.")


def _stop(lang: Lang) -> str:
    return "：" if lang == "zh" else ": "


def _about_people(action: str, raw: str, lang: Lang, names: Mapping[str, str]) -> str | None:
    """Return who was given what; ids are those of accounts, groups and keys."""
    if action == "give-rights":
        return _rights(raw, lang, names)
    if action in {"make-group", "change-group"} and (group := _GROUP.fullmatch(raw)):
        return say("people-reason-group", lang, name=group["name"], count=group["count"]).message
    if raw.startswith("end ") and (ended := raw.removeprefix("end ")) in names:
        return say("people-reason-ended", lang, name=names[ended]).message
    if raw in names:
        return names[raw]
    if action.endswith(("-account", "-key", "-password")) and (one := _ROLE.fullmatch(raw)):
        members = [_member(each, lang) for each in (one["members"] or "").split(", ") if each]
        comma = "、" if lang == "zh" else ", "
        changed = f"{_stop(lang)}{comma.join(members)}" if members else ""
        return _role(one["role"], one["id"], lang, names) + changed
    return None


def _rights(raw: str, lang: Lang, names: Mapping[str, str]) -> str | None:
    given = [_ROLE.fullmatch(each) for each in raw.split(", ")]
    if raw == "—":
        return say("people-reason-no-rights", lang).message
    if not all(given):
        return None
    told = [_role(each["role"], each["id"], lang, names) for each in given if each]
    return ("，" if lang == "zh" else ", ").join(told)


def _role(role: str, id_: str, lang: Lang, names: Mapping[str, str]) -> str:
    """Return a holder with the role, by its id where nobody knows it any more."""
    role_word = say(f"people-role-{role}", lang).message
    return f"{names.get(id_, id_)}{_stop(lang)}{role_word}"


def _member(name: str, lang: Lang) -> str:
    code = f"people-changed-{name}"
    return say(code, lang).message if code in catalogue() else name
