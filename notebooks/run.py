"""Executes notebooks in a Jupyter kernel, each from the top, and writes them with their outputs: run.py OUTPUT NOTEBOOK…"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

# The kernel is talked to through sockets of this user's files, not through TCP that all users of the machine can reach.
PRIVATE = Config({"KernelManager": {"transport": "ipc"}})


def main(output: Path, notebooks: list[Path]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(notebook, config=PRIVATE, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
        try:
            client.execute()
        finally:
            # With what a failed cell said, too.
            nbformat.write(notebook, output / path.name)
        print(path.name, "is executed", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument).resolve() for argument in sys.argv[2:]])
