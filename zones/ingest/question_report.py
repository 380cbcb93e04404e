"""A question about a file in words: what is to be decided, the candidates, what speaks for each."""

from collections.abc import Iterator
from typing import Any

from zones.georeference.usual_systems import system_label
from zones.ingest.geometry_kind_words import with_words
from zones.ingest.layer_collections import collection_ids
from zones.messages import Lang, MessageText, say
from zones.questions_to_people import Candidate, OpenQuestion
from zones.source.model import NOT_SHIFTED


def question_as_json(question: OpenQuestion, lang: Lang) -> dict[str, Any]:
    """Return the question with every word in ``lang``.

    ``candidates`` are ranked, the likeliest first unless ``undecided``, which means that nothing
    speaks for the first but custom; ``options`` of one, given with the same file, answer the
    question. ``collection`` is the id that a layer would have as a collection of its own.
    """
    text = _text_of(question, lang)
    layers = [each.options["layer"] for each in question.candidates if "layer" in each.options]
    own = collection_ids(layers)
    return {
        "topic": question.topic,
        "code": question.code,
        "message": text.message,
        "hint": text.hint or None,
        "undecided": question.undecided,
        "candidates": [
            {
                "options": dict(candidate.options),
                "label": candidate_label(candidate, lang),
                "reasons": _reasons(candidate, lang),
                "samples": list(candidate.samples),
                "located": candidate.located,
                "points": candidate.points,
                "collection": own.get(candidate.options.get("layer", "")),
            }
            for candidate in question.candidates
        ],
    }


def question_lines(question: OpenQuestion, lang: Lang) -> Iterator[str]:
    """Yield the question as lines for a terminal."""
    yield str(_text_of(question, lang))
    for place, candidate in enumerate(question.candidates, start=1):
        options = " ".join(f"{name}={value}" for name, value in candidate.options.items())
        yield f"  {place}. {options}  {candidate_label(candidate, lang)}"
        for reason in _reasons(candidate, lang):
            yield f"     - {reason}"
        if candidate.samples:
            yield f"     “{' | '.join(candidate.samples)}”"


def candidate_label(candidate: Candidate, lang: Lang) -> str:
    """Return what people call a candidate."""
    if (datum := candidate.options.get("datum")) == NOT_SHIFTED:
        return say("label-not-shifted", lang).message
    if (key := candidate.options.get("crs", datum)) is None:
        return next(iter(candidate.options.values()))
    label = system_label(key, lang)
    if (scale := candidate.options.get("map_scale")) is not None:
        return say("label-map-scale", lang, scale=scale, system=label).message
    if (angles := candidate.options.get("angles")) is None:
        return label
    return say(f"label-angles-{angles}", lang, system=label).message


def _text_of(question: OpenQuestion, lang: Lang) -> MessageText:
    return say(question.code, lang, **question.params)


def _reasons(candidate: Candidate, lang: Lang) -> list[str]:
    return [
        say(reason.code, lang, **with_words(reason.params, lang)).message
        for reason in candidate.reasons
    ]
