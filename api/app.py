"""
The application factory. Nothing is built at import and nothing global is kept.

`create_app(settings)` only declares; the lifespan starts the database (the embedded
cluster unless an address is configured), migrates, loads the ground and listens.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from api.database import utc_now
from api.deadlines import Deadlines
from api.errors import add_error_handlers
from api.metrics import Metrics
from api.middleware import BodyLimit, Observe, SecurityHeaders
from api.openapi import describe_problems
from api.routes import (
    accounts,
    aid_requests,
    alarms,
    aml,
    assignments,
    audit,
    call_drafts,
    calls,
    centres,
    closing,
    closure_requests,
    drafts,
    field,
    handovers,
    health,
    incidents,
    isochrones,
    live_map,
    lost,
    offered_reports,
    pages,
    places,
    presence,
    reference,
    reports,
    ringing,
    road_closures,
    sessions,
    teams,
    transfer_offers,
)
from api.sent_once import SentOnce
from api.settings import Settings
from api.supervision import keep_task_running
from api.threads import RequestThreads
from api.wiring import KEPT_CONNECTIONS, running_services
from geodata.errors import RefusedError

_ROUTERS = (
    # First what is asked for most: each request is compared with one after the other.
    teams.router,
    reports.router,
    sessions.router,
    aml.router,
    # Before calls: `ringing` is no id of a call.
    ringing.router,
    calls.router,
    call_drafts.router,
    offered_reports.router,
    incidents.router,
    closing.router,
    centres.router,
    places.router,
    presence.router,
    transfer_offers.router,
    handovers.router,
    drafts.router,
    assignments.router,
    field.router,
    aid_requests.router,
    alarms.router,
    live_map.router,
    road_closures.router,
    closure_requests.router,
    reference.router,
    isochrones.router,
    audit.router,
    accounts.router,
    health.router,
    lost.router,
    pages.router,
)

_PACKED_FROM = 1024


def create_app(
    settings: Settings | None = None, *, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """
    Declare the application; it does nothing until its lifespan starts.

    Parameters
    ----------
    settings
        Everything that can be configured; read from the environment when not given.
    clock
        Gives the present moment (aware UTC). Demonstrations and tests bring their own.

    Examples
    --------
    >>> app = create_app()
    >>> "/v1/location-reports" in app.openapi()["paths"]
    True
    """
    chosen = settings or Settings()
    metrics = Metrics()
    app = FastAPI(
        title="dispatch119",
        version="0.1.0",
        summary="Geographic dispatch and mobile-team tracking for a child helpline",
        lifespan=_lifespan(chosen, metrics, clock),
        # FastAPI's own pages load scripts from other hosts, which ours never do.
        docs_url=None,
        redoc_url=None,
        # Served by `api.routes.health`, to those who watch.
        openapi_url=None,
    )
    app.state.trusted_proxies = chosen.web.trusted_proxies
    add_error_handlers(app)
    app.add_middleware(BodyLimit, limit=chosen.web.max_body_bytes)
    app.add_middleware(Deadlines)
    app.add_middleware(SentOnce, limit=chosen.web.max_body_bytes)
    # Not the event stream: each event leaves at once. From the length of a packed answer somebody
    # on the wire could learn a secret that stands beside words of theirs; our answers repeat no
    # question, and those with a token are too short to be packed.
    app.add_middleware(GZipMiddleware, minimum_size=_PACKED_FROM, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observe, metrics=metrics)
    for router in _ROUTERS:
        app.include_router(router)
    describe_problems(app)
    app.mount("/static", StaticFiles(packages=[("maps", "static")]), name="static")
    return app


def _lifespan(
    settings: Settings, metrics: Metrics, clock: Callable[[], datetime]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        running = running_services(settings, metrics, clock=clock)
        # Starting a database and loading the ground takes seconds, so it runs in a thread.
        try:
            services = await run_in_threadpool(running.__enter__)
        except RefusedError as refusal:
            # The server would only log the refusal. It is kept, so that the command that started
            # the server can print it with its hint.
            app.state.refused = refusal
            raise
        app.state.services = services
        # Never more threads than there are kept connections: those beyond would open a
        # connection for one request.
        threads = RequestThreads(to_thread.current_default_thread_limiter(), most=KEPT_CONNECTIONS)
        try:
            async with _background(
                keep_task_running(
                    lambda: services.hub.run(settings.live.stream_tick_s),
                    "live changes",
                    services.hub.pulse,
                ),
                keep_task_running(services.listener.run, "listener", services.listener.pulse),
                keep_task_running(services.courier.run, "courier", services.courier.pulse),
                keep_task_running(threads.run, "request threads", threads.pulse),
            ):
                yield
        finally:
            services.hub.close()
            await run_in_threadpool(running.__exit__, None, None, None)

    return lifespan


@asynccontextmanager
async def _background(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run endless tasks for the duration of the block."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
