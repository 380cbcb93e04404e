"""A PostgreSQL database with PostGIS as a store's database; needs the extra ``postgis``.

Start at ``database.py``; ``address.py`` reads an address, ``revision_number.py`` knows the current
revision. May import ``zones.store.sql``; only ``zones.store.open_store`` and those who name this
package import it.
"""
