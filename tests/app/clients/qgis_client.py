"""What QGIS makes of the service, as JSON; run by the system's Python, which has PyQGIS.

/usr/bin/python3 qgis_client.py http://127.0.0.1:8000 folder
"""

import json
import sys
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize

BOX = QgsRectangle(123.39, 41.78, 123.41, 41.80)


def main(url: str, folder: Path) -> dict[str, Any]:
    """Return what the layers of the service look like from within QGIS."""
    return {
        "zones": told(features(url, "zones")),
        "filtered": told(features(url, "sites", subset="\"category\" = 'park'")),
        **{f"wfs {v}": told(wfs(url, "zones", v)) for v in ("2.0.0", "1.1.0")},
        "wfs filtered": told(wfs(url, "sites", "2.0.0", subset="\"category\" = 'park'")),
        "arcgis": told(arcgis(url, "zones")),
        "arcgis in box": in_box(arcgis(url, "sites")),
        "in_box": in_box(features(url, "sites")),
        "tiles": tiles(f"{url}/collections/zones/tiles/WebMercatorQuad", folder / "tiles.png"),
        "files": {
            str(path.relative_to(folder)): told(QgsVectorLayer(str(path), path.stem))
            for path in files(folder)
        },
    }


def in_box(layer: QgsVectorLayer) -> list[str]:
    """Return the ids of the features that a click or a view of the box would find."""
    return sorted(each["id"] for each in layer.getFeatures(QgsFeatureRequest(BOX)))


def features(url: str, collection: str, *, subset: str = "") -> QgsVectorLayer:
    """Return a collection as a layer that asks the server."""
    source = f"url='{url}' typename='{collection}' restrictToRequestBBOX='1'"
    layer = QgsVectorLayer(source, collection, "OAPIF")
    if subset:
        layer.setSubsetString(subset)
    return layer


def wfs(url: str, collection: str, version: str, *, subset: str = "") -> QgsVectorLayer:
    """Return a collection as a layer of WFS."""
    source = (
        f"url='{url}/wfs' typename='hz:{collection}' version='{version}'"
        " srsname='EPSG:4490' restrictToRequestBBOX='1' pagingEnabled='true'"
    )
    layer = QgsVectorLayer(source, collection, "WFS")
    if subset:
        layer.setSubsetString(subset)
    return layer


def arcgis(url: str, collection: str) -> QgsVectorLayer:
    """Return a collection as a layer of an ArcGIS feature service."""
    service = f"{url}/arcgis/rest/services/{collection}/FeatureServer/0"
    return QgsVectorLayer(f"crs='EPSG:4490' url='{service}'", collection, "arcgisfeatureserver")


def files(folder: Path) -> list[Path]:
    """Return the files to open, as exported."""
    return sorted(path for path in folder.rglob("*") if path.suffix in {".gpkg", ".shp"})


def told(layer: QgsVectorLayer) -> dict[str, Any]:
    """Return whether a layer is valid, and what is in it."""
    found = list(layer.getFeatures())
    placed = (each for each in found if not each.geometry().isNull())
    first = min(placed, key=lambda each: str(each["name"]))
    centre = first.geometry().centroid().asPoint()
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "count": layer.featureCount(),
        "names": sorted(str(each["name"]) for each in found),
        "name": first["name"],
        "centre": [centre.x(), centre.y()],
    }


def tiles(template: str, picture: Path) -> dict[str, Any]:
    """Return whether the vector tiles load, and how much of a picture they cover."""
    layer = QgsVectorTileLayer(f"type=xyz&url={template}/%7Bz%7D/%7By%7D/%7Bx%7D&zmin=0&zmax=14")
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(13726000, 5112000, 13743000, 5133000))
    settings.setOutputSize(QSize(300, 370))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(picture))
    white = image.pixelColor(0, 0)
    painted = sum(
        image.pixelColor(x, y) != white for x in range(0, 300, 5) for y in range(0, 370, 5)
    )
    return {"valid": layer.isValid(), "painted": painted / (60 * 74)}


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    print("RESULT " + json.dumps(main(sys.argv[1], Path(sys.argv[2])), ensure_ascii=False))
    application.exitQgis()
