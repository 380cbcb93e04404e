"""WMS 1.3.0 and 1.1.1 (OGC 06-042, 01-068r3): map images for any GIS.

``versions`` says what differs between versions, ``view`` reads which part of the world in which
system, ``query`` a whole request for a picture, ``moment`` the time, ``info`` answers
GetFeatureInfo, ``legend`` GetLegendGraphic, ``capabilities`` and ``faults`` write documents;
``routes`` is the door. Start with ``routes``.
"""
