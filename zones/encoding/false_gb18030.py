"""Texts that pass for GB18030 and are in the encoding of another writing, which nothing names.

Text in Shift-JIS reads as rare Chinese characters; in EUC it is made of the same bytes as GB 2312,
so that kana among it, or nothing but Hangul, tell; Cyrillic and accents are known by their words.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from zones.encoding.encoding_names import (
    BIG5,
    CYRILLIC,
    EUC_JP,
    GB18030,
    KOREAN,
    SHIFT_JIS,
    WESTERN,
)
from zones.encoding.plausible_scripts import kana_percent, reads_as_latin, reads_well
from zones.encoding.trial_decoding import Trial

UNLABELLED: Final = (BIG5, SHIFT_JIS, EUC_JP, KOREAN, CYRILLIC, WESTERN)
"""Encodings that are tried though nothing names them."""

# The share of a text's characters, in percent, that is common in the writing of an encoding.
MOSTLY_COMMON, OFTEN_RARE, MOSTLY_RARE = 95, 80, 50
_SOME_KANA = 25  # percent; names of shops have one now and then
# Of Chinese characters, two of three share their bytes with Hangul: 16 all do once in 3,000 texts.
_FEWEST_HANGUL = 16
_FEWEST_LETTERS = 12


def spoken_for(trials: Mapping[str, Trial]) -> Iterator[Trial]:
    """Yield the encodings for which the texts themselves speak, against GB18030."""
    ours = trials[GB18030]
    for codec in UNLABELLED:
        trial = trials[codec]
        if trial.fits and trial.samples != ours.samples and _speaks_for(trial, ours):
            yield trial


def _speaks_for(trial: Trial, ours: Trial) -> bool:
    common = ours.common_percent()
    if trial.codec in (BIG5, SHIFT_JIS):
        return common < OFTEN_RARE and trial.common_percent() >= MOSTLY_COMMON
    if trial.codec == EUC_JP:
        # Both have kana at the same places.
        has_kana = kana_percent(ours.samples) >= _SOME_KANA
        return has_kana and trial.common_percent() >= MOSTLY_COMMON
    if trial.codec == KOREAN:
        return trial.common == trial.weighed and len(trial.marks) >= _FEWEST_HANGUL
    if trial.codec == CYRILLIC:
        return trial.weighed >= _FEWEST_LETTERS and reads_well(trial.samples, CYRILLIC)
    return common < MOSTLY_RARE and reads_as_latin(trial.samples)
