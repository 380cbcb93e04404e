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
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsRaster,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

VIEWS = {
    "EPSG:4490": (QgsRectangle(123.34, 41.70, 123.44, 41.80), QSize(300, 300)),
    "EPSG:4550": (QgsRectangle(526000, 4617000, 538000, 4632000), QSize(300, 375)),
    "EPSG:3857": (QgsRectangle(13729000, 5114000, 13742000, 5131000), QSize(260, 340)),
}
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
        **{f"wms {crs}": view(wms(url, crs), crs, folder / f"wms-{crs[5:]}.png") for crs in VIEWS},
        "wmts": view(wmts(url), "EPSG:4490", folder / "wmts.png"),
        "identified": identified(wms(url, "EPSG:4490")),
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


def wms(url: str, crs: str) -> QgsRasterLayer:
    """Return the zones as a layer of WMS, which QGIS asks for in version 1.3.0."""
    wanted = f"crs={crs}&format=image/png&layers=zones&styles=unlabelled"
    return QgsRasterLayer(f"{wanted}&url={url}/wms", "zones", "wms")


def wmts(url: str) -> QgsRasterLayer:
    """Return the zones as a layer of WMTS in the grid of degrees."""
    wanted = "crs=EPSG:4490&format=image/png&layers=zones&styles=unlabelled"
    grid = "tileMatrixSet=CGCS2000Quad"
    address = f"{url}/wmts?SERVICE%3DWMTS%26REQUEST%3DGetCapabilities"
    return QgsRasterLayer(f"{wanted}&{grid}&url={address}", "zones", "wms")


def identified(layer: QgsRasterLayer) -> list[str]:
    """Return what a click into a zone tells, as texts."""
    found = layer.dataProvider().identify(
        QgsPointXY(123.405, 41.765), QgsRaster.IdentifyFormatHtml, VIEWS["EPSG:4490"][0], 300, 300
    )
    return [str(each) for each in found.results().values()]


def view(layer: QgsMapLayer, crs: str, picture: Path) -> dict[str, Any]:
    """Return whether a layer of pictures loads, and the extent that was drawn into a file."""
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(VIEWS[crs][0])
    settings.setOutputSize(VIEWS[crs][1])
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    drawn(layer, settings).save(str(picture))
    seen = settings.visibleExtent()
    bounds = [seen.xMinimum(), seen.yMinimum(), seen.xMaximum(), seen.yMaximum()]
    return {"valid": layer.isValid(), "crs": layer.crs().authid(), "bounds": bounds}


def tiles(template: str, picture: Path) -> dict[str, Any]:
    """Return whether the vector tiles load, and how much of a picture they cover."""
    layer = QgsVectorTileLayer(f"type=xyz&url={template}/%7Bz%7D/%7By%7D/%7Bx%7D&zmin=0&zmax=14")
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(13726000, 5112000, 13743000, 5133000))
    settings.setOutputSize(QSize(300, 370))
    image = drawn(layer, settings)
    image.save(str(picture))
    white = image.pixelColor(0, 0)
    painted = sum(
        image.pixelColor(x, y) != white for x in range(0, 300, 5) for y in range(0, 370, 5)
    )
    return {"valid": layer.isValid(), "painted": painted / (60 * 74)}


def drawn(layer: QgsMapLayer, settings: QgsMapSettings) -> QImage:
    """Return the picture that QGIS makes of a layer."""
    settings.setLayers([layer])
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    print("RESULT " + json.dumps(main(sys.argv[1], Path(sys.argv[2])), ensure_ascii=False))
    application.exitQgis()
