"""The YAML files of a folder as plain values; a key that is given twice, which YAML lets pass, is a fault."""

from pathlib import Path
from typing import Any

import yaml
from yaml.parser import ParserError
from yaml.scanner import ScannerError

from gateway.core.errors import Fault


class _Loader(yaml.SafeLoader):
    """A SafeLoader that notes the lines where a key stands for the second time."""

    def __init__(self, stream: bytes) -> None:
        super().__init__(stream)
        self.twice: list[int] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # the library's signature
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    self.twice.append(key.start_mark.line + 1)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def policy_files(folder: Path) -> list[str]:
    """Return the names of the YAML files in `folder` and below it, in order."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    return sorted(found)


def read_folder(folder: Path) -> tuple[dict[str, object], list[Fault]]:
    """Return file name → content, None where it cannot be read, and what is wrong with reading."""
    documents, faults = dict[str, object](), list[Fault]()
    for name in policy_files(folder):
        documents[name], found = _read(folder / name, name)
        faults += found
    return documents, faults


def _read(path: Path, name: str) -> tuple[object, list[Fault]]:
    try:
        loader = _Loader(path.read_bytes())
        document = loader.get_single_data()
    except OSError:
        return None, [Fault(name, "cannot be read")]
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        return None, [Fault(name, _reason(fault))]
    faults = [Fault(f"{name}: line {line}", "the key is given twice") for line in loader.twice]
    return ({} if document is None else document), faults


def _reason(fault: Exception) -> str:
    """Say where the YAML breaks and, where it is about punctuation only, how; other messages could repeat a value."""
    mark = getattr(fault, "problem_mark", None)
    where = f"is not valid YAML in line {mark.line + 1}" if mark else "is not valid YAML"
    return f"{where}: {fault.problem}" if isinstance(fault, ScannerError | ParserError) else where
