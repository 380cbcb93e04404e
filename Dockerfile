# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS web
WORKDIR /build
COPY app/web/package.json app/web/package-lock.json app/web/.npmrc ./
RUN npm ci --omit=dev --no-fund --no-audit

FROM python:3.11-slim-bookworm AS python
WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for `zones backup`; they take servers up to their own version.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv/zones zones
WORKDIR /srv/zones
COPY --from=python /opt/venv /opt/venv
COPY pyproject.toml README.md LICENSE ./
COPY zones ./zones
COPY app ./app
COPY --from=web /build/node_modules ./app/web/node_modules
COPY geodata/README.md ./geodata/README.md
COPY geodata/seed ./geodata/seed
RUN mkdir -p geodata/store work && chown zones geodata/store work \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /opt/venv/bin/python -m app.map_page.script_bundle
USER 10001
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    ZONES_HOST=0.0.0.0 \
    ZONES_PORT=8000
VOLUME /srv/zones/geodata/store
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["zones", "serve"]
