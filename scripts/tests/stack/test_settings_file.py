"""Whether Compose reads .env.prod as deploy.sh does."""

import json
import os
from pathlib import Path

from scripts.deploy import envfile
from scripts.deploy.compose import docker_output
from scripts.deploy.tests.test_envfile import READ_ALIKE


def test_compose_reads_every_line_alike(tmp_path: Path) -> None:
    settings, file = tmp_path / ".env.prod", tmp_path / "compose.yml"
    settings.write_text("\n".join([*READ_ALIKE, ""]))
    read = envfile.read(settings)
    asked = {name: f"${{{name}}}" for name in read}
    file.write_text(json.dumps({"services": {"one": {"image": "none", "environment": asked}}}))

    compose = ["docker", "compose", "--file", str(file), "--env-file", str(settings)]

    said = docker_output(
        [*compose, "config", "--format", "json"],
        environment={"PATH": os.environ["PATH"]},
    ).stdout

    # In what `config` prints a dollar is doubled, so that it can be read again.
    found = json.loads(said)["services"]["one"]["environment"]
    assert {name: value.replace("$$", "$") for name, value in found.items()} == read
