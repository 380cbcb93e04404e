"""Columns that databases name differently.

Numbers of revisions and ordinals need 64 bits, which SQLite's INTEGER has and others' has not.
Text sorts by its code points, whatever the locale of the database.
"""

from sqlalchemy import (
    REAL,
    BigInteger,
    BindParameter,
    Column,
    Double,
    Integer,
    LargeBinary,
    Text,
    func,
    literal_column,
)
from sqlalchemy.sql.functions import Function
from sqlalchemy.types import TypeEngine, UserDefinedType

SRID = 4490
"""Of everything that is stored: CGCS2000, longitude before latitude."""


class PostgisGeometry(UserDefinedType[bytes]):
    """A PostGIS geometry of any kind, written and read as WKB."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type as it stands in a table."""
        return f"geometry(Geometry,{SRID})"

    def bind_expression(self, bindvalue: BindParameter[bytes]) -> Function[bytes]:
        """Return what makes a geometry of WKB."""
        return func.ST_GeomFromWKB(bindvalue, SRID, type_=self)

    def column_expression(self, colexpr: Column[bytes]) -> Function[bytes]:  # type: ignore[override]  # narrower than declared
        """Return what makes WKB, little-endian, of a geometry."""
        return func.ST_AsBinary(colexpr, literal_column("'NDR'"), type_=LargeBinary())


NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
FRACTION: TypeEngine[float] = REAL().with_variant(Double(), "postgresql")
GEOMETRY = LargeBinary().with_variant(PostgisGeometry(), "postgresql")
