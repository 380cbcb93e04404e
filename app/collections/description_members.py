"""What a collection is said to be: members of a JSON object -> the description, each checked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from app.http.fault_status import RequestError
from app.http.json_body import text_member
from zones.drawing.staff_layer_style import read_symbology, usual_style
from zones.errors import ValidationError
from zones.messages import say
from zones.model import CodedValue, CollectionInfo, FieldInfo
from zones.properties.feature_name import NAME
from zones.snapshot.collection import Collection

LONGEST_TITLE, LONGEST_TEXT = 200, 5_000
LONGEST_LISTED: Final = 400
HIGHEST_ORDER: Final = 100_000
MOST_CODES: Final = 1_000
MOST_KEYWORDS, LONGEST_KEYWORD = 50, 100
CODED: Final = '{"title": "地类", "codes": [{"code": "0701", "text": "城镇住宅用地"}]}'
DESCRIBED: Final = {
    "title": "地块",
    "title_en": "Parcels",
    "description": "2026 年第三季度地籍",
    "description_en": "Cadastre, third quarter of 2026",
    "source": "和平区自然资源局",
    "licence": "仅限区内使用",
    "contact": "gis@heping.example",
    "keywords": '["地籍", "parcels"]',
    "title_field": "名称",
    "key": "地块编号",
    "visible": "false",
    "colour": "#5b3a8c",
    "style": '{"property": "用途", "categories": [{"values": ["R"], "fill": "#ffdd55"}]}',
    "private": "false",
    "order": "100",
    "fields": '{"DKBH": "地块编号"}',
}
"""The members that describe a collection, each with an example."""

_BETWEEN_KEYWORDS: Final = re.compile(r"[,，;；、\n]")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_TEXTS: Final = {
    "title": LONGEST_TITLE,
    "title_en": LONGEST_TITLE,
    "description": LONGEST_TEXT,
    "description_en": LONGEST_TEXT,
    "source": LONGEST_TITLE * 5,
    "licence": LONGEST_TITLE * 5,
    "contact": LONGEST_TITLE * 5,
}
_NEEDED: Final = frozenset({"title", "title_en"})


def described_by(members: Mapping[str, Any], collection: Collection) -> CollectionInfo:
    """Return the collection's description with the members given in their places.

    Raises
    ------
    RequestError
        If nothing is given, or a member cannot be what it is.
    """
    if not members:
        listed = ", ".join(DESCRIBED)
        raise RequestError("nothing-described", loc=("body",), known=listed)
    info = collection.info
    for name in members:
        info = _READERS[name](members, info, collection)
    return info


def why_described(before: CollectionInfo, info: CollectionInfo) -> str:
    """Return in words what a new description changes."""
    if replace(before, title_field=info.title_field) == info:
        named = info.title_field or NAME
        return f"以“{named}”为要素名称 / name features by {named}"
    changed = [name for name in DESCRIBED if getattr(before, name) != getattr(info, name)]
    chinese = "、".join(say(f"described-{name}", "zh").message for name in changed)
    return f"修改集合说明：{chinese} / describe the collection: {', '.join(changed)}"


def _text(name: str) -> "Reader":
    def read(members: Mapping[str, Any], info: CollectionInfo, _: Collection) -> CollectionInfo:
        text_members = {name: members[name] if members[name] is not None or name in _NEEDED else ""}
        value = text_member(text_members, name, limit=_TEXTS[name]).strip()
        if not value and name in _NEEDED:
            raise RequestError("parameter-missing", loc=("body", name), name=name)
        one_member: dict[str, Any] = {name: value}
        return replace(info, **one_member)

    return read


def _property(name: str) -> "Reader":
    def read(members: Mapping[str, Any], info: CollectionInfo, of: Collection) -> CollectionInfo:
        chosen: dict[str, Any] = {name: property_of(members, name, of)}
        return replace(info, **chosen)

    return read


def property_of(members: Mapping[str, Any], member: str, collection: Collection) -> str | None:
    """Return the property that a member names, None where it takes the choice back.

    Raises
    ------
    RequestError
        If the member is no text, or no property of the collection.
    """
    if members[member] in (None, ""):
        return None
    name = text_member(dict(members), member, limit=LONGEST_TITLE)
    known = _properties(collection)
    if name in known:
        return name
    listed = ", ".join(known)[:LONGEST_LISTED] or "—"
    code = "title-field-unknown" if member == "title_field" else "property-unknown"
    raise RequestError(code, loc=("body", member), name=name[:80], known=listed)


def _properties(collection: Collection) -> dict[str, None]:
    return dict.fromkeys(collection.names)


def _keywords(members: Mapping[str, Any], info: CollectionInfo, _: Collection) -> CollectionInfo:
    """Take a list of keywords, or a text with commas between them, each once; none for null."""
    value = members["keywords"]
    listed = _BETWEEN_KEYWORDS.split(value) if isinstance(value, str) else value or []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise _no_choice("keywords", value, DESCRIBED["keywords"])
    keywords = tuple(dict.fromkeys(" ".join(each.split()) for each in listed if each.strip()))
    if len(keywords) > MOST_KEYWORDS or any(len(each) > LONGEST_KEYWORD for each in keywords):
        choices = f"≤ {MOST_KEYWORDS} × {LONGEST_KEYWORD}"
        raise _no_choice("keywords", value, choices)
    return replace(info, keywords=keywords)


def _visible(members: Mapping[str, Any], info: CollectionInfo, _: Collection) -> CollectionInfo:
    value = members["visible"]
    if value is not None and not isinstance(value, bool):
        raise _no_choice("visible", value, "true, false, null")
    return replace(info, visible=value)


def _private(members: Mapping[str, Any], info: CollectionInfo, _: Collection) -> CollectionInfo:
    """Hide the collection from all who have no right in it, or show it to everybody."""
    value = members["private"]
    if not isinstance(value, bool):
        raise _no_choice("private", value, "true, false")
    if value and info.part_of_plan:
        raise RequestError("plan-not-private", loc=("body", "private"), collection=info.id)
    return replace(info, private=value)


def _colour(members: Mapping[str, Any], info: CollectionInfo, _: Collection) -> CollectionInfo:
    value = members["colour"]
    if value is None:
        return replace(info, colour=None)
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise _no_choice("colour", value, "#rrggbb, null")
    return replace(info, colour=value.lower())


def _style(members: Mapping[str, Any], info: CollectionInfo, of: Collection) -> CollectionInfo:
    """Take a look for all features, by categories or by classes; null takes it back."""
    value = members["style"]
    if value is None:
        return replace(info, style=None)
    if info.part_of_plan:
        raise RequestError("style-of-plan", loc=("body", "style"), collection=info.id)
    try:
        symbology = read_symbology(value, usual=usual_style(info))
    except ValidationError as fault:
        raise RequestError(fault.code, loc=("body", *fault.loc), **fault.params) from fault
    known = _properties(of)
    for member, name in (("property", symbology.property), ("label", symbology.label)):
        if name and name not in known:
            listed = ", ".join(known)[:LONGEST_LISTED] or "—"
            loc = ("body", "style", member)
            raise RequestError("property-unknown", loc=loc, name=name[:80], known=listed)
    return replace(info, style=orjson.dumps(value).decode())


def _order(members: Mapping[str, Any], info: CollectionInfo, _: Collection) -> CollectionInfo:
    value = members["order"]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_ORDER:
        raise _no_choice("order", value, f"0 – {HIGHEST_ORDER}")
    return replace(info, order=value)


def _fields(members: Mapping[str, Any], info: CollectionInfo, of: Collection) -> CollectionInfo:
    """Give properties titles and codes; empty ones, or null, take them away, others stay."""
    value = members["fields"]
    if not isinstance(value, dict):
        raise _no_choice("fields", value, DESCRIBED["fields"])
    known = {field.name: field for field in info.fields}
    there = {**_properties(of), **dict.fromkeys(known)}
    for name, description in value.items():
        if name not in there:
            listed = ", ".join(there)[:LONGEST_LISTED] or "—"
            loc = ("body", "fields", name[:80])
            raise RequestError("property-unknown", loc=loc, name=name[:80], known=listed)
        known[name] = _field(known.get(name, FieldInfo(name)), description)
    described = tuple(field for field in known.values() if field.title or field.codes)
    return replace(info, fields=described)


def _field(field: FieldInfo, members: Any) -> FieldInfo:
    """Return a field with the title that a text gives, or with the members of an object."""
    description = members if isinstance(members, dict) else {"title": members}
    if not description.keys() <= {"title", "codes"}:
        raise _no_choice(f"fields.{field.name[:80]}", members, CODED)
    if "title" in description:
        members_of_title = {field.name: description["title"] or ""}
        title = text_member(members_of_title, field.name, limit=LONGEST_TITLE).strip()
        field = replace(field, title=title)
    return (
        replace(field, codes=_codes(field, description["codes"]))
        if "codes" in description
        else field
    )


def _codes(field: FieldInfo, members: Any) -> tuple[CodedValue, ...]:
    """Return what values of a field stand for, each code once."""
    listed = members or []
    is_listed = isinstance(listed, list) and len(listed) <= MOST_CODES
    if not is_listed or not all(map(_is_code, listed)):
        raise _no_choice(f"fields.{field.name[:80]}.codes", members, CODED)
    codes = {each["code"]: CodedValue(each["code"], each["text"].strip()) for each in listed}
    if len(codes) < len(listed):
        raise _no_choice(f"fields.{field.name[:80]}.codes", members, CODED)
    return tuple(codes.values())


def _is_code(members: Any) -> bool:
    if not isinstance(members, dict) or members.keys() != {"code", "text"}:
        return False
    code, text = members["code"], members["text"]
    is_value = isinstance(code, int | float | str) and not isinstance(code, bool) and code != ""
    short = isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_TITLE
    return is_value and short and len(str(code)) <= LONGEST_TITLE


def _no_choice(name: str, value: object, choices: str) -> RequestError:
    shown = str(value)[:80]
    loc = ("body", name)
    return RequestError("parameter-choice", loc=loc, name=name, given=shown, choices=choices)


Reader = Callable[[Mapping[str, Any], CollectionInfo, Collection], CollectionInfo]
_READERS: Final[Mapping[str, Reader]] = {
    **{name: _text(name) for name in _TEXTS},
    "title_field": _property("title_field"),
    "key": _property("key"),
    "keywords": _keywords,
    "visible": _visible,
    "private": _private,
    "colour": _colour,
    "style": _style,
    "order": _order,
    "fields": _fields,
}
