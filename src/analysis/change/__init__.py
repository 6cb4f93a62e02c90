"""What changed between two months."""

from analysis.change.migration import migration, net_migration

__all__ = ["migration", "net_migration"]
