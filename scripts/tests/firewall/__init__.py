"""The firewall seen from outside: machines made of kernel namespaces, which end with the tests."""
