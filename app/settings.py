"""One frozen value with every setting; read once at start and passed in."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import APP_DIR

ROOT = APP_DIR.parent

FONTS: Final = "@embedpdf/fonts-sc/fonts"
"""Within the folder of third-party files; the system's own fonts come first."""


class Settings(BaseSettings):
    """Settings, each also an environment variable ``ZONES_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="ZONES_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to listen on")
    workers: int = Field(default=1, ge=1, le=64, description="worker processes")
    store: str = Field(
        default=f"sqlite:///{ROOT / 'geodata/store/zones.sqlite'}",
        description="where revisions are kept",
    )
    work_dir: Path | None = Field(
        default=None,
        description="where uploads wait, on this machine; by default beside a SQLite store",
    )
    seed_dir: Path = Field(default=ROOT / "geodata/seed", description="the plan's own data")
    assets_dir: Path = Field(
        default=ROOT / "app/web/node_modules", description="third-party scripts, styles and fonts"
    )
    admin_key: SecretStr | None = Field(
        default=None,
        description="first admin key, at least 32 characters; made and printed once when absent",
    )
    public_read: bool = Field(default=True, description="reading needs no key")
    public_url: str = Field(
        default="", description="address that links start with, when behind a proxy"
    )
    trusted_proxies: str = Field(
        default="",
        description="proxies that may say whom a request is from, addresses or networks, "
        "separated by commas",
    )
    proxy_header: Literal["x-forwarded-for", "forwarded"] = Field(
        default="x-forwarded-for", description="header in which these proxies say it"
    )
    lang: Literal["zh", "en"] = Field(
        default="zh", description="language when a request names none"
    )
    max_upload_mb: int = Field(
        default=200, ge=1, description="largest request body of an import, MB"
    )
    upload_wall_s: int = Field(
        default=1800, ge=1, description="seconds that the body of an import or an edit may take"
    )
    max_unzipped_mb: int = Field(
        default=500, ge=1, description="largest sum of an archive's files, MB"
    )
    import_cpu_s: int = Field(
        default=30, ge=1, description="processor seconds of one import's reader"
    )
    import_wall_s: int = Field(default=60, ge=1, description="seconds of one import's reader")
    import_mem_mb: int = Field(
        default=1024, ge=256, description="memory of one import's reader, MB"
    )
    import_file_mb: int = Field(
        default=512, ge=1, description="largest file the reader may write, MB"
    )
    max_imports: int = Field(default=2, ge=1, description="imports that run at once")
    import_queue: int = Field(default=10, ge=0, description="imports that may wait")
    keep_imports_h: float = Field(
        default=24, gt=0, description="hours that an import waits for a decision"
    )
    keep_imports_mb: int = Field(
        default=4096, ge=1, description="disk for imports that wait for a decision, MB"
    )
    quota_features: int = Field(
        default=0, ge=0, description="features that a collection may hold; 0: any number"
    )
    quota_collection_mb: int = Field(
        default=0, ge=0, description="MB that a collection may hold as it is now; 0: any amount"
    )
    quota_store_mb: int = Field(
        default=0, ge=0, description="MB that the store may take with its history; 0: any amount"
    )
    max_features: int = Field(default=200_000, ge=1, description="features of one import")
    max_vertices: int = Field(default=5_000_000, ge=4, description="vertices of one import")
    max_vertices_per_feature: int = Field(
        default=200_000, ge=4, description="vertices of one feature"
    )
    keep_backups: int = Field(default=14, ge=1, description="copies that `zones backup` keeps")
    backup_key: SecretStr | None = Field(
        default=None,
        description="key that `zones backup` encrypts with, of age: age1…, or AGE-SECRET-KEY-1…",
    )
    max_batch_rows: int = Field(
        default=100_000_000, ge=1, description="rows of one stream of points"
    )
    batch_wall_s: int = Field(default=3600, ge=1, description="seconds of one stream of points")
    max_batches: int = Field(
        default=8, ge=1, description="streams of points at once in one worker process"
    )
    batch_spool_mb: int = Field(
        default=4096, ge=16, description="disk for a stream's answers that wait to be read, MB"
    )
    cache_mb: int = Field(
        default=1024,
        ge=0,
        description="memory for all that is remembered of requests, in one worker process, MB",
    )
    segments_mb: int = Field(
        default=20_480,
        ge=0,
        description="disk for large collections in the form that workers share, MB",
    )
    tile_concurrency: int = Field(
        default=2, ge=1, le=64, description="tiles encoded at once in one worker process"
    )
    oidc_issuer: str = Field(
        default="", description="provider of OpenID Connect at which people may sign in, its issuer"
    )
    oidc_client_id: str = Field(default="", description="id that this provider knows us by")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="secret that belongs to it, if the provider gave one"
    )
    oidc_scopes: str = Field(default="openid profile", description="what is asked of the provider")
    oidc_name_claim: str = Field(
        default="preferred_username", description="what of its answer is the name of the account"
    )
    oidc_groups_claim: str = Field(
        default="groups", description="what of its answer lists the person's groups"
    )
    oidc_admins: str = Field(default="", description="group of the provider that may do all")
    oidc_editors: str = Field(default="", description="group of the provider that may edit")
    oidc_title: str = Field(default="", description="what the sign-in page calls the provider")
    webhooks: str = Field(
        default="", description="addresses that are told of each revision, separated by commas"
    )
    webhook_key: SecretStr | None = Field(
        default=None,
        description="key that they are signed with: whsec_ and 24 to 64 bytes in base64",
    )
    webhook_networks: str = Field(
        default="", description="private networks in which these addresses may be"
    )
    tianditu_key: str = Field(
        default="", description="key of 天地图; the basemap is offered when set"
    )
    online_basemaps: bool = Field(
        default=False,
        description="offer OpenStreetMap and 高德 tiles (the browser needs the internet)",
    )
    min_free_mb: int = Field(
        default=500, ge=0, description="free disk below which the service is not ready"
    )

    @property
    def fonts_dir(self) -> Path:
        """Return where the Chinese font lies that comes with the pages' packages."""
        return self.assets_dir / FONTS
