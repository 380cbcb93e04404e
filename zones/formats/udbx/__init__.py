"""UDBX, SuperMap's open file of datasets: an SQLite database with SpatiaLite's geometries.

``SmRegister`` lists the datasets, ``SmFieldInfo`` the captions of their fields; after the white
paper and the published layout (SuperMap/UDBX_OpenDataFormat, udbx4spec). GDAL is not needed.
"""
