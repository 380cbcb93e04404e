"""What the confined process does with a Parquet file; see ``zones.streams.parquet_in_sandbox``."""

from typing import Any

from zones.errors import BulkError, SourceError
from zones.sandbox.child_task import ReadTask


def hand_on(_request: dict[str, Any], task: ReadTask) -> dict[str, Any]:
    """Write the file's rows as an Arrow stream.

    Raises
    ------
    SourceError
        With the code and the values of what ``write_rows`` found wrong.
    """
    # Arrow starts threads when it is loaded, and a process that has any cannot be confined.
    import pyarrow as pa

    from zones.streams.arrow_reader import read_faults
    from zones.streams.parquet_in_sandbox import write_rows

    try:
        with read_faults():
            write_rows(task.source, task.rows)
    except pa.ArrowMemoryError as error:
        raise MemoryError from error  # told as a limit, not as a fault of the bytes
    except BulkError as fault:
        raise SourceError(fault.code, loc=fault.loc, **fault.params) from fault
    return {}
