"""The tables that may follow a map: figures, sites, contradictions of the plan's text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zones.crs.transform import to_plane
from zones.messages import Lang, catalogue, say
from zones.plan.planned_and_measured import ElementMeasure, areas_table
from zones.printing.sheet_options import AppendixTable
from zones.properties.feature_name import feature_name
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import Properties, accuracy_m, text

_M2_PER_KM2: Final = 1e6
DASH: Final = "—"


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table: ``widths`` are shares of the page's width, ``right`` the columns of figures."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    note: str = ""


def printed_table(snapshot: Snapshot, table: AppendixTable, lang: Lang) -> PrintedTable:
    """Return a table in a language."""
    return _TABLES[table](snapshot, lang)


def _heads(lang: Lang, *codes: str) -> tuple[str, ...]:
    return tuple(say(f"print-column-{code}", lang).message for code in codes)


def _figures(snapshot: Snapshot, lang: Lang) -> PrintedTable:
    rows = tuple(_figure_row(each, lang) for each in snapshot.derived(areas_table))
    return PrintedTable(
        say("print-figures", lang).message,
        _heads(lang, "order", "name", "planned", "measured", "difference", "band"),
        (0.6, 4.2, 1.3, 1.5, 1.1, 1.4),
        rows,
        (2, 3, 4, 5),
        say("print-figures-note", lang).message,
    )


def _figure_row(row: ElementMeasure, lang: Lang) -> tuple[str, ...]:
    name = row.name_en if lang == "en" else row.name
    if row.type == "zone":
        measured, band = row.area_m2, row.accuracy_band_m2
        planned, unit, size = row.planned_area_km2, "km²", _M2_PER_KM2
    else:
        measured, band = row.length_m, row.accuracy_band_m
        planned, unit, size = row.planned_length_km, "km", 1000.0
    difference = row.difference_percent
    return (
        str(row.order),
        name,
        DASH if planned is None else f"{planned:g} {unit}",
        DASH if measured is None else f"{measured / size:.2f} {unit}",
        DASH if difference is None else f"{difference:+.1f}%",
        DASH if band is None else f"± {band / size:.2f} {unit}",
    )


def _sites(snapshot: Snapshot, lang: Lang) -> PrintedTable:
    sites = snapshot.collection_or_empty("sites")
    names = {element.id: element.order for element in snapshot.plan.elements}
    rows = []
    for number, feature in enumerate(sites, start=1):
        properties = feature.properties
        name = feature_name(properties, sites.info.title_field) or feature.fid
        name = (text(properties, "name_en") or name) if lang == "en" else name
        element = names.get(text(properties, "element") or "")
        rows.append(
            (
                str(number),
                name,
                str(element) if element else DASH,
                _word("map-category", properties, "category", lang),
                _word("map-status", properties, "site_status", lang),
                _place(feature.geometry, lang),
                _metres(accuracy_m(properties)),
            )
        )
    return PrintedTable(
        say("print-sites", lang, count=len(rows)).message,
        (
            *_heads(lang, "order", "name", "element"),
            say("map-category", lang).message,
            *_heads(lang, "state", "place", "accuracy"),
        ),
        (0.6, 4.4, 0.7, 1.2, 1.2, 2.2, 0.8),
        tuple(rows),
        (0, 2, 6),
    )


def _word(prefix: str, properties: Properties, key: str, lang: Lang) -> str:
    """Return the catalogue's word for a value, or the value itself where there is none."""
    value = text(properties, key)
    if value is None:
        return DASH
    words = catalogue().get(f"{prefix}-{value}")
    return words[lang] if words else value


def _place(geometry: object, lang: Lang) -> str:
    if geometry is None:
        return say("print-nowhere", lang).message
    x, y = to_plane(geometry).centroid.coords[0]
    return f"{x:.0f}, {y:.0f}"


def _metres(accuracy: float | None) -> str:
    return DASH if accuracy is None else f"{accuracy:g}"


def _conflicts(snapshot: Snapshot, lang: Lang) -> PrintedTable:
    conflicts = snapshot.plan.conflicts
    rows = tuple(
        (
            conflict.id,
            conflict.title_en if lang == "en" else conflict.title,
            conflict.treatment_en if lang == "en" else conflict.treatment,
            ", ".join(map(str, conflict.lines)),
        )
        for conflict in conflicts
    )
    return PrintedTable(
        say("print-conflict-list", lang, count=len(rows)).message,
        _heads(lang, "order", "conflict", "treatment", "lines"),
        (0.6, 3.2, 4.4, 1.3),
        rows,
    )


_TABLES: Final[Mapping[AppendixTable, Callable[[Snapshot, Lang], PrintedTable]]] = MappingProxyType(
    {
        AppendixTable.FIGURES: _figures,
        AppendixTable.SITES: _sites,
        AppendixTable.CONFLICTS: _conflicts,
    }
)
