"""The headers of every answer: what a browser may load and frame, and who may read it (CORS)."""

from collections.abc import Iterable

from app.http.raw_headers import RawHeaders

FIXED_HEADERS: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"Accept, Accept-Language, Accept-Encoding"),
]

CORS_HEADERS: RawHeaders = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, X-Revision, X-Request-ID, X-Notes, Content-Crs, Link, Location, Retry-After",
    ),
]


def content_policy(image_hosts: Iterable[str]) -> bytes:
    """Return the Content-Security-Policy with ``%b`` where a request's nonce goes.

    ``style-src-attr`` is open since Leaflet and Folium write style attributes; style elements
    still need the nonce.
    """
    directives = (
        "default-src 'self'",
        "script-src 'self' 'nonce-%b'",
        "style-src 'self' 'nonce-%b'",
        "style-src-attr 'unsafe-inline'",
        " ".join(("img-src 'self' data: blob:", *image_hosts)),
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
    return "; ".join(directives).encode()


def own_headers(policy: bytes, *, request_id: bytes, nonce: bytes, is_read: bool) -> RawHeaders:
    """Return the headers that every answer has; any origin may read those to reads."""
    own = [
        (b"x-request-id", request_id),
        (b"content-security-policy", policy.replace(b"%b", nonce)),
    ]
    return [*FIXED_HEADERS, *own, *(CORS_HEADERS if is_read else ())]
