"""Uploads whose import waits for a person's word: kept for a stated time, in bounded space."""

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.imports.upload_folder import UploadFolder, WorkFolder
from app.settings import Settings
from zones.sandbox.limits import MEBIBYTE


class StoredUploads:
    """The folders of imports that ended without storing anything, for all processes.

    A folder is moved here and back whole, by one rename: it is kept or it is not, also after a
    crash. What belongs to no import any more goes when its time is up.
    """

    def __init__(self, folder: WorkFolder, settings: Settings) -> None:
        self._folder = folder
        self._root = folder.stored_uploads
        self._time = timedelta(hours=settings.keep_imports_h)
        self._most_bytes = settings.keep_imports_mb * MEBIBYTE

    def keep(self, import_id: str, place: UploadFolder) -> None:
        """Move a place here; whoever keeps more than there is room for loses the oldest."""
        os.utime(place.folder)
        place.folder.rename(self._root / import_id)
        self.sweep()

    def take_back(self, import_id: str) -> UploadFolder | None:
        """Return the place again, owned by this process; None when it is no longer kept."""
        if self.expires_at(import_id) is None:
            return None
        return self._folder.take_place(import_id, self._root / import_id)

    def expires_at(self, import_id: str) -> datetime | None:
        """Return until when the upload is kept; None when it is not."""
        try:
            since = (self._root / import_id).stat().st_mtime
        except FileNotFoundError:
            return None
        until = datetime.fromtimestamp(since, UTC) + self._time
        return until if until > datetime.now(UTC) else None

    def path(self, import_id: str) -> Path:
        """Return the folder of an import that is kept."""
        return self._root / import_id

    def drop(self, import_id: str) -> None:
        """Remove what is kept of an import."""
        shutil.rmtree(self._root / import_id, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what is too old, then the oldest while there is too much."""
        entries = sorted(self._entries(), reverse=True)
        oldest = (datetime.now(UTC) - self._time).timestamp()
        total_bytes = 0
        for since, size, folder in entries:
            total_bytes += size
            if since < oldest or total_bytes > self._most_bytes:
                shutil.rmtree(folder, ignore_errors=True)

    def _entries(self) -> list[tuple[float, int, Path]]:
        """Return time, bytes and folder of all that is kept; others may be removing it."""
        found = []
        for folder in self._root.iterdir():
            with suppress(FileNotFoundError):
                size = sum(file.stat().st_size for file in folder.iterdir())
                found.append((folder.stat().st_mtime, size, folder))
        return found
