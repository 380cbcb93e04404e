"""The fields of an import's form -> its options."""

from collections.abc import Mapping
from typing import Final

from app.errors import RequestError, RequestFaultsError
from zones.crs import parse_crs
from zones.errors import UnknownCRSError, ZonesError
from zones.ingest import ImportMode, ImportOptions

FORM_FIELDS: Final[Mapping[str, str]] = {
    "crs": "文件的坐标系，如 EPSG:4550、gcj02；有 .prj 时可不给 / CRS of the file",
    "datum": "坐标的偏移基准：gcj02 或 bd09 / shifted datum of the coordinates",
    "encoding": "属性的文字编码，如 utf-8、gb18030 / encoding of the attributes",
    "layer": "文件内的图层 / layer in the file",
    "mode": "replace | append | upsert",
    "key": "upsert 的主键字段 / field that identifies a feature",
    "repair": "true：修复几何 / repair geometry",
    "dry_run": "true：只检查 / check only",
    "allow_empty": "true：允许清空集合 / allow the collection to become empty",
    "note": "修改说明 / why",
}
LONGEST: Final = {"note": 2_000}
LONGEST_FIELD: Final = 200

_TRUTH: Final = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off", ""), False),
}


def options_of(fields: Mapping[str, str]) -> ImportOptions:
    """Return the options of a form; an empty field counts as not given.

    Raises
    ------
    RequestFaultsError
        With every field that is unknown or cannot be what it is.
    """
    reader = _Reader(fields)
    options = ImportOptions(
        crs=reader.crs("crs"),
        datum=reader.crs("datum"),
        encoding=reader.text("encoding"),
        layer=reader.text("layer"),
        mode=ImportMode(reader.choice("mode", tuple(ImportMode), ImportMode.REPLACE)),
        key=reader.text("key"),
        repair=reader.truth("repair"),
        dry_run=reader.truth("dry_run"),
        allow_empty=reader.truth("allow_empty"),
        note=reader.text("note") or "",
    )
    if reader.faults:
        raise RequestFaultsError(reader.faults)
    return options


class _Reader:
    """Reads one field after the other and gathers what is wrong with them."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        known = ", ".join(FORM_FIELDS)
        self.faults: list[ZonesError] = [
            RequestError("parameter-unknown", loc=("body", name), name=name[:80], known=known)
            for name in fields
            if name not in FORM_FIELDS
        ]

    def text(self, name: str) -> str | None:
        value = self._fields.get(name) or None
        limit = LONGEST.get(name, LONGEST_FIELD)
        if value is not None and len(value) > limit:
            self._add("text-too-long", name, limit=limit)
            return None
        return value

    def crs(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return parse_crs(value).key
        except UnknownCRSError as fault:
            self.faults.append(UnknownCRSError(fault.code, loc=("body", name), **fault.params))
            return None

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value in choices:
            return value
        self._add("parameter-choice", name, given=value[:80], choices=", ".join(choices))
        return default

    def truth(self, name: str) -> bool:
        value = (self.text(name) or "").lower()
        if value in _TRUTH:
            return _TRUTH[value]
        self._add("parameter-choice", name, given=value[:80], choices="true, false")
        return False

    def _add(self, code: str, name: str, **params: object) -> None:
        self.faults.append(RequestError(code, loc=("body", name), name=name, **params))
