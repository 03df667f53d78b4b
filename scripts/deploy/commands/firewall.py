"""`firewall`: what the host lets in from outside, in both families, containers' ports included."""

import argparse
import difflib
import os

from scripts.deploy import host_units, journal, terminal
from scripts.deploy.firewall import arming, bans, report, ssh, wanted
from scripts.deploy.firewall.rules import TEMPLATE
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site

HELP = "Let in SSH, HTTP and HTTPS and nothing else; new rules go away unless they are confirmed."
SECONDS = 60
MOST_SECONDS = 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="action", required=True)
    common = argparse.ArgumentParser(add_help=False)
    for flag in ("--dry-run", "--json"):  # also after the action, where one expects them
        common.add_argument(
            flag, action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
    actions.add_parser(
        "plan", parents=[common], help="show the rules and what they would close; changes nothing"
    )
    apply = actions.add_parser("apply", parents=[common], help="put the rules in force, on trial")
    apply.add_argument(
        "--seconds", type=_seconds, default=SECONDS, help=f"how long the trial takes ({SECONDS})"
    )
    confirm = actions.add_parser(
        "confirm", parents=[common], help="keep the rules on trial, also over a reboot"
    )
    confirm.add_argument(
        "--same-session",
        action="store_true",
        help="confirm from the SSH session that applied them, which proves less than a new one",
    )
    actions.add_parser(
        "bans", parents=[common], help="let fail2ban ban who fails to sign in, to the shop and SSH"
    )
    actions.add_parser("status", parents=[common], help="say what holds: 0 green, 10 amber, 20 red")
    revert = actions.add_parser("revert", parents=[common], help="take back the rules on trial")
    revert.add_argument("--all", action="store_true", help="also the confirmed ones: no firewall")


def changes(options: argparse.Namespace) -> bool:
    """`revert` waits for no deploy that is under way; it writes its own line in the journal."""
    return options.action in {"apply", "confirm", "bans"}


def run(site: Site, options: argparse.Namespace) -> int:
    if options.action == "plan" or (options.action == "apply" and options.dry_run):
        return _plan(site)
    if os.geteuid() != 0:
        raise Stop("only root may ask or change the firewall", Code.REFUSED, hint="use sudo")
    match options.action:
        case "apply":
            return _apply(site, options.seconds)
        case "confirm":
            return _confirm(site, options)
        case "revert":
            return _revert(site, options)
        case "bans":
            return _ban(site, options)
        case _:
            return report.tell()


def _plan(site: Site) -> int:
    rules = wanted.of(site)
    text = rules.text((site.root / TEMPLATE).read_text())
    before = (arming.confirmed() or "").splitlines()
    if before == text.splitlines():
        terminal.say("These rules are confirmed already.")
    for line in difflib.unified_diff(before, text.splitlines(), "confirmed", "new", lineterm=""):
        terminal.say(line)
    terminal.say(f"SSH stays on port {_listed(rules.ssh_ports)}.")
    closing = report.closed_by(rules)
    for socket in closing:
        terminal.say(f"closes {socket.address} port {socket.port}/tcp")
    terminal.result({"rules": text, "closes": sorted({socket.port for socket in closing})})
    wanted.refuse_lock_out(rules, ssh.session())
    return Code.DONE


def _apply(site: Site, seconds: int) -> int:
    rules, session = wanted.of(site), ssh.session()
    wanted.refuse_lock_out(rules, session)
    text = rules.text((site.root / TEMPLATE).read_text())
    trial = arming.apply(site, text, seconds=seconds, session=str(session or ""))
    terminal.say(f"On trial until {trial.ends_at:%H:%M:%S} UTC, in {seconds} s.")
    terminal.say("Open a second SSH connection now and confirm there:")
    terminal.say(f"  {site.root}/scripts/deploy.sh firewall confirm")
    terminal.result({"ends_at": trial.ends_at.isoformat()})
    return Code.DONE


def _confirm(site: Site, options: argparse.Namespace) -> int:
    trial = arming.trial()
    if trial and trial.session == str(ssh.session() or "none") and not options.same_session:
        raise Stop(
            "this is the SSH session that applied the rules, which they keep in any case",
            Code.REFUSED,
            hint="confirm from a new connection, or say --same-session",
        )
    if options.dry_run:
        terminal.say("would keep the rules on trial" if trial else "nothing is on trial")
        return Code.DONE
    host_units.install(site, *host_units.FIREWALL)
    arming.confirm()
    terminal.say(f"Kept, in {arming.CONFIRMED}; they are loaded at boot before the network is up.")
    return Code.DONE


def _revert(site: Site, options: argparse.Namespace) -> int:
    if options.dry_run:
        terminal.say("would remove the firewall" if options.all else "would end the trial")
        return Code.DONE
    entry = journal.Entry(site, "firewall revert" + (" --all" if options.all else ""))
    if options.all:
        arming.remove()
        terminal.say("The firewall is gone, now and after a reboot.")
    else:
        arming.take_back()
        terminal.say("Back to the rules before.")
    entry.close(code=Code.DONE)
    return Code.DONE


def _ban(site: Site, options: argparse.Namespace) -> int:
    if options.dry_run:
        for part in bans.PARTS:
            terminal.say(f"would write {bans.INSTALLED / part}")
        return Code.DONE
    if bans.install(site):
        terminal.say("fail2ban watches the shop and SSH: fail2ban-client status nexus-shop")
        return Code.DONE
    raise Stop("fail2ban does not run", Code.NEEDS_A_HAND, hint="systemctl enable --now fail2ban")


def _seconds(text: str) -> int:
    seconds = int(text)
    if not 1 <= seconds <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"between 1 and {MOST_SECONDS}")
    return seconds


def _listed(ports: frozenset[int]) -> str:
    return ", ".join(str(port) for port in sorted(ports))
