"""Tests by tier: unit, integration, migration, acceptance, gates."""
