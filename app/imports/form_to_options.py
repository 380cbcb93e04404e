"""The fields of an import's form -> its options."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

import orjson

from app.http import parameters
from app.http.fault_status import RequestError, RequestFaultsError
from app.http.json_body import parse_json
from zones.crs.transform import parse_crs
from zones.errors import UnknownCRSError, ValidationError, ZonesError
from zones.ingest.field_mapping import FieldMapping, mapping_from
from zones.ingest.import_options import Match
from zones.ingest.run_import import ImportMode, ImportOptions
from zones.model import JSON, GeometryKind
from zones.source.model import NOT_SHIFTED
from zones.source.reading_choices import LEAST_MAP_SCALE, MOST_MAP_SCALE, Angles

REPEATED: Final = frozenset({"layer"})
"""Fields that may be given several times."""

FORM_FIELDS: Final[Mapping[str, str]] = {
    "crs": "文件的坐标系，如 EPSG:4550、gcj02；有 .prj 时可不给 / CRS of the file",
    "datum": "坐标的偏移基准：gcj02 或 bd09；none：确未偏移 / shifted datum of the coordinates; "
    "none: not shifted",
    "angles": "度数的写法：dms 为 ddd.mmssss（度.分秒），decimal 为十进制度"
    " / how degrees are written: dms is ddd.mmssss, decimal is decimal degrees",
    "map_scale": "图件比例尺的分母，如 500：坐标是图上毫米时按它换算成米"
    " / scale of a map in millimetres, 500 for 1:500",
    "encoding": "属性的文字编码，如 utf-8、gb18030 / encoding of the attributes",
    "layer": "文件内的图层；可重复，* 为全部 / layer in the file; repeat it for several, * for all",
    "mode": "replace | append | upsert",
    "key": "识别要素的字段，集合会记住；不给则按文件的标识、上次的字段、常见编号字段"
    "（BSM、地块编号…），都没有则按内容和位置 / field that tells features apart; remembered",
    "match": "auto | content：不看编号，按内容和位置对应 / by content and place",
    "repair": "true：修复几何 / repair geometry",
    "dry_run": "true：只检查 / check only",
    "allow_empty": "true：允许清空集合 / allow the collection to become empty",
    "note": "修改说明 / why",
    "mapping": "字段映射 / which fields become which properties: "
    '{"fields": {"源字段": "属性名", "不要的": null}, "rest": "keep" | "drop"}',
    "save_mapping": "true：写入后保存映射，下次导入时提供 / keep the mapping for the next import",
    "as_before": "true：字段映射同上次导入 / map the fields as in the last import",
    "create": "true：新建集合，与数据同一修订版 / make the collection, in the same revision",
    "title": "集合的名称，已有集合则改名 / title; renames one that is there",
    "title_en": "集合的英文名称 / its title in English",
    "kinds": "新集合的几何类型，逗号分隔：point, line, polygon / its kinds of geometry",
    "title_field": "以哪个字段为要素名称；不给则按常见字段名查找（name、名称、MC、DKMC…）"
    " / field that names the features; else found by its usual headings",
    "official": "true：官方界线，争议区不再适用 / official boundaries, which settle disputes",
    "accuracy_m": "官方界线的精度（米），文件没有写明时用；缺省 1"
    " / accuracy of official boundaries of which the file states none, metres; 1 by default",
    "base_revision": "所比较的修订版；此后有改动则不写入 / revision that was compared with",
}
LONGEST: Final = {"note": 2_000, "mapping": 20_000}
LONGEST_FIELD: Final = 200
MOST_METRES: Final = 100_000
KINDS: Final[tuple[GeometryKind, ...]] = get_args(GeometryKind)

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
        datum=reader.datum("datum"),
        angles=reader.angles("angles"),
        map_scale=reader.map_scale("map_scale"),
        encoding=reader.text("encoding"),
        layer=reader.layers("layer"),
        mode=ImportMode(reader.choice("mode", tuple(ImportMode), ImportMode.REPLACE)),
        key=reader.text("key"),
        match=Match(reader.choice("match", tuple(Match), Match.AUTO)),
        repair=reader.truth("repair"),
        dry_run=reader.truth("dry_run"),
        allow_empty=reader.truth("allow_empty"),
        note=reader.text("note") or "",
        mapping=reader.mapping("mapping"),
        save_mapping=reader.truth("save_mapping"),
        as_before=reader.truth("as_before"),
        create=reader.truth("create"),
        title=reader.text("title") or "",
        title_en=reader.text("title_en") or "",
        kinds=reader.kinds("kinds"),
        title_field=reader.text("title_field") or "",
        official=reader.truth("official"),
        accuracy_m=reader.metres("accuracy_m"),
        base_revision=reader.revision("base_revision"),
    )
    if reader.faults:
        raise RequestFaultsError(reader.faults)
    return options


def as_list(names: Sequence[JSON]) -> str:
    """Return several names as the text of one field, which ``options_of`` takes apart again."""
    filled = [name for name in names if name]
    return orjson.dumps(filled).decode() if filled else ""


def _listed(value: str) -> tuple[str, ...]:
    """Return the names in a field, none if it is not a list of them."""
    if not value.startswith("["):
        return ()
    try:
        names = parse_json(value.encode())
    except RequestError:
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(names)


class _Reader:
    """Reads one field after the other and gathers what is wrong with them."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        known = ", ".join(FORM_FIELDS)
        self.faults: list[ZonesError] = [
            RequestError("field-not-of-form", loc=("body", name), name=name[:80], known=known)
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

    def layers(self, name: str) -> str | tuple[str, ...] | None:
        """Return the name of one layer, or those of several, written as a list in JSON."""
        value = self._fields.get(name) or None
        names = _listed(value) if value is not None else None
        if any(len(each) > LONGEST_FIELD for each in names or (value or "",)):
            self._add("text-too-long", name, limit=LONGEST_FIELD)
            return None
        return value if not names else names[0] if len(names) == 1 else names

    def crs(self, name: str) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return parse_crs(value).key
        except UnknownCRSError as fault:
            self.faults.append(UnknownCRSError(fault.code, loc=("body", name), **fault.params))
            return None

    def datum(self, name: str) -> str | None:
        value = self.text(name)
        return NOT_SHIFTED if value and value.lower() == NOT_SHIFTED else self.crs(name)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value in choices:
            return value
        self._add("parameter-choice", name, given=value[:80], choices=", ".join(choices))
        return default

    def angles(self, name: str) -> Angles | None:
        value = self.text(name)
        found = next((each for each in get_args(Angles) if each == value), None)
        if value is not None and found is None:
            self._add("parameter-choice", name, given=value[:80], choices="dms, decimal")
        return found

    def truth(self, name: str) -> bool:
        value = (self.text(name) or "").lower()
        if value in _TRUTH:
            return _TRUTH[value]
        self._add("parameter-choice", name, given=value[:80], choices="true, false")
        return False

    def mapping(self, name: str) -> FieldMapping | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return mapping_from(parse_json(value.encode()))
        except (RequestError, ValidationError) as fault:
            self.faults.append(RequestError(fault.code, loc=("body", name), **fault.params))
            return None

    def kinds(self, name: str) -> tuple[GeometryKind, ...]:
        named = [part.strip() for part in (self.text(name) or "").split(",") if part.strip()]
        known = [kind for kind in KINDS if kind in named]
        if len(known) != len(named):
            self._add("parameter-choice", name, given=str(named)[:80], choices=", ".join(KINDS))
        return tuple(known)

    def revision(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return parameters.revision(value, name, low=0)
        except RequestError as fault:
            self.faults.append(RequestError(fault.code, loc=("body", name), **fault.params))
            return None

    def map_scale(self, name: str) -> float | None:
        """Return the denominator of a map's scale; ``1:500`` is taken too."""
        value = self.text(name)
        if value is None:
            return None
        try:
            denominator = float(value.replace("：", ":").removeprefix("1:"))
        except ValueError:
            denominator = 0.0
        if LEAST_MAP_SCALE <= denominator <= MOST_MAP_SCALE:
            return denominator
        self._add("map-scale-expected", name, value=value[:80])
        return None

    def metres(self, name: str) -> float | None:
        """Return a length, which is a positive number of metres."""
        value = self.text(name)
        if value is None:
            return None
        try:
            metres = float(value)
        except ValueError:
            metres = 0.0
        if 0 < metres <= MOST_METRES:
            return metres
        self._add("metres-expected", name, value=value[:80], most=MOST_METRES)
        return None

    def _add(self, code: str, name: str, **params: object) -> None:
        self.faults.append(RequestError(code, loc=("body", name), name=name, **params))
