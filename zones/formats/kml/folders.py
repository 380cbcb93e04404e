"""The folders of a KML -> paths by which people tell them apart."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from zones.formats.kml.elements import Container

ROOT_PATH: Final = "/"
"""The path of placemarks above all folders, where their document has no name to itself."""

_LONGEST_PATH = 150


def folder_paths(containers: Sequence[Container], filled: Collection[int]) -> dict[int, str]:
    """Return the path of each container with placemarks of its own, all paths different.

    The one document around everything is no part of them. Folders of equal names in the same
    folder are numbered, as are those without a name.
    """
    root = _root(containers, filled)
    labels = _labels(containers)
    paths = {
        index: ROOT_PATH if index == root else _path(index, root, containers, labels)
        for index in sorted(filled)
    }
    title = labels[root]
    if root in paths and root and title.casefold() not in map(str.casefold, paths.values()):
        paths[root] = title if containers[root].text_of("name") else ROOT_PATH
    return _distinguished(paths)


def _root(containers: Sequence[Container], filled: Collection[int]) -> int:
    """Return the container that holds everything: the only document, or the file itself."""
    tops = [index for index, each in enumerate(containers) if index and not each.parent]
    alone = len(tops) == 1 and containers[tops[0]].kind == "Document" and 0 not in filled
    return tops[0] if alone else 0


def _labels(containers: Sequence[Container]) -> list[str]:
    """Return a name for each container that no other in the same one has."""
    met: Counter[tuple[int, str]] = Counter()
    labels = []
    for each in containers:
        name = " ".join(each.text_of("name").split())
        met[each.parent, name.casefold()] += 1
        count = met[each.parent, name.casefold()]
        if not name:
            labels.append(f"#{count}")
        else:
            labels.append(name if count == 1 else f"{name}({count})")
    return labels


def _path(index: int, root: int, containers: Sequence[Container], labels: Sequence[str]) -> str:
    parts: list[str] = []
    while index not in (root, 0):
        parts.append(labels[index])
        index = containers[index].parent
    whole = "/".join(reversed(parts))
    return whole if len(whole) <= _LONGEST_PATH else f"…{whole[-_LONGEST_PATH:]}"


def _distinguished(paths: dict[int, str]) -> dict[int, str]:
    """Return the paths with those numbered that are equal, since names may hold a slash."""
    taken: set[str] = set()
    names: dict[int, str] = {}
    for index, path in paths.items():
        name, repeat = path, 2
        while name.casefold() in taken:
            name, repeat = f"{path}({repeat})", repeat + 1
        taken.add(name.casefold())
        names[index] = name
    return names
