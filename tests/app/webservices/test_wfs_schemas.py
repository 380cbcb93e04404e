"""Documents of WFS 2.0 against OGC's own schemas.

The schemas are not ours to ship: ``ZONES_OGC_SCHEMAS`` names a folder that has them as
schemas.opengis.net does (``wfs/2.0/wfs.xsd`` in it; Maven's ``org.jvnet.ogc:ogc-schemas`` holds
them in its folder ``ogc``).
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from zones.gml.names import NAMESPACE
from zones.snapshot.model import Snapshot

FOLDER = os.environ.get("ZONES_OGC_SCHEMAS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="ZONES_OGC_SCHEMAS is not set")

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
XML = f"""<xs:schema targetNamespace="http://www.w3.org/XML/1998/namespace" {XS}>
<xs:attribute name="lang" type="xs:string"/><xs:attribute name="id" type="xs:ID"/></xs:schema>"""
LINKS = ("type", "href", "role", "arcrole", "title", "show", "actuate")
LINK = "".join(f'<xs:attribute ref="x:{name}"/>' for name in LINKS)
GROUPS = "".join(
    f'<xs:attributeGroup name="{name}">{LINK}</xs:attributeGroup>'
    for name in ("simpleAttrs", "simpleLink", "extendedLink", "locatorLink", "arcLink",
                 "resourceLink", "titleLink", "emptyLink")
)  # fmt: skip
XLINK = (
    f'<xs:schema targetNamespace="http://www.w3.org/1999/xlink" {XS}'
    ' xmlns:x="http://www.w3.org/1999/xlink">'
    + "".join(f'<xs:attribute name="{name}" type="xs:string"/>' for name in LINKS)
    + GROUPS
    + "</xs:schema>"
)
WFS = "http://schemas.opengis.net/wfs/2.0/wfs.xsd"
OURS = "urn:ours"


class Schemas(etree.Resolver):
    """Finds OGC's schemas in the folder, W3C's two here, and ours at the service."""

    def __init__(self, own: bytes = b"") -> None:
        self.own = own

    def resolve(self, url: str, _public: str, context: Any) -> Any:
        if found := re.fullmatch(r"https?://schemas\.opengis\.net/(.*)", url):
            return self.resolve_filename(str(Path(FOLDER, found[1])), context)
        if "w3.org" in url:
            return self.resolve_string(XLINK if "xlink" in url else XML, context)
        return self.resolve_string(self.own, context) if url == OURS else None


def schema(own: bytes = b"") -> etree.XMLSchema:
    """Return the schema of WFS 2.0, with that of our features."""
    parser = etree.XMLParser()
    parser.resolvers.add(Schemas(own))
    imports = f'<xs:import namespace="http://www.opengis.net/wfs/2.0" schemaLocation="{WFS}"/>'
    if own:
        imports += f'<xs:import namespace="{NAMESPACE}" schemaLocation="{OURS}"/>'
    root = etree.fromstring(f"<xs:schema {XS}>{imports}</xs:schema>".encode(), parser)
    return etree.XMLSchema(root)


def check(known: etree.XMLSchema, document: bytes) -> None:
    """Fail with the first words of what is wrong with a document."""
    if not known.validate(etree.fromstring(document)):
        raise AssertionError([str(each) for each in known.error_log][:3])


def test_every_document_is_valid(client: TestClient) -> None:
    known = schema()
    hits = "request=GetFeature&typeNames=zones&resultType=hits"
    asked_for = [f"request={name}" for name in ("GetCapabilities", "ListStoredQueries")]
    for asked in (*asked_for, "request=DescribeStoredQueries", hits):
        check(known, client.get(f"/wfs?version=2.0.0&{asked}").content)


def test_features_are_valid_by_the_schema_that_describes_them(
    client: TestClient, seeded_snapshot: Snapshot
) -> None:
    known = schema(client.get("/wfs?version=2.0.0&request=DescribeFeatureType").content)
    for name in seeded_snapshot.collections:
        asked = {"version": "2.0.0", "request": "GetFeature", "typeNames": name, "count": "50"}
        check(known, client.get("/wfs", params=asked).content)
