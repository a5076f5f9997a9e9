"""Files and functions stay small, and each thing is done in one place."""

import ast
import re
from pathlib import Path

import pytest

from tests.gates.source import ROOT, functions, kept_files, modules, parsed, place

EVERYWHERE = ("canary", "webhooks", "cli", "tests", "bench")
MAX_FILE = 400
MAX_FUNCTION = 50
COMMITS = ROOT / "canary/database.py"
PROMISE = re.compile(r"\b([T]ODO|[F]IXME|[X]XX)\b")
BANNED = {
    "manager",
    "handler",
    "helper",
    "util",
    "utils",
    "common",
    "core",
    "data",
    "info",
    "item",
    "obj",
    "process",
    "service",
}
MACHINE = re.compile(
    r"(?<![\w.~-])/(?:root|work|opt|mnt|Users)/"
    r"|//(?:[\w-]+\.)*(?:pypi\.org|pythonhosted\.org|npmjs\.org|debian\.org|crates\.io)"
)


def test_no_file_is_over_400_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in modules(*EVERYWHERE)}
    assert not [place(path, length) for path, length in lengths.items() if length > MAX_FILE]


def test_no_function_is_over_50_lines() -> None:
    long = [
        f"{place(path, function.lineno)} {function.name}"
        for path in modules(*EVERYWHERE)
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION
    ]
    assert not long


def test_only_the_database_module_commits() -> None:
    commits = [
        place(path, node.lineno)
        for path in modules("canary", "webhooks", "cli")
        if path != COMMITS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert not commits


def test_no_promise_is_left_in_the_text() -> None:
    left = [
        place(path, number)
        for path in kept_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if PROMISE.search(line)
    ]
    assert not left


def test_names_say_what_things_are() -> None:
    vague = [
        f"{place(path, line)} {name}"
        for path in modules("canary", "webhooks", "cli", "bench")
        for line, name in _names(path)
        if _is_vague(name)
    ]
    assert not vague


def _names(path: Path) -> list[tuple[int, str]]:
    defined = [
        (node.lineno, node.name)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not _is_override(node)
    ]
    return [(1, path.stem), *defined]


def _is_override(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a library chose the name."""
    return any(isinstance(mark, ast.Name) and mark.id == "override" for mark in node.decorator_list)


def _is_vague(name: str) -> bool:
    """Whether a name is one of the banned words, or a class that ends in one."""
    last_word = re.split(r"(?=[A-Z])", name)[-1]
    return not BANNED.isdisjoint({name.strip("_").lower(), last_word.lower()})


@pytest.mark.parametrize("name", ["utils", "_service", "LeakManager", "Data", "__process"])
def test_a_vague_name_is_seen(name: str) -> None:
    assert _is_vague(name)


@pytest.mark.parametrize("name", ["dataset", "in_process", "Leak", "Metadata", "service_url"])
def test_a_name_that_says_something_passes(name: str) -> None:
    assert not _is_vague(name)


def test_no_file_names_a_machine_or_a_package_index() -> None:
    named = [
        place(path, number)
        for path in kept_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert not named
