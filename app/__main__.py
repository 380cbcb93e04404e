"""Make ``python -m app`` the same as the command ``zones``."""

from app.cli import main

main()
