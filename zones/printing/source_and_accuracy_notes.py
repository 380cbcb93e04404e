"""What a sheet says of itself: where it is from, how sure it is, what is left out."""

from math import fsum

import shapely

from zones.crs.transform import to_plane
from zones.drawing.plan_element_colours import ACCURACY_CLASSES
from zones.drawing.plan_layer_style import accuracy_class
from zones.drawing.visible_features import superseded
from zones.lookup.border_lines import read_borders
from zones.lookup.lookup_layers import LOOKED_IN
from zones.map_page.layer_list import status_word
from zones.messages import Lang, say
from zones.model import CollectionInfo
from zones.printing.map_view import CONFLICTS, SheetMap
from zones.snapshot.model import Snapshot


def notes_of(snapshot: Snapshot, shown: SheetMap, lang: Lang) -> list[str]:
    """Return the notes of a sheet, each a sentence or two, the gravest first."""
    found = [
        say(status_word(snapshot), lang).message + ("。" if lang == "zh" else "."),
        _accuracy(snapshot, shown, lang),
        _conflicts(snapshot, shown, lang),
        _unplaced(snapshot, shown, lang),
        _plan_source(snapshot, lang),
        *(_source(snapshot.info(id_), lang) for id_ in shown.collections),
    ]
    return [note for note in found if note]


def _accuracy(snapshot: Snapshot, shown: SheetMap, lang: Lang) -> str:
    """Return how many kilometres of borders in the frame are known to within what."""
    if not {"zones", "subdistricts", "borders"} & set(shown.collections):
        return ""
    borders = snapshot.part(LOOKED_IN).derived(read_borders).all
    frame = shapely.box(*shown.bounds)
    lengths: dict[int, float] = {}
    for border in borders:
        inside = shapely.intersection(to_plane(border.geometry), frame).length
        number = ACCURACY_CLASSES.index(accuracy_class(border.accuracy_m)) + 1
        lengths[number] = lengths.get(number, 0.0) + inside
    whole = fsum(lengths.values())
    if whole <= 0:
        return ""
    shares = [
        say(
            "print-accuracy-share",
            lang,
            **{"class": say(f"print-accuracy-class-{number}", lang).message},
            percent=f"{100 * length / whole:.0f}",
        ).message
        for number, length in sorted(lengths.items())
        if length > 0
    ]
    separator = "，" if lang == "zh" else ", "
    return say(
        "print-accuracy", lang, km=f"{whole / 1000:.1f}", shares=separator.join(shares)
    ).message


def _conflicts(snapshot: Snapshot, shown: SheetMap, lang: Lang) -> str:
    drawn = {shape.fid for shape in shown.drawing.shapes if shape.collection == CONFLICTS}
    hidden = set(superseded(snapshot))
    count = sum(f"{CONFLICTS}/{fid}" not in hidden for fid in drawn)
    return say("print-conflicts", lang, count=count).message if count else ""


def _unplaced(snapshot: Snapshot, shown: SheetMap, lang: Lang) -> str:
    if "sites" not in shown.collections:
        return ""
    sites = snapshot.collection_or_empty("sites")
    nowhere = sum(geometry is None for geometry in sites.geometries)
    if not nowhere:
        return ""
    return say("print-unplaced", lang, all=len(sites), nowhere=nowhere).message


def _plan_source(snapshot: Snapshot, lang: Lang) -> str:
    source = snapshot.plan.source
    return say(
        "print-sources", lang, title=source.title, publisher=source.publisher, date=source.date
    ).message


def _source(info: CollectionInfo, lang: Lang) -> str:
    if not info.source:
        return ""
    title = (info.title_en if lang == "en" else info.title) or info.id
    credits = "; ".join(each for each in (info.source, info.licence) if each)
    return say("print-source-of", lang, collection=title, source=credits).message
