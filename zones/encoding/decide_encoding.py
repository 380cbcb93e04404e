"""Which encoding a file's text is in, decided from all of its bytes and not from its label.

Labels lie: programs write a code page into a .dbf header whatever they then put below it. UTF-8
is the one encoding that text in another hardly ever passes for, so it is tried first; GB18030
(which holds GBK and GB2312) comes next; the label is believed only when both fail. Text in Big5 or
Shift-JIS always passes for GB18030, as rare characters: what looks so is for a person to decide. A
table
to which several programs have written can hold both UTF-8 and GBK, which are told one by one.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final, Literal

from zones.encoding.encoding_names import BIG5, GB18030, UTF_8, known_codec
from zones.encoding.false_gb18030 import MOSTLY_COMMON, MOSTLY_RARE, UNLABELLED, spoken_for
from zones.encoding.plausible_scripts import reads_well
from zones.encoding.trial_decoding import (
    LONGEST_SAMPLE,
    MIXED,
    MOST_SAMPLES,
    EncodedText,
    Trial,
    Tried,
    is_beyond_two_bytes,
    try_all,
)
from zones.errors import SourceError
from zones.model import Problem
from zones.questions_to_people import Candidate, DecisionNeeded, OpenQuestion, Reason

Basis = Literal["ascii", "bytes", "declared", "option", "format", "undecided"]


_AT_ONCE_BYTES: Final = 2**20
_DECIDED_BY_BYTES: Final = frozenset({"bytes", "declared"})
_RIVALS: Final = frozenset({"cp932", "euc_jp", "cp949", "johab"})


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
    format knows but one). ``alternatives`` is empty where the text cannot be in another, as
    Chinese in UTF-8 cannot. ``cut`` counts texts that end within a character, some of which are
    the ``cut_samples``; ``mixed`` those in UTF-8 among others in GBK.
    """

    name: str
    basis: Basis
    declared: str | None = None
    cut: int = 0
    samples: tuple[str, ...] = ()
    alternatives: tuple[EncodingReading, ...] = ()
    mixed: int = 0
    cut_samples: tuple[str, ...] = ()

    @property
    def codec(self) -> str:
        """The name under which ``decode_text`` reads the texts."""
        return MIXED if self.mixed else self.name

    def remarks(self) -> tuple[Problem, ...]:
        """Return what the person importing should be told of the texts."""
        found = []
        label = known_codec(self.declared)
        if self.declared and label is None and self.basis in _DECIDED_BY_BYTES:
            found.append(unknown_label(self.declared, self.name))
        if label and self.basis == "bytes" and label != self.name:
            params = {"declared": self.declared or "", "encoding": self.name}
            found.append(Problem("encoding-label-wrong", dict(params), "warning"))
        if self.mixed:
            found.append(Problem("encoding-mixed", {"count": self.mixed}, "warning"))
        if self.cut:
            samples = ", ".join(self.cut_samples)
            found.append(Problem("texts-cut", {"count": self.cut, "samples": samples}, "warning"))
        return tuple(found)


def unknown_label(label: str, taken: str) -> Problem:
    """Return the warning that a file's label is not known, and what was taken in its place."""
    params = {"declared": label[:LONGEST_SAMPLE], "encoding": taken}
    return Problem("encoding-label-unknown", dict(params), "warning")


