"""Changing a secret while the shop serves: both are good until every process has the new one."""
