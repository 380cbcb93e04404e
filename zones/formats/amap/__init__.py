"""Answers of the web services of AMap (高德) and Baidu (百度), saved as files.

AMap's ``v3/config/district`` has in each district ``polyline``: parts by ``|``, places by ``;``,
``lon,lat`` in GCJ-02; holes are not marked and parts often not closed
(lbs.amap.com/api/webservice/guide/api/district). Places have ``location``: ``"lon,lat"``. Baidu's
``Boundary.get`` has ``boundaries``, one text a part, in BD-09, places ``location`` with ``lng`` and
``lat``. Start at ``source.py``. Runs in the child, but for the recognition.
"""
