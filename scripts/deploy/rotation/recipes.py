"""How each secret is changed: steps that can be repeated, in an order in which nothing fails."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from scripts.deploy import secret_files
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rotation import roles
from scripts.deploy.rotation.stack import Stack
from scripts.deploy.site import Site

_RANDOM_BYTES = 48
SEALING = "django_secret_key"  # what it sealed must be sealed anew before it is forgotten
SIGNING = (SEALING, "jwt_signing_key")
MADE_OF = {
    "database_url": "db_app_password",
    "database_url_owner": "db_owner_password",
    "redis_cache_url": "redis_password",
    "redis_state_url": "redis_password",
    "redis_acl": "redis_password",
}


@dataclass(frozen=True)
class Step:
    """A part of a rotation. `name` is what an interrupted run remembers."""

    name: str
    do: Callable[[], None]


class Rotation:
    """The change of one secret. With `at_once` the old one is known to somebody: no overlap."""

    def __init__(self, site: Site, stack: Stack, secret: str, *, at_once: bool = False) -> None:
        self.site = site
        self.stack = stack
        self.secret = secret
        self.at_once = at_once

    def steps(self) -> list[Step]:
        """Return what is to be done. Raises Stop for what cannot be changed here."""
        if self.secret in SIGNING:
            return self._signing()
        recipes = {
            "db_app_password": self._app_password,
            "db_owner_password": lambda: self._role_password("nexus_owner", "database_url_owner"),
            "db_backup_password": lambda: self._role_password("nexus_backup", ""),
            "postgres_password": lambda: self._role_password("postgres", ""),
            "redis_password": self._redis_password,
            "sandbox_webhook_secret": self._single,
        }
        if self.secret not in recipes:
            raise self._no_recipe()
        return recipes[self.secret]()

    def _no_recipe(self) -> Stop:
        if self.secret in MADE_OF:
            hint = f"scripts/deploy.sh secrets rotate {MADE_OF[self.secret]}"
            return Stop(f"{self.secret} is made of another secret", Code.USAGE, hint=hint)
        return Stop(
            f"{self.secret} is not changed here",
            Code.USAGE,
            hint="rclone_config is the operator's; the backup's key opens every backup there is.",
        )

    def _signing(self) -> list[Step]:
        previous = f"{self.secret}_previous"
        seals = self.secret == SEALING
        reseal = [Step("Seal under the next one", self.stack.reseal)] if seals else []
        if self.at_once:
            # Only what reseals reads both; the shop is told of the next one alone.
            return [
                self._make_next(),
                Step("Name the next one", lambda: self._swap(previous, keep=seals)),
                *reseal,
                Step("Sign with the next one alone", lambda: self._write(previous, "")),
                Step("Tell the shop", self.stack.restart_shop),
                self._tidy(),
            ]
        return [
            self._make_next(),
            Step("Let the next one verify", lambda: self._write(previous, self._next())),
            Step("Tell the shop of the next one", self.stack.restart_shop),
            Step("Sign with the next one", lambda: self._swap(previous, keep=True)),
            Step("Tell the shop to sign with it", self.stack.restart_shop),
            *reseal,
            self._tidy(),
        ]

    def _app_password(self) -> list[Step]:
        psql = self.stack.psql()
        url = f"postgresql://{roles.BRIDGE}:{{}}@db:5432/nexus"
        return [
            self._make_next(),
            Step("Make a second role", lambda: roles.make_bridge(psql, self._next())),
            Step(
                "Name the second role",
                lambda: self._write("database_url", url.format(self._next())),
            ),
            Step("Let the shop use it", self.stack.restart_shop),
            Step("Set the password", lambda: roles.set_password(psql, roles.APP, self._next())),
            Step("Name the first role again", self._take_over),
            Step("Let the shop use that", self.stack.restart_shop),
            Step("Remove the second role", lambda: roles.drop_bridge(psql)),
            self._tidy(),
        ]

    def _role_password(self, role: str, url: str) -> list[Step]:
        psql = self.stack.psql()
        steps = [
            self._make_next(),
            Step("Set the password", lambda: roles.set_password(psql, role, self._next())),
            Step(f"Write it{f' and {url}' if url else ''}", self._take_over),
        ]
        if role == "nexus_backup":
            steps.insert(0, Step("See that no backup is under way", self._refuse_during_backup))
            steps.append(Step("Tell the backup", lambda: self.stack.restart("backup")))
        return [*steps, self._tidy()]

    def _redis_password(self) -> list[Step]:
        both = ("redis-cache", "redis-state")
        for url, host in zip(("redis_cache_url", "redis_state_url"), both, strict=True):
            if f"@{host}:" not in secret_files.read(self.site, url):
                raise Stop(f"{url} does not lead to this installation's {host}", Code.USAGE)
        return [
            self._make_next(),
            Step("Let Redis know both", self._write_both_to_acl),
            Step("Tell Redis", lambda: self.stack.restart(*both)),
            Step("Write it and the URLs", self._take_over_but_acl),
            Step("Tell the shop", self.stack.restart_shop),
            Step(
                "Let Redis know the next one alone",
                lambda: secret_files.derive(self.site, "redis_acl"),
            ),
            Step("Tell Redis to forget the old one", lambda: self.stack.restart(*both)),
            self._tidy(),
        ]

    def _single(self) -> list[Step]:
        return [
            self._make_next(),
            Step("Write it", self._take_over),
            Step("Tell the shop", self.stack.restart_shop),
            self._tidy(),
        ]

    def _make_next(self) -> Step:
        def make() -> None:
            self._write(f"{self.secret}.next", secrets.token_urlsafe(_RANDOM_BYTES))

        return Step("Make the next one", make)

    def _tidy(self) -> Step:
        def tidy() -> None:
            for ending in ("next", "old"):
                (self.site.secrets / f"{self.secret}.{ending}").unlink(missing_ok=True)

        return Step("Tidy up", tidy)

    def _next(self) -> str:
        return secret_files.read(self.site, f"{self.secret}.next")

    def _write(self, name: str, value: str) -> None:
        secret_files.write(self.site, name, value)

    def _keep_old(self) -> str:
        """Keep the value that was, once, whatever run gets here; return it."""
        old = f"{self.secret}.old"
        if not (self.site.secrets / old).exists():
            self._write(old, secret_files.read(self.site, self.secret))
        return secret_files.read(self.site, old)

    def _swap(self, previous: str, *, keep: bool) -> None:
        old = self._keep_old()
        # In this order: at no moment do both files hold the same, which the shop would refuse.
        self._write(previous, "")
        self._write(self.secret, self._next())
        self._write(previous, old if keep else "")

    def _take_over(self) -> None:
        self._keep_old()
        self._write(self.secret, self._next())
        secret_files.derive(self.site, *self._made_of_it())

    def _made_of_it(self) -> list[str]:
        return [name for name, source in MADE_OF.items() if source == self.secret]

    def _write_both_to_acl(self) -> None:
        first, *rest = secret_files.redis_acl(self._keep_old()).splitlines()
        digest = secret_files.redis_acl(self._next()).partition("#")[2].partition(" ")[0]
        self._write("redis_acl", "\n".join([f"{first} #{digest}", *rest, ""]))

    def _derive_acl(self) -> None:
        secret_files.derive(self.site, "redis_acl")

    def _take_over_but_acl(self) -> None:
        acl = (self.site.secrets / "redis_acl").read_text(encoding="utf-8")
        self._take_over()
        self._write("redis_acl", acl)

    def _refuse_during_backup(self) -> None:
        if roles.is_backup_under_way(self.stack.psql()):
            raise Stop(
                "a backup is under way",
                hint="Try again when it is made.",
            )
