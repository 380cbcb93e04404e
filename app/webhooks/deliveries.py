"""Tells receivers of each revision in turn, from the store's own history: none is left out.

Each receiver has a thread in each worker, and a lock in the folder for work: one of all workers
sends. How far it came is kept beside the lock, so that whoever holds it next goes on from there.
What a receiver does not take with a status of 2xx is sent again, later each time, and given up
after ``TRIES``. It may be sent twice, with the same id.
"""

import logging
import threading
import time
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Final

from app.imports.upload_folder import Lock
from app.visible_collections import visible_revision
from app.webhooks.pinned_request import NotAllowedError, allowed_address, post
from app.webhooks.receivers import Receiver, WebhookSettings
from app.webhooks.signed_message import Message, message_of, signed_headers
from zones.errors import StoreError, ZonesError
from zones.model import Revision
from zones.store.sql.store import SqlStore

INTERVAL_S: Final = 1.0
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S: Final = 1800.0
TRIES: Final = 15
"""The last one about three hours after the first."""
MOST_AT_ONCE: Final = 100

_TAKEN: Final = range(200, 300)
_LOG = logging.getLogger("zones.webhooks")


class Webhooks:
    """The threads of one worker."""

    def __init__(
        self, store: SqlStore, settings: WebhookSettings, folder: Path, *, public_url: str
    ) -> None:
        self._closing = threading.Event()
        self._deliveries = [
            Delivery(
                store, receiver, settings, folder, public_url=public_url, closing=self._closing
            )
            for receiver in settings.receivers
        ]

    def start(self) -> None:
        """Begin to look for revisions, if there is anybody to tell."""
        for each in self._deliveries:
            each.start()

    def close(self) -> None:
        """End; what a receiver has not taken yet, another worker or the next start sends."""
        self._closing.set()
        for each in self._deliveries:
            each.join()


class Delivery(threading.Thread):
    """Tells one receiver."""

    def __init__(
        self,
        store: SqlStore,
        receiver: Receiver,
        settings: WebhookSettings,
        folder: Path,
        *,
        public_url: str,
        closing: threading.Event,
    ) -> None:
        super().__init__(name="webhook", daemon=True)
        self._store, self._receiver, self._settings = store, receiver, settings
        self._public_url, self._closing = public_url, closing
        name = sha256(f"{receiver.shown}{receiver.target}".encode()).hexdigest()[:16]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = Lock(folder / f"{name}.lock")
        self._kept = folder / f"{name}.revision"

    def run(self) -> None:
        """Look for revisions, as long as no other worker does."""
        fault, holds_lock = "", False
        while not self._closing.wait(INTERVAL_S):
            try:
                holds_lock = holds_lock or self._lock.take()
                if holds_lock:
                    self._tell_new()
                fault = ""
            except (ZonesError, OSError, ValueError) as error:  # of the store or the folder
                if repr(error) != fault:
                    fault = repr(error)
                    _LOG.warning({"message": "cannot look for revisions", "why": fault[:200]})
        self._lock.release()

    def _tell_new(self) -> None:
        told, current = self._told(), self._store.revision()
        if told is None or told > current:  # new here, or the store was restored from a copy
            self._keep(current)
            return
        if told == current:
            return
        for revision in self._store.revisions_after(told, most=MOST_AT_ONCE):
            if not self._tell(revision):
                return
            self._keep(revision.number)

    def _told(self) -> int | None:
        try:
            return int(self._kept.read_text())
        except FileNotFoundError:
            return None

    def _keep(self, number: int) -> None:
        written = self._kept.with_suffix(".new")
        written.write_text(str(number))
        written.replace(self._kept)

    def _tell(self, revision: Revision) -> bool:
        """Tell of a revision, again and again; return False if the service ends meanwhile."""
        for tried in range(1, TRIES + 1):
            seen = visible_revision(revision, self._store.private_collections())
            if seen is None:
                return True
            came = self._sent(message_of(seen, self._public_url))
            if came is None:
                self._note("ok", revision, f"{self._receiver.shown}, {tried}")
                return True
            self._note_fault(revision, came, tried)
            waiting = min(FIRST_WAIT_S * 2 ** (tried - 1), LONGEST_WAIT_S)
            if tried < TRIES and self._closing.wait(waiting):
                return False
        return True

    def _sent(self, message: Message) -> str | None:
        """Send a message once; return why the receiver did not take it, None if it did."""
        try:
            address = allowed_address(self._receiver, self._settings.networks)
            headers = signed_headers(message, self._settings.key, seconds=int(time.time()))
            status = post(self._receiver, address, message.body, headers)
        except NotAllowedError as refused:
            return f"address-not-allowed: {refused}"
        except (OSError, HTTPException) as error:
            return f"no-answer: {type(error).__name__}"
        return None if status in _TAKEN else f"status: {status}"

    def _note_fault(self, revision: Revision, came: str, tried: int) -> None:
        """Tell the log of each try that failed, the audit log of the first and the last."""
        shown = self._receiver.shown
        _LOG.warning({"message": "webhook not taken", "to": shown, "why": came, "try": tried})
        if tried in (1, TRIES):
            outcome = "failed" if tried == TRIES else "refused"
            self._note(outcome, revision, f"{shown}, {tried}: {came}")

    def _note(self, outcome: str, revision: Revision, reason: str) -> None:
        try:
            self._store.audit.add(
                "webhook", outcome=outcome, revision=revision.number, reason=reason
            )
        except StoreError as fault:  # full or read-only: that the receiver knows is what matters
            _LOG.warning({"message": "webhook not in the audit log", "code": fault.code})
