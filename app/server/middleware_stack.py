"""What stands between the server and the routes: middleware, and direct answers before it."""

from dataclasses import dataclass

from starlette.middleware import Middleware

from app.auth.gate import Gate
from app.http.client_behind_proxies import TrustedProxies
from app.http.compression import Compression, Compressor
from app.http.if_none_match import NotModified
from app.locate.fast_path import LocateFastPath, PlainLookUps
from app.observe.cache_memory_shares import share
from app.observe.log_lines import RequestLog
from app.observe.prometheus_metrics import Metrics
from app.server.body_size_limit import BodyLimits
from app.server.direct_answers import DirectAnswers, Remembering
from app.server.request_frame import RequestFrame
from app.server.security_headers import content_policy
from app.settings import Settings
from zones.map_page.basemaps import offered_basemaps


@dataclass(frozen=True, slots=True)
class Stack:
    """What requests pass, and what of it metrics show; made before the application starts."""

    middleware: list[Middleware]
    direct: DirectAnswers
    metrics: Metrics
    compressor: Compressor


def stack_of(settings: Settings, *, traced: bool = False) -> Stack:
    """Return what requests pass with these settings, outermost first.

    Parameters
    ----------
    traced
        Whether there are spans of requests, which the log names.
    """
    proxies = TrustedProxies(settings.trusted_proxies, settings.proxy_header)
    metrics, log = Metrics(), RequestLog(proxies, traced=traced)
    compressor = Compressor(share(settings, "gzip"))
    policy, look_ups = policy_for(settings), PlainLookUps()
    direct = DirectAnswers(
        look_ups, policy=policy, metrics=metrics, log=log, remembered=share(settings, "answers")
    )
    is_open = settings.public_read
    middleware = [
        Middleware(RequestFrame, policy=policy, metrics=metrics, log=log),
        Middleware(Remembering, direct=direct),
        Middleware(LocateFastPath, public_read=is_open, look_ups=look_ups),
        Middleware(Gate, public_read=is_open, proxies=proxies),
        Middleware(BodyLimits, settings=settings),
        Middleware(Compression, compressor=compressor),
        Middleware(NotModified),
    ]
    return Stack(middleware, direct, metrics, compressor)


def policy_for(settings: Settings) -> bytes:
    """Return the Content-Security-Policy, with the hosts of the basemaps that are offered."""
    basemaps = offered_basemaps(
        settings.lang, tianditu_key=settings.tianditu_key, online=settings.online_basemaps
    )
    return content_policy(host for basemap in basemaps for host in basemap.hosts)
