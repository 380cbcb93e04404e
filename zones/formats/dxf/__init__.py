"""DXF drawings: guards around GDAL's reader, and areas made of drawn lines.

Start at ``source.py``. Runs in the child.
"""
