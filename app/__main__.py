"""Make ``python -m app`` the same as the command ``zones``."""

from app.cli.lazy_start import main

main()
