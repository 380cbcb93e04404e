"""Map images: what a picture shows, the layers there are, and the cache of what was made.

``layer_list.py`` names what can be asked for, ``picture_request.py`` is one picture's request,
``picture_cache.py`` makes and remembers it. OGC API Maps has its door here; WMS, WMTS and Esri's
export, in ``app.webservices``, ask for pictures as well.
"""
