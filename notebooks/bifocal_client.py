"""A small client of Bifocal's REST API, and of the tables that it keeps. Answers come as polars frames."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import deltalake
import polars as pl

_ARROW = "application/vnd.apache.arrow.stream"
_DEFAULT_URL = "http://127.0.0.1:8080"


class BifocalError(Exception):
    """A problem document: what is wrong (`code`, the message) and what would mend it (`remedy`)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('detail', f'status {status}')} {problem.get('remedy', '')}".strip())
        self.status = status
        self.code = str(problem.get("code", status))
        self.remedy = str(problem.get("remedy", ""))


@dataclass(frozen=True)
class Answer:
    """An answer: `frame` has the columns that were asked for and `status`; `meta` says where it comes from."""

    frame: pl.DataFrame
    meta: Mapping[str, Any]
    estimates: Sequence[Mapping[str, Any] | None]

    @property
    def token(self) -> str:
        """Gives the same numbers later, whatever has been published since."""
        return str(self.meta["answer"])


class Bifocal:
    """A running platform. The address is that of `url`, else of the variable BIFOCAL_URL, else the default port of this machine."""

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or os.environ.get("BIFOCAL_URL") or _DEFAULT_URL).rstrip("/")

    def get(self, path: str, **parameters: Any) -> Any:
        query = urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})
        return _json(self._send("GET", f"{path}?{query}" if query else path))

    def query(
        self,
        model: str,
        metrics: Iterable[str],
        by: Iterable[str] = (),
        *,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        granularity: str | None = None,
        zone: str | None = None,
        where: Mapping[str, Any] | None = None,
        require: str | None = None,
    ) -> Answer:
        """Asks for metrics, by dimensions and time. `start` is inclusive, `end` exclusive; `where` maps dimensions to a value or a list."""
        times = {"from": _instant(start), "to": _instant(end), "granularity": granularity, "zone": zone}
        question: dict[str, Any] = {
            "model": model,
            "metrics": list(metrics),
            "dimensions": list(by),
            "time": {name: value for name, value in times.items() if value is not None},
            "filters": [
                {"dimension": name, "operator": "equals", "values": value if isinstance(value, list) else [value]}
                for name, value in (where or {}).items()
            ],
        }
        if require:
            question["consistency"] = {"require": require}
        return _answer(_json(self._send("POST", "/query", json.dumps(question))))

    def exact(self, model: str, metrics: Iterable[str], by: Iterable[str] = (), **question: Any) -> tuple[pl.DataFrame, dict[str, Any]]:
        """An answer's exact rows, and the manifest that names their generation and its cut. Read the archive afterwards: it
        has all records before that cut then."""
        while True:
            manifest = self.get(f"/models/{model}/manifest")
            answer = self.query(model, metrics, by, **question)
            if answer.meta["generation"] == manifest["generation"]:
                return answer.frame.filter(pl.col("status") == "exact"), manifest

    def again(self, token: str) -> Answer:
        """An earlier answer, with the numbers that it had."""
        return _answer(_json(self._send("POST", "/query", json.dumps({"answer": token}))))

    def arrow(self, token: str) -> pl.DataFrame:
        """An earlier answer's rows, read from Arrow: every column with its type, and none of them parsed from text."""
        body = json.dumps({"answer": token})
        return pl.read_ipc_stream(self._send("POST", "/query", body, headers={"Accept": _ARROW}))

    def publish(self, model: str, events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Sends events; returns how many Kafka has acknowledged."""
        lines = "\n".join(json.dumps(event) for event in events)
        return _json(self._send("POST", f"/events/{model}", lines, content_type="application/x-ndjson"))

    def run_job(self, kind: str, model: str, *, timeout_seconds: float = 600, **fields: Any) -> dict[str, Any]:
        """Asks for a job and waits until it has ended; raises where it failed."""
        body = json.dumps({"type": kind, "model": model, **fields})
        return self._ended(_json(self._send("POST", "/jobs", body, headers={"Idempotency-Key": str(uuid.uuid4())})), timeout_seconds)

    def apply(self, model: str, yaml: str) -> dict[str, Any]:
        """Stores a model file as the model's next version; `inForce` says whether answers are given with it already."""
        return _json(self._send("PUT", f"/models/{model}", yaml, content_type="application/yaml"))

    def promote(self, model: str, version: int, *, timeout_seconds: float = 600) -> None:
        """Puts a version in force, an earlier one too."""
        done = _json(self._send("POST", f"/models/{model}/versions/{version}:promote"))
        if "id" in done:
            self._ended(done, timeout_seconds)

    def _ended(self, job: dict[str, Any], timeout_seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_seconds
        while job["state"] in ("QUEUED", "RUNNING"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"job {job['id']} is still {job['state']}: {job.get('message')}")
            time.sleep(0.5)
            job = self.get(f"/jobs/{job['id']}")
        if job["state"] != "SUCCEEDED":
            raise BifocalError(200, {"code": job["state"], "detail": f"The {job['type']} ended as {job['state']}: {job.get('error')}"})
        return job

    def wait_until_counted(self, model: str, timeout_seconds: float = 120) -> None:
        """Waits until answers count everything that had arrived when this was called."""
        asked = datetime.now(timezone.utc)
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            mine = next(each for each in self.get("/status")["models"] if each["model"] == model)
            fresh = mine["freshThrough"]
            if mine["lagEvents"] == 0 or (fresh and datetime.fromisoformat(fresh.replace("Z", "+00:00")) >= asked):
                return
            time.sleep(0.2)
        raise TimeoutError(f"{model} still lags after {timeout_seconds} s")

    def lake(self, model: str) -> Lake:
        """The model's tables, where this platform's files can be reached."""
        return Lake(_archive_root(self.url) / model)

    def _send(
        self,
        method: str,
        path: str,
        body: str | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            data=None if body is None else body.encode(),
            method=method,
            headers={"Content-Type": content_type, "Accept": "application/json", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.read()
        except urllib.error.HTTPError as refused:
            text = refused.read().decode()
            try:
                problem = json.loads(text)
            except ValueError:
                problem = {"detail": text or refused.reason}
            raise BifocalError(refused.code, problem) from None
        except urllib.error.URLError as away:
            problem = {"code": "OFFLINE", "detail": f"{self.url} does not answer.", "remedy": "Start it: ./bifocal demo"}
            raise BifocalError(0, problem) from away


@dataclass(frozen=True)
class Lake:
    """A model's Delta tables: the archive of every record as it came, and gold tables with a generation's finished numbers."""

    root: Path

    @property
    def archive(self) -> str:
        return str(self.root / "archive")

    def gold(self, rollup: str) -> str:
        return str(self.root / "gold" / rollup)

    def gold_version(self, rollup: str, generation: int, timeout_seconds: float = 600) -> int:
        """The table's version that shows a generation. Tables are written when it is in force already, so this waits for it."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            for commit in deltalake.DeltaTable(self.gold(rollup)).history():
                if json.loads(commit.get("userMetadata", "{}")).get("generation") == generation:
                    return commit["version"]
            time.sleep(1)
        raise TimeoutError(f"gold/{rollup} does not show generation {generation} after {timeout_seconds} s")


def offsets(positions: Mapping[str, Mapping[str, int]]) -> pl.DataFrame:
    """Positions, such as a generation's cut, as a frame: records of a partition below `end` are before them."""
    rows = [
        {"topic_id": topic, "partition": int(partition), "end": end}
        for topic, partitions in positions.items()
        for partition, end in partitions.items()
    ]
    return pl.DataFrame(rows, schema={"topic_id": pl.String, "partition": pl.Int32, "end": pl.Int64})


def _archive_root(url: str) -> Path:
    """As the home of the platform behind a port of this machine records it."""
    home = os.environ.get("BIFOCAL_HOME")
    if not home:
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        record = Path(state) / "bifocal" / "ports" / str(urllib.parse.urlparse(url).port or 80)
        if not record.exists():
            raise FileNotFoundError(f"No platform of this user serves {url}: set BIFOCAL_HOME to its home.")
        home = record.read_text().strip()
    for line in (Path(home) / "run" / "platform.properties").read_text().splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "archive.uri":
            return Path(urllib.parse.unquote(urllib.parse.urlparse(value.strip().replace("\\:", ":")).path))
    raise LookupError(f"{home} does not say where its archive is.")


def _json(text: bytes) -> Any:
    """Decimals keep their digits."""
    return json.loads(text, parse_float=Decimal)


def _instant(value: datetime | str | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return value


def _answer(document: Mapping[str, Any]) -> Answer:
    rows = document["data"]
    series = [_series(column, [row[column["name"]] for row in rows]) for column in document["columns"]]
    series.append(pl.Series("status", [row["status"] for row in rows], dtype=pl.String))
    return Answer(pl.DataFrame(series), document["meta"], [row.get("estimates") for row in rows])


def _series(column: Mapping[str, str], values: list[Any]) -> pl.Series:
    name, kind = column["name"], column["type"].partition("(")[0]
    if kind == "timestamp":
        times = pl.Series(name, values, dtype=pl.String)
        return times.str.to_datetime("%+", time_unit="us", time_zone="UTC")
    if kind == "decimal":
        digits = [None if value is None else Decimal(value) for value in values]
        scale = max((-number.as_tuple().exponent for number in _present(digits)), default=0)
        return pl.Series(name, digits, dtype=pl.Decimal(38, max(0, scale)))
    if kind == "double":
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    kinds = {"long": pl.Int64, "boolean": pl.Boolean, "string": pl.String}
    return pl.Series(name, values, dtype=kinds[kind])


def _present(values: Iterable[Decimal | None]) -> Iterator[Decimal]:
    return (value for value in values if value is not None)