def decide_encoding(
    texts: Iterable[EncodedText], *, declared: str | None = None, override: str | None = None
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
        raise SourceError("encoding-unknown", encoding=override[:LONGEST_SAMPLE])
    label = known_codec(declared)
    names = dict.fromkeys([chosen, UTF_8, GB18030, MIXED, label, *UNLABELLED])
    tried = try_all(texts, {name: Trial(name) for name in names if name})
    if not tried.decisive:
        return EncodingFinding(chosen or UTF_8, "option" if chosen else "ascii", declared)
    if chosen:
        if not tried.trials[chosen].fits:
            sample = _bytes_shown(tried.decisive)
            raise SourceError("encoding-override-wrong", encoding=override, sample=sample)
        return _finding(tried.trials, chosen, basis="option", declared=declared)
    winner = _choose(tried, label)
    if winner is None:
        sample = _bytes_shown(tried.decisive)
        raise SourceError("text-encoding", sample=sample, declared=declared or "—")
    if winner == GB18030:
        _ask_if_rivalled(tried.trials, label)
    basis: Basis = "bytes" if winner in (UTF_8, GB18030, MIXED) else "declared"
    found = _finding(tried.trials, winner, basis=basis, declared=declared)
    return replace(found, name=GB18030, mixed=tried.in_utf8) if winner == MIXED else found


def certain_utf8(text: bytes, *, declared: str | None = None) -> EncodingFinding | None:
    """Return what ``decide_encoding`` finds of lines with Chinese in UTF-8.

    They pass for nothing else; where they are not in it, the others have to be tried as well, and
    it is None.
    """
    trial = Trial(UTF_8)
    if not _is_beyond_two_bytes_in_utf8(text):
        return None
    for line in BytesIO(text):
        if not line.isascii():
            trial.take(EncodedText(line.removesuffix(b"\n")))
        if len(trial.samples) == MOST_SAMPLES:
            break
    trial.beyond_two_bytes = True
    return _finding({UTF_8: trial}, UTF_8, basis="bytes", declared=declared)


def _is_beyond_two_bytes_in_utf8(text: bytes) -> bool:
    """Return whether a text is in UTF-8 and has characters of three bytes or four."""
    decoder, is_beyond = getincrementaldecoder(UTF_8)(), False
    try:
        for first in range(0, len(text), _AT_ONCE_BYTES):
            read = decoder.decode(text[first : first + _AT_ONCE_BYTES])
            is_beyond = is_beyond or is_beyond_two_bytes(read)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return is_beyond


def _choose(tried: Tried, declared: str | None) -> str | None:
    trials = tried.trials
    # Text in GBK passes for UTF-8 now and then, but then reads as Greek, Hebrew or accents.
    doubtful = trials[UTF_8].fits and not trials[UTF_8].beyond_two_bytes
    if doubtful and declared == GB18030 and trials[GB18030].fits:
        return GB18030
    order = (UTF_8, MIXED if tried.in_utf8 else GB18030, declared)
    return next((name for name in order if name and trials[name].fits), None)


def _ask_if_rivalled(trials: dict[str, Trial], declared: str | None) -> None:
    """Raise the question if the bytes allow another encoding and something speaks for that.

    Text in Big5, and some in western encodings, passes for GB18030 as rare characters.
    """
    ours = trials[GB18030]
    rivals = [one for one in _rivals(trials, declared) if one.samples != ours.samples]
    if not rivals:
        return
    ranked = [*rivals, ours]
    read_well = any(reads_well(rival.samples, rival.codec) for rival in rivals)
    if ours.common_percent() >= MOSTLY_COMMON and not read_well:
        ranked.reverse()
    candidates = tuple(_candidate(trial, declared) for trial in ranked)
    others = ", ".join(rival.codec for rival in rivals)
    raise DecisionNeeded(OpenQuestion("encoding", "ask-encoding", {"others": others}, candidates))


def _rivals(trials: dict[str, Trial], declared: str | None) -> Iterator[Trial]:
    """Yield the encodings that the texts are in just as well as in GB18030."""
    known = {trial.codec: trial for trial in spoken_for(trials)}
    if declared == BIG5 and trials[BIG5].fits:
        known[BIG5] = trials[BIG5]
    elif declared and declared not in known and _may_be(trials, declared):
        known = {
            codec: one for codec, one in known.items() if one.samples != trials[declared].samples
        }
        known[declared] = trials[declared]
    yield from known.values()


def _may_be(trials: dict[str, Trial], declared: str) -> bool:
    """Return whether a label may be right: programs write western ones over Chinese text."""
    if declared in (UTF_8, GB18030) or not trials[declared].fits:
        return False
    well = reads_well(trials[declared].samples, declared)
    return well or declared in _RIVALS or trials[GB18030].common_percent() < MOSTLY_RARE


def _candidate(trial: Trial, declared: str | None) -> Candidate:
    reason = (
        Reason("reason-encoding-label", {"encoding": trial.codec})
        if trial.codec == declared
        else Reason("reason-encoding-common", {"common": trial.common_percent()})
    )
    return Candidate({"encoding": trial.codec}, (reason,), tuple(trial.samples))


def _finding(
    trials: dict[str, Trial], winner: str, *, basis: Basis, declared: str | None
) -> EncodingFinding:
    best = trials[winner]
    # No text in another encoding passes for Chinese in UTF-8: other readings are noise.
    certain = winner == UTF_8 and best.beyond_two_bytes and basis != "option"
    others = tuple(
        EncodingReading(name, tuple(trial.samples))
        for name, trial in trials.items()
        if name not in (winner, MIXED) and trial.fits and not certain
    )
    return EncodingFinding(
        winner,
        basis,
        declared,
        best.cut,
        tuple(best.samples),
        others,
        cut_samples=tuple(best.cut_samples),
    )


def _bytes_shown(raw: bytes) -> str:
    return raw[: LONGEST_SAMPLE // 2].decode("ascii", "backslashreplace")
