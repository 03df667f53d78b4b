"""What can be wrong with a backup; each fault has an exit code of its own."""


class Fault(Exception):
    """A backup, its proof or its restore failed; the message is one line for the operator."""

    code = 1


class WrongUse(Fault):
    """The command cannot be carried out as it was given."""

    code = 2


class WrongSetting(Fault):
    """A setting is missing or makes no sense."""

    code = 3


class Busy(Fault):
    """Another run holds the lock."""

    code = 4


class OddClock(Fault):
    """The clock of this machine disagrees with the backups it made."""

    code = 5


class DatabaseFailed(Fault):
    """PostgreSQL cannot be reached, or refused."""

    code = 6


class TargetFull(Fault):
    """There is no room where the backup goes."""

    code = 7


class Missing(Fault):
    """A file, a set or a folder that should be there is not."""

    code = 8


class Damaged(Fault):
    """A file is not what was written."""

    code = 9


class WrongKey(Fault):
    """The key does not open this set."""

    code = 10


class Altered(Fault):
    """The manifest is not the one this shop wrote."""

    code = 11


class Differs(Fault):
    """What was restored is not what was saved."""

    code = 12


class RemoteFailed(Fault):
    """The copy on another machine could not be made, or differs."""

    code = 13


class Refused(Fault):
    """It would destroy something, and was not asked to in so many words."""

    code = 14


class Unreachable(Fault):
    """The archived changes have a gap: no restore to that point in time."""

    code = 15


class ToolFailed(Fault):
    """A program that is needed is missing, or failed for a reason of its own."""

    code = 16


class Shrunk(Fault):
    """Much of what the newest good set has is not in the database any more."""

    code = 17
