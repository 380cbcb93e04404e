"""Tables on the terminal: areas, what a check of the seed found, keys."""

from collections.abc import Sequence

from rich.table import Table

from app.cli.console import screen
from zones.plan.border_witnesses import WitnessedBorder
from zones.plan.planned_and_measured import ElementMeasure
from zones.plan.seed_check import CheckReport, problem_message
from zones.store.sql.records import Key


def show_areas(rows: Sequence[ElementMeasure]) -> None:
    """Print planned and measured figures side by side."""
    table = Table()
    table.add_column("名称 / name", overflow="fold")
    for heading in ("规划 / planned", "量算 / measured", "EPSG:4550", "差 / diff"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*area_cells(row))
    screen.print(table)


def area_cells(row: ElementMeasure) -> tuple[str, ...]:
    """Return a row of the areas as text: km² for zones, km for axes and the belt."""
    if row.type == "zone":
        figures = (row.planned_area_km2, row.area_m2, row.planar_area_m2)
        unit, per_unit = "km²", 1e6
    else:
        figures = (row.planned_length_km, row.length_m, row.planar_length_m)
        unit, per_unit = "km", 1e3
    planned, *measured = figures
    cells = [f"{value / per_unit:.3f} {unit}" if value is not None else "—" for value in measured]
    difference = row.difference_percent
    return (
        row.name,
        f"{planned:g} {unit}" if planned is not None else "—",
        *cells,
        f"{difference:+.1f} %" if difference is not None else "—",
    )


def show_check(report: CheckReport) -> None:
    """Print what a check of the seed found: counts, the table of figures, every problem."""
    counts = ", ".join(f"{name} {count}" for name, count in report.counts.items())
    screen.print(f"要素 / features: {counts}")
    show_areas(report.areas)
    show_witnesses(report.witnessed)
    for problem in report.problems:
        screen.print(f"[{problem.severity}] {problem_message(problem)}", markup=False)
    screen.print("检查通过 / all checks passed" if report.ok else "检查未通过 / checks failed")


def show_witnesses(borders: Sequence[WitnessedBorder]) -> None:
    """Print for each border between subdistricts the nearest witnesses on its sides."""
    table = Table("界线段 / border", "精度 / accuracy", "旁证 / witnesses")
    for border in borders:
        heard = "\n".join(f"{t.witness} {t.distance_m:.0f} m" for t in border.testimonies)
        accuracy = "—" if border.accuracy_m is None else f"{border.accuracy_m:g} m"
        table.add_row(f"{border.border}\n{border.name}", accuracy, heard or "—")
    screen.print(table)


def show_keys(keys: Sequence[Key]) -> None:
    """Print the keys; never a secret."""
    table = Table("id", "name", "role", "created", "last used", "revoked")
    for key in keys:
        moments = (key.created_at, key.last_used_at, key.revoked_at)
        table.add_row(key.id, key.name, key.role, *(f"{at:%F %R}" if at else "" for at in moments))
    screen.print(table)
