"""OGC's own schemas, which are not ours to ship: Maven's ``org.jvnet.ogc:ogc-schemas`` has them.

``python3 tasks.py test`` gets that package where Maven is at hand.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from lxml import etree

PACKAGE: Final = Path.home() / ".m2" / "repository" / "org" / "jvnet" / "ogc" / "ogc-schemas"
JARS: Final = sorted(PACKAGE.glob("*/ogc-schemas-*.jar"))
MISSING: Final = "Maven's org.jvnet.ogc:ogc-schemas is not there"
OGC: Final = "http://schemas.opengis.net/"

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
# W3C's two, as far as OGC's use them: the package has those of OGC alone.
XML = f"""<xs:schema targetNamespace="http://www.w3.org/XML/1998/namespace" {XS}>
<xs:attribute name="lang" type="xs:string"/><xs:attribute name="id" type="xs:ID"/></xs:schema>"""
LINKS = ("type", "href", "role", "arcrole", "title", "show", "actuate")
LINK = "".join(f'<xs:attribute ref="x:{name}"/>' for name in LINKS)
GROUPS = "".join(
    f'<xs:attributeGroup name="{name}">{LINK}</xs:attributeGroup>'
    for name in ("simpleAttrs", "simpleLink", "extendedLink", "extended", "locatorLink", "arcLink",
                 "resourceLink", "titleLink", "emptyLink")
)  # fmt: skip
XLINK = (
    f'<xs:schema targetNamespace="http://www.w3.org/1999/xlink" {XS}'
    ' xmlns:x="http://www.w3.org/1999/xlink">'
    + "".join(f'<xs:attribute name="{name}" type="xs:string"/>' for name in LINKS)
    + GROUPS
    + "</xs:schema>"
)


class Schemas(etree.Resolver):
    """Finds OGC's schemas in the package, W3C's two here, and ours where the test has them."""

    def __init__(self, own: Mapping[str, bytes]) -> None:
        self.own = own
        self.jar = ZipFile(JARS[-1])

    def resolve(self, url: str, _public: str, context: Any) -> Any:
        if "w3.org" in url or "xlink/1.0.0" in url:
            return self.resolve_string(XLINK if "xlink" in url else XML, context)
        if found := re.fullmatch(r"https?://schemas\.opengis\.net/(.*)", url):
            text = self.jar.read(f"ogc/{found[1]}")
            return self.resolve_string(text, context, base_url=url)
        return self.resolve_string(self.own[url], context) if url in self.own else None


def schema_of(
    schemas: Mapping[str, str], own: Mapping[str, bytes] | None = None
) -> etree.XMLSchema:
    """Return one schema of several.

    Parameters
    ----------
    schemas
        Addresses below ``schemas.opengis.net``, by namespace.
    own
        Schemas of ours by namespace, which is their address too.
    """
    own = own or {}
    parser = etree.XMLParser()
    parser.resolvers.add(Schemas(own))
    places = {
        **{name: OGC + path for name, path in schemas.items()},
        **{name: name for name in own},
    }
    imports = "".join(
        f'<xs:import namespace="{name}" schemaLocation="{place}"/>'
        for name, place in places.items()
    )
    root = etree.fromstring(f"<xs:schema {XS}>{imports}</xs:schema>".encode(), parser)
    return etree.XMLSchema(root)


def check(known: etree.XMLSchema, document: bytes) -> None:
    """Fail with the first words of what is wrong with a document."""
    if not known.validate(etree.fromstring(document)):
        raise AssertionError([str(each) for each in known.error_log][:3])
