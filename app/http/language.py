"""Which language an answer speaks: Chinese unless the request asks for English."""

from starlette.requests import HTTPConnection

from app.app_state import services_of
from zones.messages import Lang

_LANGS: dict[str, Lang] = {"zh": "zh", "en": "en"}


def requested_language(connection: HTTPConnection) -> Lang:
    """Return the language of the query's ``lang``, else of Accept-Language, else the setting's.

    A ``lang`` that is neither ``zh`` nor ``en`` is passed over here; routes refuse it.
    """
    if requested := _LANGS.get(connection.query_params.get("lang", "")):
        return requested
    header = connection.headers.get("accept-language")
    return (header and preferred_language(header)) or default_language(connection)


def preferred_language(accept_language: str) -> Lang | None:
    """Return the better liked of Chinese and English (RFC 9110), None when neither is named."""
    best: tuple[float, Lang | None] = (0.0, None)
    for item in accept_language[:500].split(","):
        tag, _, weight = item.partition(";")
        lang = _LANGS.get(tag.strip().lower().partition("-")[0])
        quality = _quality(weight)
        if lang and quality > best[0]:
            best = (quality, lang)
    return best[1]


def default_language(connection: HTTPConnection) -> Lang:
    """Return the language of the settings."""
    return services_of(connection).settings.lang


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
