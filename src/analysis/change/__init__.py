"""What changed between two months."""

from analysis.change.flows import class_flows, migration_table
from analysis.change.migration import migration, net_migration

__all__ = ["class_flows", "migration", "migration_table", "net_migration"]
