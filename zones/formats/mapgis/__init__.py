"""MapGIS 6.x files: points (.wt), lines (.wl), areas (.wp)."""
