"""Documents of WFS 2.0 and 1.1 against OGC's own schemas."""

from functools import cache
from typing import Final

import pytest
from lxml import etree
from starlette.testclient import TestClient

from tests.ogc_schemas import JARS, MISSING, check, schema_of
from zones.gml.xml_names import NAMESPACE
from zones.snapshot.model import Snapshot

pytestmark = pytest.mark.skipif(not JARS, reason=MISSING)

SCHEMAS: Final = {
    "2.0.0": {"http://www.opengis.net/wfs/2.0": "wfs/2.0/wfs.xsd"},
    "1.1.0": {"http://www.opengis.net/wfs": "wfs/1.1.0/wfs.xsd"},
}
REPORTS: Final = {
    "2.0.0": {"http://www.opengis.net/ows/1.1": "ows/1.1.0/owsAll.xsd"},
    "1.1.0": {"http://www.opengis.net/ows": "ows/1.0.0/owsAll.xsd"},
}


@cache
def wfs_schema(version: str) -> etree.XMLSchema:
    """Return the schema of a version."""
    return schema_of(SCHEMAS[version])


@pytest.mark.parametrize(
    ("version", "asked"),
    [("1.1.0", "GetCapabilities"), ("2.0.0", "GetCapabilities"), ("2.0.0", "ListStoredQueries"),
     ("2.0.0", "DescribeStoredQueries"),
     ("2.0.0", "GetFeature&typeNames=zones&resultType=hits"),
     ("1.1.0", "GetFeature&typeName=zones&resultType=hits")],
)  # fmt: skip
def test_every_document_is_valid(client: TestClient, version: str, asked: str) -> None:
    answer = client.get(f"/wfs?service=WFS&version={version}&request={asked}")
    check(wfs_schema(version), answer.content)


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_faults_are_valid_reports(client: TestClient, version: str) -> None:
    asked = {"version": version, "request": "GetFeature", "typeNames": "无此要素类"}
    check(schema_of(REPORTS[version]), client.get("/wfs", params=asked).content)


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_features_are_valid_by_the_schema_that_describes_them(
    client: TestClient, seeded_snapshot: Snapshot, version: str
) -> None:
    described = client.get(f"/wfs?version={version}&request=DescribeFeatureType").content
    known = schema_of(SCHEMAS[version], {NAMESPACE: described})
    for name in seeded_snapshot.collections:
        asked = {"version": version, "request": "GetFeature", "typeNames": name, "count": "50"}
        check(known, client.get("/wfs", params=asked).content)
