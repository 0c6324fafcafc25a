"""Reads an Arrow IPC stream from standard input and tells as JSON what a data scientist would see of it."""

import json
import sys

import pyarrow

with pyarrow.ipc.open_stream(sys.stdin.buffer) as reader:
    schema = reader.schema
    batches = list(reader)

table = pyarrow.Table.from_batches(batches, schema)
print(
    json.dumps(
        {
            "types": {field.name: str(field.type) for field in schema},
            "units": {
                field.name: field.metadata[b"unit"].decode()
                for field in schema
                if field.metadata and b"unit" in field.metadata
            },
            "meta": json.loads(schema.metadata[b"bifocal.meta"]),
            "batches": len(batches),
            "rows": [{name: None if value is None else str(value) for name, value in row.items()} for row in table.to_pylist()],
        }
    )
)
