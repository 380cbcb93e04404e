"""Make ``python -m app`` the same as the command ``zones``."""

from app.cli.start import main

main()
