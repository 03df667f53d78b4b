"""Published ports, with the rules that a Docker engine makes for them.

Source: what `iptables-save` and `nft list ruleset` show beside Docker 26 and 29. `test_docker.py`
does the same with an engine itself; here the rules can be made in every way there is.
"""

from scripts.tests.firewall.machines import Machine

BRIDGE = "br-shop"
WAYS = ("iptables-nft", "iptables-legacy", "nftables")
SUBNETS = {"ip": "172.30.0.0/24", "ip6": "fd00:30::/64"}
CONTAINER = {"ip": "172.30.0.2", "ip6": "fd00:30::2"}

# By the port that is published: protocol and the container's port. The database is a mistake.
PUBLISHED = {
    80: ("tcp", 8080),
    443: ("tcp", 8443),
    5432: ("tcp", 5432),
    9000: ("tcp", 8080),
    5353: ("udp", 5353),
}


def publish(host: Machine, way: str) -> None:
    """Make the rules, or make them anew as a restarted engine does."""
    if way == "nftables":
        host.run("nft", "--file", "-", stdin="".join(_nft_table(family) for family in SUBNETS))
        return
    for family, program in (("ip", way), ("ip6", way.replace("iptables", "ip6tables"))):
        for rule in _iptables(family):
            host.run(program, "--wait", *rule.split())


def withdraw(host: Machine, way: str) -> None:
    """Take the rules away, all of this kind at once."""
    if way == "nftables":
        for family in SUBNETS:
            host.run("nft", "delete", "table", family, "docker-bridges")
        return
    for program in (way, way.replace("iptables", "ip6tables")):
        for table in ("nat", "filter"):
            host.run(program, "--wait", "-t", table, "--flush")
            host.run(program, "--wait", "-t", table, "--delete-chain")


def _iptables(family: str) -> list[str]:
    subnet, container = SUBNETS[family], CONTAINER[family]
    target = f"[{container}]" if family == "ip6" else container
    rules = [
        "-t nat -N DOCKER",
        "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
        "-t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER",
        f"-t nat -A POSTROUTING -s {subnet} ! -o {BRIDGE} -j MASQUERADE",
        "-P FORWARD DROP",
        "-N DOCKER-USER",
        "-N DOCKER",
        "-A FORWARD -j DOCKER-USER",
        f"-A FORWARD -o {BRIDGE} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        f"-A FORWARD -o {BRIDGE} -j DOCKER",
        f"-A FORWARD -i {BRIDGE} ! -o {BRIDGE} -j ACCEPT",
        f"-A FORWARD -i {BRIDGE} -o {BRIDGE} -j ACCEPT",
        "-A DOCKER-USER -j RETURN",
    ]
    for port, (protocol, inside) in PUBLISHED.items():
        from_outside = f"! -i {BRIDGE} -p {protocol} --dport"
        rules += [
            f"-t nat -A DOCKER {from_outside} {port} -j DNAT --to-destination {target}:{inside}",
            f"-A DOCKER -d {container} -o {BRIDGE} {from_outside} {inside} -j ACCEPT",
        ]
    return rules


def _nft_table(family: str) -> str:
    subnet, container = SUBNETS[family], CONTAINER[family]
    target = f"[{container}]" if family == "ip6" else container
    rewrites = "\n".join(
        f'iifname != "{BRIDGE}" {protocol} dport {port} dnat to {target}:{inside}'
        for port, (protocol, inside) in PUBLISHED.items()
    )
    admitted = "\n".join(
        f"{family} daddr {container} {protocol} dport {inside} accept"
        for protocol, inside in sorted(set(PUBLISHED.values()))
    )
    return f"""
table {family} docker-bridges {{
    chain nat-prerouting {{
        type nat hook prerouting priority dstnat; policy accept
        fib daddr type local jump nat-published
    }}
    chain nat-published {{
        {rewrites}
    }}
    chain nat-postrouting {{
        type nat hook postrouting priority srcnat; policy accept
        {family} saddr {subnet} oifname != "{BRIDGE}" masquerade
    }}
    chain filter-forward {{
        type filter hook forward priority filter; policy accept
        oifname "{BRIDGE}" ct state established,related accept
        iifname "{BRIDGE}" accept
        oifname "{BRIDGE}" jump filter-published
    }}
    chain filter-published {{
        {admitted}
        drop
    }}
}}
"""
