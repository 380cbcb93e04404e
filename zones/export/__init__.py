"""Collections as files for other programs: GeoPackage, shapefile, GeoJSON, KML, CSV and more."""
