"""Zone geometry, lookup, attribution and maps of 沈阳市和平区; knows nothing of the web."""
