"""The whole story on this machine: seeded, stolen, contacted, found, told and checked."""

from cli.demo.command import register

__all__ = ["register"]
