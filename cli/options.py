"""Options that many commands share, and the examples under their help."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

EXAMPLE = "Example:"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Limit = Annotated[int, typer.Option(min=1, metavar="N", help="Show at most N.")]
After = Annotated[
    str | None, typer.Option(metavar="CURSOR", help="Go on after `next` of the last page.")
]
Everything = Annotated[bool, typer.Option("--all", help="Show all of them, page after page.")]

PAGE = 50


def group(meaning: str, *examples: str) -> typer.Typer:
    """Return a command that only has commands below it; its help ends with the examples."""
    return typer.Typer(
        help=meaning, no_args_is_help=True, rich_markup_mode=None, epilog=epilog(*examples)
    )


def command(
    parent: typer.Typer, name: str, *examples: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under ``name``; its help ends with the examples."""
    return parent.command(name, epilog=epilog(*examples))


def epilog(*examples: str) -> str:
    """Return the end of a command's help, each example on a line of its own."""
    lines = "\n".join(f"  {example}" for example in examples)
    return f"\b\n{EXAMPLE}\n{lines}"
