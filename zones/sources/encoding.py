"""Which encoding a file's text is in, decided from all of its bytes and not from its label.

Labels lie: programs write a code page into a .dbf header whatever they then put below it. UTF-8
is the one encoding that text in another hardly ever passes for, so it is tried first; GB18030
(which holds GBK and GB2312) comes next; the label is believed only when both fail.
"""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from zones.errors import SourceError
from zones.sources.decisions import Candidate, DecisionNeeded, Question, Reason

Basis = Literal["ascii", "bytes", "declared", "option", "format", "undecided"]

UTF_8: Final = "UTF-8"
GB18030: Final = "GB18030"
_MOST_SAMPLES = 5
_LONGEST_SAMPLE = 80
_LAST_ASCII = 0x7F
_LAST_TWO_BYTE_CHARACTER = "\u07ff"

# Names as people, .cpg files and OGC write them -> Python's codec, all supersets of ASCII.
_CODECS: Final = {
    "utf8": UTF_8,
    "65001": UTF_8,
    "gb18030": GB18030,
    "54936": GB18030,
    "gbk": GB18030,
    "gb2312": GB18030,
    "936": GB18030,
    "big5": "cp950",
    "950": "cp950",
    "shiftjis": "cp932",
    "932": "cp932",
    "949": "cp949",
    "874": "cp874",
    "88591": "latin-1",
    "iso88591": "latin-1",
    "latin1": "latin-1",
    "437": "cp437",
    "850": "cp850",
    "1250": "cp1250",
    "1251": "cp1251",
    "1252": "cp1252",
    "1253": "cp1253",
    "1254": "cp1254",
}
_RIVALS: Final = frozenset({"cp950", "cp932", "cp949"})
_MOSTLY_COMMON = 95  # percent
_PREFIXES = ("cp", "windows", "ansi", "oem", "ms")


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it stands in the file; ``full`` if it fills its place and may be cut off."""

    raw: bytes
    full: bool = False


@dataclass(frozen=True, slots=True)
class EncodingReading:
    """How some of the file's texts read in one encoding."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncodingFinding:
    """The encoding chosen, why, and what the texts would be in the others that fit.

    ``basis``: ``ascii`` (no other character occurs), ``bytes`` (only this one fits, or it is the
    more trustworthy), ``declared`` (by the file), ``option`` (by the person), ``format`` (the
    format knows but one). ``cut`` counts texts that end within a character.
    """

    name: str
    basis: Basis
    declared: str | None = None
    cut: int = 0
    samples: tuple[str, ...] = ()
    alternatives: tuple[EncodingReading, ...] = ()


@dataclass(slots=True)
class _Trial:
    """How well one encoding has fitted so far."""

    codec: str
    fits: bool = True
    cut: int = 0
    samples: list[str] = field(default_factory=list)
    beyond_two_bytes: bool = False

    def take(self, text: Text) -> None:
        try:
            read, cut = _decode(text, self.codec)
        except UnicodeDecodeError:
            self.fits = False
            return
        self.cut += cut
        self.beyond_two_bytes = (
            self.beyond_two_bytes or max(read, default="") > _LAST_TWO_BYTE_CHARACTER
        )
        if len(self.samples) < _MOST_SAMPLES and read[:_LONGEST_SAMPLE] not in self.samples:
            self.samples.append(read[:_LONGEST_SAMPLE])


def known_codec(label: str | None) -> str | None:
    """Return Python's codec for an encoding's name or code page, None for an unknown one.

    Examples
    --------
    >>> known_codec("ANSI 936"), known_codec("cp936"), known_codec("utf-8"), known_codec("OEM")
    ('GB18030', 'GB18030', 'UTF-8', None)
    """
    name = "".join(mark for mark in (label or "").lower() if mark.isascii() and mark.isalnum())
    for prefix in _PREFIXES:
        if name.removeprefix(prefix).isdigit():
            name = name.removeprefix(prefix)
    return _CODECS.get(name)


