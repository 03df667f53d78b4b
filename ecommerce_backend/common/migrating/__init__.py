"""Changing the tables of a shop that is open: see docs/migrations.md."""
