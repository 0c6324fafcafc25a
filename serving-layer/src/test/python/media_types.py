"""How schemathesis writes what it generates for media types that it does not know."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    return (json.dumps(value) + "\n").encode()
