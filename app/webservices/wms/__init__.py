"""WMS 1.3.0 and 1.1.1 (OGC 06-042, 01-068r3): map images for any GIS.

``versions`` says what differs between versions, ``bbox_crs_size`` reads which part of the world in
which system, ``get_map_query`` a whole request for a picture, ``time_parameter`` the time,
``get_feature_info`` answers GetFeatureInfo, ``get_legend_graphic`` GetLegendGraphic,
``capabilities`` and ``faults`` write documents; ``routes`` is the door. Start with ``routes``.
"""
