#!/usr/bin/env bash
# GDAL 3.12.4 (pyogrio 0.13.0), OAPIF driver: what becomes of the literals of a filter on their way.
#
# A server that announces CQL2 text gets GDAL's attribute filter as a query parameter
# (https://gdal.org/en/stable/drivers/vector/oapif.html, "Filtering"). The guess was that a literal
# arrives as it was written. Seen instead: a date gets a T behind it ('2023-01-12T'), a time loses
# its fraction, and the plus of 1e+20 is not percent-encoded, so that a server reads a blank there.
#
# Output seen:
#   day = '2023-01-12'                  filter=(day = '2023-01-12T')
#   at = '2023-01-12T08:00:00.250Z'     filter=(at = '2023-01-12T08:00:00Z')
#   n > 1e20                            filter=(n > 1e+20)      raw plus: True
# Source: seen here.
set -euo pipefail
