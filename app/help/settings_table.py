"""All settings as a table of the manual: names and defaults from the settings themselves."""

import tomllib
from pathlib import Path
from typing import Final

from pydantic_core import PydanticUndefined

from app.settings import ROOT, Settings
from zones.messages import Lang, say

CHINESE: Final = Path(__file__).with_name("settings_zh.toml")


def settings_table(lang: Lang) -> str:
    """Return a Markdown table of every setting, its default and what it is for."""
    chinese = tomllib.loads(CHINESE.read_text(encoding="utf-8"))
    head = " | ".join(
        say(f"help-settings-{each}", lang).message for each in ("name", "default", "what")
    )
    rows = [
        f"| `ZONES_{name.upper()}` | {_shown(field.default)} "
        f"| {chinese.get(name) if lang == 'zh' else field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([f"| {head} |", "|---|---|---|", *rows])


def _shown(default: object) -> str:
    """Return a default without where the project lies on this machine."""
    if default is None or default == "" or default is PydanticUndefined:
        return "—"
    return f"`{str(default).replace(f'{ROOT}/', '')}`"
