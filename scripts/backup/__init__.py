"""Backups that are proven: made, encrypted, restored in full, compared, and only then called good.

Standard library alone: it runs in a container that has PostgreSQL's programs, age, rclone and
openssl, and no Python package.
"""
