"""The host's firewall: what it lets in, the way back, and that it is there after a reboot."""
