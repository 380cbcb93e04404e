"""KML and KMZ: placemarks, folders as layers, extended data, what Chinese exports put into HTML.

Start at ``source.py``; ``opening.py`` parses without DTD and entities. Runs in the child.
"""
