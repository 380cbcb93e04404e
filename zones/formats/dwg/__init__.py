"""DWG drawings, on trial: what dwg2geo converts, with units and layers by ezdwg.

Start at ``source.py``; ``header.py`` reads units and the states of layers. Runs in the child.
"""
