"""How much one import may take."""

from app.settings import Settings
from zones.sandbox.limits import Limits


def limits_of(settings: Settings) -> Limits:
    """Return the limits of one import."""
    return Limits(
        cpu_s=settings.import_cpu_s,
        wall_s=settings.import_wall_s,
        mem_mb=settings.import_mem_mb,
        file_mb=settings.import_file_mb,
        unzipped_mb=settings.max_unzipped_mb,
        max_features=settings.max_features,
        max_vertices=settings.max_vertices,
        max_vertices_per_feature=settings.max_vertices_per_feature,
    )
