"""The service, started."""

import os
from typing import Annotated

import typer
import uvicorn

from app.cli.console import screen, working
from app.cli.store_options import StoreOption, settings_with
from app.observe.counts_of_all_workers import counts_folder
from app.server.direct_protocol import DirectProtocol
from app.server.listening_sockets import listen
from app.server.shutdown import exit_on_signals
from app.server.startup import prepare
from app.settings import Settings


def add_serve(cli: typer.Typer) -> None:
    """Add the command of this module."""
    cli.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port")] = None,
    store: StoreOption = None,
    workers: Annotated[int | None, typer.Option(help="工作进程数 / worker processes")] = None,
) -> None:
    """启动服务 / start the service."""
    settings = settings_with(host=host, port=port, store=store, workers=workers)
    with working("准备数据 / preparing the store"):
        prepared = prepare(settings)
    if prepared.new_admin_key:
        screen.print(
            "首个管理密钥（只显示这一次）/ first admin key, shown only once:\n"
            f"  {prepared.new_admin_key}",
            soft_wrap=True,
        )
    if prepared.has_newer_edition:
        screen.print("规划数据有新版 / a new edition of the plan's data: zones seed --upgrade")
    screen.print(f"打开 / open  http://{settings.host}:{settings.port}/")
    hand_to_workers(settings)
    exit_on_signals()
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        # Without uvloop several workers do not set TCP_NODELAY: about 40 ms a request.
        loop="auto" if os.name == "nt" else "uvloop",
        http=DirectProtocol,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        timeout_graceful_shutdown=15,
        # Beyond this, 503 at once: look-ups that are under way stay quick. Open connections count.
        limit_concurrency=2000,
    )
    with counts_folder():
        listen(config)


def hand_to_workers(settings: Settings) -> None:
    """Write the settings to the environment, where worker processes read theirs."""
    for name in ("host", "port", "store", "workers"):
        os.environ[f"ZONES_{name.upper()}"] = str(getattr(settings, name))
