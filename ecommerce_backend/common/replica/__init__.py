"""Reading from a copy of the database, for what everybody sees alike.

Only a view that says so reads there (`ReadsFromReplica`), and only

- in a GET or HEAD, outside a transaction, of the models of `READ_APPS`;
- when its caller wrote nothing lately: whoever wrote must see it (`pins`);
- when the copy has all that was committed up to a few seconds ago (`follower`).

Otherwise, and when the copy fails meanwhile, the primary answers. Without DATABASE_REPLICA_URL none
of this runs.
"""