def decide_encoding(
    texts: Iterable[Text], *, declared: str | None = None, override: str | None = None
) -> EncodingFinding:
    """Return the encoding in which every text can be read.

    Parameters
    ----------
    texts
        All texts of the file; pure ASCII ones may be left out.
    declared
        The file's own label, as written.
    override
        What the person importing says; it is taken if every text can be read so.

    Raises
    ------
    SourceError
        ``encoding-unknown`` for an override that is no known name, ``encoding-override-wrong``
        if some text cannot be read in it, ``text-encoding`` if nothing fits.
    DecisionNeeded
        If the texts make one sense by their bytes and another by the label.
    """
    chosen = known_codec(override)
    if override and chosen is None:
        raise SourceError("encoding-unknown", encoding=override[:_LONGEST_SAMPLE])
    names = dict.fromkeys([chosen, UTF_8, GB18030, known_codec(declared)])
    trials = {name: _Trial(name) for name in names if name}
    unread = _try_all(texts, trials)
    if not unread:
        return EncodingFinding(chosen or UTF_8, "option" if chosen else "ascii", declared)
    if chosen and not trials[chosen].fits:
        raise SourceError("encoding-override-wrong", encoding=override, sample=_bytes_shown(unread))
    winner = chosen or _choose(trials, known_codec(declared))
    if not chosen and winner == GB18030:
        _ask_if_rivalled(trials, known_codec(declared))
    if winner is None:
        raise SourceError("text-encoding", sample=_bytes_shown(unread), declared=declared or "—")
    by_label = winner not in (UTF_8, GB18030)
    basis: Basis = "option" if chosen else "declared" if by_label else "bytes"
    return _finding(trials, winner, basis=basis, declared=declared)


def decode_text(text: Text, codec: str) -> str:
    """Return the text; a character that the end of its place cut through is left out.

    Raises
    ------
    UnicodeDecodeError
        If it is not in that encoding.
    """
    return _decode(text, codec)[0]


def _try_all(texts: Iterable[Text], trials: dict[str, _Trial]) -> bytes:
    """Try every text in every encoding that still fits; return the most telling raw text.

    That is the last one that an encoding failed on, or the first that is not ASCII.
    """
    telling = b""
    for text in texts:
        if text.raw.isascii():
            continue
        telling = telling or text.raw
        for trial in trials.values():
            if trial.fits:
                trial.take(text)
                telling = telling if trial.fits else text.raw
    return telling


def _choose(trials: dict[str, _Trial], declared: str | None) -> str | None:
    # Text in GBK passes for UTF-8 now and then, but then reads as Greek, Hebrew or accents.
    doubtful = trials[UTF_8].fits and not trials[UTF_8].beyond_two_bytes
    if doubtful and declared == GB18030 and trials[GB18030].fits:
        return GB18030
    order = (UTF_8, GB18030, declared)
    return next((name for name in order if name and trials[name].fits), None)


def _ask_if_rivalled(trials: dict[str, _Trial], declared: str | None) -> None:
    """Raise the question if the label names another script's encoding and the bytes allow it.

    Text in Big5 nearly always passes for GB18030, as rare characters.
    """
    rival = trials.get(declared or "")
    ours = trials[GB18030]
    if declared not in _RIVALS or rival is None or not rival.fits or rival.samples == ours.samples:
        return
    common = _common_percent(ours)
    ranked = [ours, rival] if common >= _MOSTLY_COMMON else [rival, ours]
    label = Reason("reason-encoding-label", {"encoding": rival.codec})
    reasons = {ours.codec: Reason("reason-encoding-common", {"common": common}), rival.codec: label}
    candidates = tuple(
        Candidate({"encoding": trial.codec}, (reasons[trial.codec],), tuple(trial.samples))
        for trial in ranked
    )
    raise DecisionNeeded(Question("encoding", "ask-encoding", {"declared": declared}, candidates))


def _common_percent(trial: _Trial) -> int:
    """Return how many of the samples' Chinese characters are among the 6763 of GB 2312."""
    marks = [mark for text in trial.samples for mark in text if not mark.isascii()]
    known = sum(len(mark.encode("gb2312", "ignore")) > 0 for mark in marks)
    return round(100 * known / max(1, len(marks)))


def _finding(
    trials: dict[str, _Trial], winner: str, *, basis: Basis, declared: str | None
) -> EncodingFinding:
    others = tuple(
        EncodingReading(name, tuple(trial.samples))
        for name, trial in trials.items()
        if name != winner and trial.fits
    )
    best = trials[winner]
    return EncodingFinding(winner, basis, declared, best.cut, tuple(best.samples), others)


def _decode(text: Text, codec: str) -> tuple[str, bool]:
    """Return the text and whether its end was cut within a character."""
    try:
        return text.raw.decode(codec), False
    except UnicodeDecodeError:
        decoder = codecs.getincrementaldecoder(codec)()
        read = decoder.decode(text.raw)  # raises unless the end alone is at fault
        if not text.full or not decoder.getstate()[0]:
            raise
        return read, True


def _bytes_shown(raw: bytes) -> str:
    return raw[: _LONGEST_SAMPLE // 2].decode("ascii", "backslashreplace")
