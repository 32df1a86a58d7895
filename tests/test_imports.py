"""Rooms know each other only as docs/architecture.md allows; this test keeps the table true."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAVES = {
    "holdfast.clinic",
    "holdfast.paths",
    "holdfast.quick_yaml",
    "holdfast.secrets",
    "holdfast.signatures",
    "holdfast.signing",
}
ALLOWED = {
    "crisis": set(),
    "content": set(),
    "escalation": set(),
    "door": {"crisis", "content", "escalation"},
    "channels": {"door.messages"},
    "dialogue": {"crisis", "content"},
    "cli": {"crisis", "content", "escalation", "door", "channels"},
}
#: What the desk knows of the rest: the record format, the intake's address, leaves.
DESK_MAY = {*LEAVES, "holdfast.escalation.record"}
#: Where a process is put together, everything that belongs to it may be imported.
COMPOSITION_ROOTS = {"holdfast/door/__main__.py"}
#: Rooms that stay free of the heavy parts.
FORBIDDEN_PACKAGES = {
    "crisis": {"rasa", "tensorflow", "requests", "httpx", "fastapi", "sqlalchemy"},
    "content": {"rasa", "tensorflow", "requests", "httpx", "fastapi", "sqlalchemy", "sklearn", "onnxruntime"},
    "escalation": {"rasa", "fastapi", "onnxruntime"},
    "door": {"rasa", "rasa_sdk", "tensorflow"},
    "channels": {"rasa", "rasa_sdk"},
}


def imports_of(file: Path) -> set[str]:
    return imports_in(file.read_text(encoding="utf-8"), file)


def imports_in(source: str, file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import; write the full name"
            base = node.module or ""
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names if base in ("holdfast", "holdfast.door")}
    return found


def violations(room: str, file: Path) -> list[str]:
    return violations_in(file.read_text(encoding="utf-8"), room, file)


def violations_in(source: str, room: str, file: Path) -> list[str]:
    if str(file.relative_to(ROOT)) in COMPOSITION_ROOTS:
        return []
    wrong = []
    for name in sorted(imports_in(source, file)):
        if name.split(".")[0] in FORBIDDEN_PACKAGES.get(room, set()):
            wrong.append(name)
        if not name.startswith("holdfast.") or any(name == leaf or name.startswith(leaf + ".") for leaf in LEAVES):
            continue
        inner = name.removeprefix("holdfast.")
        own = inner == room or inner.startswith(room + ".")
        permitted = any(inner == other or inner.startswith(other + ".") for other in ALLOWED[room])
        if not own and not permitted and inner != "door":
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_what_the_design_allows(room: str) -> None:
    files = sorted((ROOT / "holdfast" / room).rglob("*.py"))
    assert files, f"room {room} has no files"
    wrong = {str(file.relative_to(ROOT)): found for file in files if (found := violations(room, file))}
    assert wrong == {}


def test_actions_know_crisis_and_content_only() -> None:
    files = sorted((ROOT / "actions").rglob("*.py"))
    assert files
    for file in files:
        ours = {name for name in imports_of(file) if name.startswith("holdfast.")}
        allowed = ("holdfast.crisis", "holdfast.content", *LEAVES)
        assert all(name.startswith(allowed) for name in ours), f"{file}: {ours}"


def desk_violations(source: str, file: Path) -> list[str]:
    names = imports_in(source, file)
    ours = {name for name in names if name.startswith("holdfast.")} - DESK_MAY
    return sorted(ours | {name for name in names if name.split(".")[0] in ("rasa", "rasa_sdk", "actions")})


def test_the_desk_knows_the_record_format_and_the_internal_interface_only() -> None:
    files = sorted((ROOT / "desk").rglob("*.py"))
    assert files
    wrong = {str(file.relative_to(ROOT)): found for file in files if (found := desk_violations(file.read_text(), file))}
    assert wrong == {}
    bad = "from holdfast.door.service import Door\nimport rasa\n"
    assert desk_violations(bad, ROOT / "desk" / "never_written.py") == ["holdfast.door.service", "rasa"]


def test_no_room_of_the_package_knows_the_desk() -> None:
    """The desk stands beside the door; nothing in the package imports it."""
    for file in sorted((ROOT / "holdfast").rglob("*.py")):
        assert not any(name.split(".")[0] == "desk" for name in imports_of(file)), file


def test_every_room_of_the_package_is_in_the_table() -> None:
    rooms = {folder.name for folder in (ROOT / "holdfast").iterdir() if (folder / "__init__.py").exists()}
    assert rooms == set(ALLOWED)


def test_a_forbidden_import_is_seen() -> None:
    bad = ROOT / "holdfast" / "crisis" / "never_written.py"
    tree = "from holdfast.door.plan import next_step\nimport rasa\n"
    assert violations_in(tree, "crisis", bad) == ["holdfast.door.plan", "rasa"]
