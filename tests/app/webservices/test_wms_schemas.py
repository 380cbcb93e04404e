"""Documents of WMS 1.3.0 and 1.1.1 against OGC's own schemas."""

import io
from typing import Final
from zipfile import ZipFile

import pytest
from lxml import etree
from starlette.testclient import TestClient

from tests.ogc_schemas import JARS, MISSING, check, schema_of

pytestmark = pytest.mark.skipif(not JARS, reason=MISSING)

SCHEMAS: Final = {
    "http://www.opengis.net/wms": "wms/1.3.0/capabilities_1_3_0.xsd",
    "http://www.opengis.net/sld": "sld/1.1.0/sld_capabilities.xsd",
}
EXCEPTIONS: Final = {"http://www.opengis.net/ogc": "wms/1.3.0/exceptions_1_3_0.xsd"}


def dtd(name: str) -> etree.DTD:
    """Return a document type of version 1.1.1."""
    return etree.DTD(io.BytesIO(ZipFile(JARS[-1]).read(f"ogc/wms/1.1.1/{name}")))


def test_capabilities_of_1_3_0_are_valid(client: TestClient) -> None:
    asked = "/wms?service=WMS&version=1.3.0&request=GetCapabilities"
    check(schema_of(SCHEMAS), client.get(asked).content)


def test_exceptions_of_1_3_0_are_valid(client: TestClient) -> None:
    check(schema_of(EXCEPTIONS), client.get("/wms?version=1.3.0&request=GetMap").content)


@pytest.mark.parametrize(
    ("name", "asked"),
    [("WMS_MS_Capabilities.dtd", "GetCapabilities"), ("WMS_exception_1_1_1.dtd", "GetMap")],
)
def test_documents_of_1_1_1_are_valid(client: TestClient, name: str, asked: str) -> None:
    answer = client.get(f"/wms?service=WMS&version=1.1.1&request={asked}")
    kind = dtd(name)
    root = etree.fromstring(answer.content, etree.XMLParser(load_dtd=False, no_network=True))
    assert kind.validate(root), kind.error_log
