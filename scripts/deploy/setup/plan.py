"""The steps of `init`, in their order."""

import argparse
from collections.abc import Mapping
from functools import cached_property

from scripts.deploy import host_units, nginx_files, secret_files, terminal
from scripts.deploy import state as states
from scripts.deploy.compose import Compose
from scripts.deploy.preflight import checks as preflight
from scripts.deploy.rollout import checks, images, proxy
from scripts.deploy.setup import certificate, packages, services, settings_file, staff
from scripts.deploy.setup.steps import Step
from scripts.deploy.site import COLORS, Site
from scripts.deploy.state import Release, State


class Setup:
    """One run of init. What runs already decides which release is meant; else it is HEAD's."""

    def __init__(
        self, site: Site, options: argparse.Namespace, *, given: Mapping[str, str]
    ) -> None:
        self.site = site
        self.options = options
        self.given = given

    def steps(self) -> list[Step]:
        return [
            Step("Packages: Docker, git, openssl", packages.is_done, packages.install),
            Step(
                "Settings: .env.prod",
                lambda: settings_file.is_done(self.site),
                lambda: settings_file.make(self.site, self.given),
            ),
            Step("Secrets: .production/secrets", self._has_secrets, self._make_secrets),
            Step("Images", self._has_images, self._build),
            Step("Key of the backups", self._has_backup_key, self._make_backup_key),
            Step("The server, as preflight sees it", self._serves, self._examine),
            Step("nginx's configuration", self._has_nginx_files, self._write_nginx_files),
            Step("Volumes", self._serves, lambda: services.prepare_volumes(self.compose)),
            self._services("PostgreSQL and Redis", *services.STORES),
            Step("Tables", self._serves, lambda: checks.migrate(self.compose)),
            Step("Static files", self._serves, lambda: services.publish_static(self.compose)),
            Step("Web server", self._web_is_up, self._start_web),
            # Before nginx, which cannot start without the certificate that certbot makes first.
            self._services("certbot", "certbot"),
            self._services("nginx", "nginx"),
            Step("nginx sends requests", self._is_pointed, self._point),
            self._services("Worker, scheduler, backup", *_REST),
            Step(
                "Certificate",
                lambda: self.options.self_signed or certificate.is_real(self.compose),
                lambda: certificate.issue(self.site),
                hint="Does the name's DNS point at this server, and is port 80 open?",
            ),
            Step(
                "Nightly examination",
                lambda: host_units.are_installed(*host_units.DOCTOR),
                lambda: host_units.install(self.site, *host_units.DOCTOR),
            ),
            Step("First account of the staff", self._has_staff, self._create_staff),
        ]

    @property
    def state(self) -> State | None:
        return states.load(self.site)

    @property
    def color(self) -> str:
        return self.state.color if self.state else COLORS[0]

    @cached_property
    def _fresh(self) -> Release:
        """The release of HEAD, before its images are there."""
        release, commit = images.name_of(self.site, "HEAD")
        return Release(
            release=release,
            image=images.tag(self.site, "web", release),
            backup_image=images.tag(self.site, "backup", release),
            schema=images.schema_of(self.site, commit),
        )

    @property
    def release(self) -> Release:
        return self.state.current if self.state else self._fresh

    @property
    def compose(self) -> Compose:
        return Compose(self.site, self.release)

    def _services(self, name: str, *wanted: str) -> Step:
        return Step(
            name,
            lambda: services.are_up(self.compose, *wanted),
            lambda: services.bring_up(self.compose, *wanted),
            hint="scripts/deploy.sh logs shows more.",
        )

    def _has_secrets(self) -> bool:
        return (
            self.site.secrets.is_dir()
            and not secret_files.missing(self.site)
            and not secret_files.odd(self.site)
        )

    def _make_secrets(self) -> None:
        secret_files.make_missing(self.site)
        secret_files.mend(self.site)
        (self.site.production / "postgres").mkdir(mode=0o755, exist_ok=True)

    def _has_images(self) -> bool:
        return images.exists(self.release.image) and images.exists(self.release.backup_image)

    def _build(self) -> None:
        images.build(self.site, self.release.release if self.state else "HEAD")

    def _has_backup_key(self) -> bool:
        return (self.site.secrets / secret_files.BACKUP_KEY).exists()

    def _make_backup_key(self) -> None:
        secret_files.make_backup_key(self.site, self.release.backup_image)

    def _examine(self) -> None:
        for finding in preflight.require(self.site):
            terminal.progress(f"in doubt: {finding.what}")

    def _has_nginx_files(self) -> bool:
        return nginx_files.are_current(self.site, color=self.color)

    def _write_nginx_files(self) -> None:
        if self._serves() and services.are_up(self.compose, "nginx"):
            nginx_files.renew(self.site, self.compose, color=self.color)
        else:
            nginx_files.write(self.site, color=self.color)

    def _serves(self) -> bool:
        """Once something is served, its volumes, tables and files are deploy's matter."""
        return self.state is not None

    def _web_is_up(self) -> bool:
        return self._serves() and services.are_up(self.compose, f"web-{self.color}")

    def _start_web(self) -> None:
        if self._serves():
            services.bring_up(self.compose, f"web-{self.color}")
        else:
            services.start_first(self.site, checks.with_contracts(self.site, self.release))

    def _is_pointed(self) -> bool:
        return proxy.points_at(self.site, self.color)

    def _point(self) -> None:
        proxy.point_at(self.site, self.compose, self.color)

    def _has_staff(self) -> bool:
        return staff.exists(self.compose, self.color)

    def _create_staff(self) -> None:
        staff.create(
            self.compose,
            self.color,
            email=self.options.admin_email,
            password_file=self.options.admin_password_file,
        )


_REST = ("worker", "scheduler", "backup")
